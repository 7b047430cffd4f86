"""Totals of attendance, right when members come and go: counted over the sessions of each one's own time."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Count, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import JSONArray
from django.utils import timezone

from groupcare.access import Right
from groupcare.accounts.models import Person
from groups.attendance import ABSENT, FEWEST, NOT_REQUIRED, PRESENT, codes, keys_that_count
from groups.console import COVERAGE
from groups.models import AttendanceEntry, ConsoleEntry, GroupSession, Membership, MembershipStep, TherapyGroup
from groups.permissions import groups_with
from groups.selectors.entry import OPENS_BEFORE
from groups.selectors.rows import Rows, moment

#: Sessions in one term: of totals and of the picture. Our choice: half a year of weeks, and what one picture can show.
TERM, IN_PICTURE = 26, 12
_LEAVES = (MembershipStep.Kind.LEFT, MembershipStep.Kind.RETURNED)


@dataclass
class MemberTotal:
    """One spell over the sessions held in its time."""

    place: Membership
    #: Sessions to which they should have come: held in their time, and they were not excused.
    required: int = 0
    present: int = 0
    absent: int = 0
    #: Sessions in their time that count neither for nor against.
    not_required: int = 0
    #: Sessions to which they should have come, and nobody wrote whether they did.
    unwritten: int = 0
    #: Minutes written down with a mark: late, gone early, or disconnected.
    minutes: int = 0


@dataclass
class SessionTotal:
    """One session over everybody whose time it fell into."""

    session: GroupSession
    required: int = 0
    present: int = 0
    absent: int = 0
    unwritten: int = 0
    minutes: int = 0

    @property
    def is_group_session(self) -> bool:
        """Whether enough were there for it to be a group session."""
        return self.present >= FEWEST


def begun_of(place: Membership) -> datetime:
    """Return from when on a spell counts: since the person joined, or where that is not known since the place."""
    return place.joined_at or place.created_at


def totals(
    sessions: Sequence[GroupSession],
    places: Sequence[Membership],
    entries: Iterable[AttendanceEntry],
    leaves: Iterable[MembershipStep] = (),
) -> tuple[list[SessionTotal], list[MemberTotal]]:
    """Return the total of each session that was held and of each spell, in the order given; asks no query.

    Args:
        sessions: sessions of one group, of which those called off and those that nobody marked are left out.
        places: spells in the group, open or ended.
        entries: what stands of these sessions, one for each place and session at most.
        leaves: when somebody went on leave or came back, the earliest first; meanwhile nobody expects them.
    """
    steps: dict[UUID, list[MembershipStep]] = defaultdict(list)
    for step in leaves:
        steps[step.membership_id].append(step)
    marks: dict[UUID, dict[UUID, AttendanceEntry]] = defaultdict(dict)
    for entry in entries:
        marks[entry.session_id][entry.membership_id] = entry
    held = [one for one in sessions if _was_held(one, marks[one.pk])]
    by_session, by_place = [SessionTotal(one) for one in held], [MemberTotal(one) for one in places]
    for of_session in by_session:
        found = marks[of_session.session.pk]
        for of_place in by_place:
            mark = found.get(of_place.place.pk)
            place = of_place.place
            if mark is not None or (
                _covers(place, of_session.session) and not _is_away(steps[place.pk], of_session.session)
            ):
                _count(of_session, of_place, mark)
    return by_session, by_place


def _was_held(session: GroupSession, marks: Mapping[UUID, AttendanceEntry]) -> bool:
    """Tell whether a session took place: it was not called off, and is marked as held or somebody should have come."""
    if session.state == GroupSession.State.CANCELLED:
        return False
    counted = any(codes()[one.code].counts != NOT_REQUIRED for one in marks.values())
    return session.state == GroupSession.State.HELD or counted


def _covers(place: Membership, session: GroupSession) -> bool:
    """Tell whether a session falls into a spell: it ended after the spell began and began before the spell ended."""
    return begun_of(place) < session.ends_at and (place.ended_at is None or place.ended_at > session.starts_at)


def _is_away(steps: Sequence[MembershipStep], session: GroupSession) -> bool:
    """Tell whether somebody was on leave when a session began."""
    before = [step.kind for step in steps if step.taken_at <= session.starts_at]
    return bool(before) and before[-1] == MembershipStep.Kind.LEFT


def _count(of_session: SessionTotal, of_place: MemberTotal, entry: AttendanceEntry | None) -> None:
    """Add one mark, or that there is none, to both totals."""
    how = codes()[entry.code].counts if entry is not None else ""
    if how == NOT_REQUIRED:
        of_place.not_required += 1
        return
    for total in (of_session, of_place):
        total.required += 1
        total.present += how == PRESENT
        total.absent += how == ABSENT
        total.unwritten += not how
        total.minutes += (entry.minutes or 0) if entry is not None else 0


def totals_of(viewer: Person, group: TherapyGroup) -> tuple[list[SessionTotal], list[MemberTotal]]:
    """Return the totals of the last sessions of a group that the viewer may see, latest first; three queries.

    Who has or had a place in that time is listed, longest first. Nobody and nothing where the viewer may not.
    """
    mine = groups_with(viewer, Right.SEE_GROUP).filter(pk=group.pk)
    past = GroupSession.objects.filter(group__in=mine, starts_at__lte=timezone.now() + OPENS_BEFORE)
    sessions = list(past.exclude(state=GroupSession.State.CANCELLED).order_by("-starts_at", "pk")[:TERM])
    if not sessions:
        return [], []
    since = sessions[-1].starts_at
    places = Membership.objects.filter(Q(ended_at__isnull=True) | Q(ended_at__gt=since), group__in=mine)
    entries = AttendanceEntry.objects.filter(session__in=[one.pk for one in sessions], superseded_by__isnull=True)
    # A place that a message to a wrong address gave away was never anybody's.
    theirs = places.filter(mistake__isnull=True).annotate(leaves=_leaves()).select_related("person", "group")
    found: list[Any] = list(theirs.order_by("created_at", "pk"))
    leaves = [
        MembershipStep(membership=place, kind=kind, taken_at=moment(at))
        for place in found
        for kind, at in place.leaves or ()
    ]
    leaves.sort(key=lambda step: step.taken_at)
    return totals(sessions, found, entries.only("session_id", "membership_id", "code", "minutes"), leaves)


def _leaves() -> Rows:
    """Return a column of a membership: when its person went on leave or came back."""
    steps = MembershipStep.objects.filter(membership=OuterRef("pk"), kind__in=_LEAVES)
    return Rows(steps.annotate(line=JSONArray("kind", "taken_at")).values("line"))


@dataclass(frozen=True)
class Beat:
    """One session in the picture of a term."""

    number: int
    at: datetime
    present: int
    required: int
    #: How many could come in when the roster was first kept, and of how many; None where that was not kept.
    cleared: tuple[int, int] | None


def rhythm_column() -> Rows:
    """Return a column with the last sessions of the group at ``group_id`` whose door has opened, for ``rhythm``."""
    session = OuterRef("pk")
    marks = AttendanceEntry.objects.filter(session=session, superseded_by__isnull=True)
    kept = ConsoleEntry.objects.filter(session=session, key=COVERAGE).values("answer")[:1]
    past = GroupSession.objects.filter(group=OuterRef("group_id"), starts_at__lte=timezone.now() + OPENS_BEFORE)
    return Rows(
        past.exclude(state=GroupSession.State.CANCELLED)
        .annotate(
            present=_many(marks.filter(code__in=keys_that_count(PRESENT))),
            required=_many(marks.exclude(code__in=keys_that_count(NOT_REQUIRED))),
            kept=Subquery(kept),
        )
        .annotate(line=JSONArray("number", "starts_at", "present", "required", "kept"))
        .order_by("-starts_at")
        .values("line")[:IN_PICTURE]
    )


def _many(rows: QuerySet[Any]) -> Subquery:
    return Subquery(rows.order_by().values("session").annotate(many=Count("pk")).values("many")[:1])


def rhythm(lines: Sequence[Any] | None) -> list[Beat]:
    """Return the sessions of a ``rhythm_column``, earliest first; those of which nothing is written are left out."""
    found = [
        Beat(number, moment(at), present or 0, required or 0, _pair(kept))
        for number, at, present, required, kept in lines or ()
        if required or kept
    ]
    return sorted(found, key=lambda one: one.at)


def _pair(kept: str | None) -> tuple[int, int] | None:
    if not kept:
        return None
    cleared, _slash, of = kept.partition("/")
    return int(cleared), int(of)
