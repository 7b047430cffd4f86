"""The coverage board, a member's own list, and what stands before the next sessions."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum
from uuid import UUID

from django.core.paginator import Page, Paginator
from django.db.models import Q, QuerySet
from django.utils import timezone

from consent.kinds import GROUP_AGREEMENT
from consent.kinds.wording import name_of
from consent.models import ActKind, Gate, Requirement
from consent.selectors.lines import wards_of
from consent.selectors.minors import WardAnswer, ward_rows
from consent.selectors.spoken import InWriting, in_writing
from consent.selectors.standings import Answer, PersonStanding, standings
from consent.standing import Grace, Override, State
from groupcare.accounts.models import Person
from groupcare.vault import unlock
from groups.localtime import practice_zone, today_in
from groups.models import Membership, TherapyGroup
from groups.selectors import members_of

# Our choice, because 25 rows fit a screen and keep the page's names to one query.
PAGE_SIZE = 25


@dataclass(frozen=True, slots=True)
class Line:
    """One member on the board."""

    membership: Membership
    standing: PersonStanding

    @property
    def grace(self) -> Grace | None:
        """Return the grace period that lets this person in without a promise; None if none does, or need not."""
        return self.standing.grace_for(belongs_since(self.membership))

    @property
    def override(self) -> Override | None:
        """Return the override that lets this person in without a promise; None if none does, or need not."""
        return self.standing.let_in

    @property
    def cleared(self) -> bool:
        """Return whether the gate opens for this person now: by a promise, a grace period or an override."""
        return self.standing.cleared or self.grace is not None or self.override is not None

    @property
    def own_answers(self) -> tuple[Answer, ...]:
        """Return what the person answers themselves; what is asked of guardians stands with those."""
        return self.standing.own_answers


def belongs_since(place: Membership) -> datetime:
    """Return from when on a person has belonged to the group; somebody entered later may have come long before."""
    return min(place.created_at, place.joined_at or place.created_at)


@dataclass(frozen=True, slots=True)
class Column:
    """One document on the board; ``guards`` says whether a session waits for it."""

    document_id: UUID
    kind: str
    name: str
    guards: bool


@dataclass(frozen=True, slots=True)
class Cell:
    """One answer on the board, and by when it is to be put in writing where it was given aloud."""

    answer: Answer
    in_writing: InWriting | None = None


@dataclass(frozen=True, slots=True)
class Row:
    """One member on the board with what is asked of or for them under each document, mostly one answer."""

    line: Line
    cells: tuple[tuple[Column, tuple[Cell, ...]], ...]


@dataclass(frozen=True, slots=True)
class Board:
    """The standing of a whole group; names only of the people on the page."""

    page: Page[Line]
    lines: tuple[Line, ...]
    columns: tuple[Column, ...]
    shown: tuple[Column, ...]
    total: int
    cleared: int
    states: Counter[State]
    grace: Grace | None
    in_writing: Mapping[UUID, InWriting] = field(default_factory=dict)

    @property
    def shut_out(self) -> int:
        """Return how many cannot come in."""
        return self.total - self.cleared

    @property
    def rows(self) -> list[Row]:
        """Return the members on the page, each with the shown documents in their order."""
        return [Row(line, tuple((one, self._cells(line, one)) for one in self.shown)) for line in self.lines]

    def _cells(self, line: Line, column: Column) -> tuple[Cell, ...]:
        answers = [one for one in line.standing.answers if one.rule.document_id == column.document_id]
        return tuple(Cell(one, self._first_due(one)) for one in answers)

    def _first_due(self, answer: Answer) -> InWriting | None:
        """Return what is due first of an answer that several give; one without a day comes last."""
        due = [self.in_writing[act_id] for act_id in _aloud(answer) if act_id in self.in_writing]
        return min(due, key=lambda one: one.due_on or date.max, default=None)


def _aloud(answer: Answer) -> set[UUID]:
    """Return the acts agreed aloud on which an answer rests."""
    acts = [answer.standing.act, *(one.standing.act for one in answer.slots)]
    return {act.id for act in acts if act is not None and act.act == ActKind.AGREED_ALOUD}


@dataclass(frozen=True, slots=True)
class RollCall:
    """Everyone with a place in a group, longest first, and whether the gate opens for them."""

    lines: tuple[Line, ...]

    @property
    def cleared(self) -> int:
        """Return how many can come in."""
        return sum(line.cleared for line in self.lines)

    @property
    def outside(self) -> tuple[Line, ...]:
        """Return those who cannot come in yet."""
        return tuple(line for line in self.lines if not line.cleared)


class Show(StrEnum):
    """Which lines of the board are shown."""

    ALL = "all"
    NEEDS = "needs"
    SHUT = "shut"

    def takes(self, line: Line) -> bool:
        """Return whether a line is shown."""
        if self is Show.NEEDS:
            found = line.standing
            open_ones = any(one.standing.state != State.CURRENT for one in found.answers)
            return open_ones or not found.answers or found.lacks_permission
        return self is Show.ALL or not line.cleared


@dataclass(frozen=True, slots=True)
class Filters:
    """Which part of the board is shown; what is left empty shows all."""

    show: Show = Show.ALL
    state: State | None = None
    document_id: UUID | None = None
    within_days: int | None = None

    def takes(self, line: Line, now: datetime) -> bool:
        """Return whether a line is shown: one of its answers must fit the state, the document and the days."""
        if not self.show.takes(line):
            return False
        if self.state is None and self.document_id is None and self.within_days is None:
            return True
        # What nobody published is a missing promise of no document.
        lacks = line.standing.lacks_permission and self.document_id is None and self.within_days is None
        return (lacks and self.state == State.MISSING) or any(self._fits(one, now) for one in line.standing.answers)

    def _fits(self, answer: Answer, now: datetime) -> bool:
        if self.document_id is not None and answer.rule.document_id != self.document_id:
            return False
        if self.state is not None and answer.standing.state != self.state:
            return False
        return self.within_days is None or _ends_within(answer, now, self.within_days)


def _ends_within(answer: Answer, now: datetime, days: int) -> bool:
    """Return whether a promise that holds now runs out within these days."""
    act = answer.standing.act
    return (
        answer.standing.cleared
        and act is not None
        and act.valid_until is not None
        and (act.valid_until <= now + timedelta(days=days))
    )


def board(viewer: Person, group: TherapyGroup, number: int | str = 1, filters: Filters | None = None) -> Board:
    """Return the coverage of a group that the viewer may see, with one page of its lines."""
    filters, now = filters or Filters(), timezone.now()
    everyone = list(members_of(viewer, group))
    ids = [one.person_id for one in everyone]
    found = standings(viewer, [group.pk], ids)
    lines = [Line(one, found[group.pk, one.person_id]) for one in everyone]
    page = Paginator([line for line in lines if filters.takes(line, now)], PAGE_SIZE).get_page(number)
    shown = list(page.object_list)
    unlock([line.membership for line in shown], [line.membership.person for line in shown])
    columns = _columns(lines, viewer.language)
    return Board(
        page=page,
        lines=tuple(shown),
        columns=columns,
        shown=tuple(one for one in columns if filters.document_id in (None, one.document_id)),
        total=len(ids),
        cleared=sum(line.cleared for line in lines),
        states=Counter(line.standing.state for line in lines),
        grace=running_grace(line.standing for line in lines),
        in_writing=in_writing(
            (act_id for line in shown for one in line.standing.answers for act_id in _aloud(one)),
            today_in(practice_zone()),
        ),
    )


def _columns(lines: Iterable[Line], language: str) -> tuple[Column, ...]:
    """Return the documents that are asked of anybody, those that guard a session first, then by kind."""
    guards: dict[tuple[str, UUID], bool] = {}
    for answer in (one for line in lines for one in line.standing.answers):
        key = (answer.rule.kind, answer.rule.document_id)
        guards[key] = guards.get(key, False) or answer.rule.gate == Gate.SESSION
    ordered = sorted(guards.items(), key=lambda one: (not one[1], one[0][0] != GROUP_AGREEMENT, one[0]))
    return tuple(Column(document_id, kind, name_of(kind, language), waits) for (kind, document_id), waits in ordered)


def running_grace(standings: Iterable[PersonStanding]) -> Grace | None:
    """Return the group's grace period that runs now; None where none does, or nobody has a place."""
    now = timezone.now()
    found = (one.rule.grace for standing in standings for one in standing.answers)
    return next((grace for grace in found if grace is not None and now < grace.until), None)


@dataclass(frozen=True, slots=True)
class Coverage:
    """How a group stands as a whole, without anybody's name."""

    published: bool
    by_person: dict[UUID, PersonStanding]

    @property
    def states(self) -> Counter[State]:
        """Return how many people stand how."""
        return Counter(one.state for one in self.by_person.values())

    @property
    def grace(self) -> Grace | None:
        """Return the group's grace period that runs now, if one does."""
        return running_grace(self.by_person.values())


def coverage(viewer: Person, group: TherapyGroup) -> Coverage:
    """Return how the members of a visible group stand, for panels on pages of that group."""
    ids = list(members_of(viewer, group).values_list("person_id", flat=True))
    found = standings(viewer, [group.pk], ids)
    asked = any(one.answers for one in found.values())
    published = asked or (not ids and Requirement.objects.filter(document__group=group).exists())
    return Coverage(published, {person_id: found[group.pk, person_id] for person_id in ids})


def my_agreements(viewer: Person) -> list[Line]:
    """Return the viewer's own standing in each group they belong to, longest first."""
    return own_and_wards(viewer)[0]


def own_places(viewer: Person) -> QuerySet[Membership]:
    """Return the open places of the viewer, and of the young people whom they answer for."""
    return Membership.objects.filter(Q(person=viewer) | Q(person__in=wards_of(viewer)), ended_at__isnull=True)


def own_and_wards(viewer: Person) -> tuple[list[Line], list[WardAnswer]]:
    """Return the viewer's own standing in each of their groups, and what they are asked for their children.

    Two queries, whoever asks, and one more for the names of children.
    """
    places = list(own_places(viewer).select_related("person").order_by("created_at", "pk"))
    found = standings(None, {one.group_id for one in places}, {one.person_id for one in places}) if places else {}
    own = [one for one in places if one.person_id == viewer.pk]
    wards = [one for one in places if one.person_id != viewer.pk]
    lines = [Line(one, found[one.group_id, viewer.pk]) for one in own]
    return lines, ward_rows(viewer, wards, found) if wards else []


def roll_calls(places: Iterable[Membership]) -> dict[UUID, RollCall]:
    """Return who of each group can come in now, from all its places as their reader may see them; one query."""
    places = list(places)
    groups = {one.group_id for one in places}
    found = standings(None, groups, {one.person_id for one in places}) if places else {}
    lines = [Line(one, found[one.group_id, one.person_id]) for one in places]
    return {
        group_id: RollCall(tuple(line for line in lines if line.membership.group_id == group_id)) for group_id in groups
    }
