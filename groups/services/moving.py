"""Moving a session to another time or room, and telling everybody who would come."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from uuid import UUID

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _

from groupcare.access import Right
from groupcare.accounts.models import Person
from groupcare.audit import record, unit_of_work
from groupcare.exceptions import InvalidTransition, Refused
from groupcare.outbox.models import Message
from groupcare.outbox.services import Link
from groups.localtime import practice_zone, to_utc
from groups.models import GroupSession, SessionMove, SessionSeries, SubstitutionStep
from groups.permissions import SESSION, locked_group
from groups.selectors.absence import open_substitutions
from groups.services import notices
from groups.services.absence import check_reason, end_substitution
from groups.services.sessions import (
    Where,
    check_overlaps_none,
    check_room_is_free,
    check_time,
    check_where,
)


@dataclass(frozen=True, slots=True)
class Slot:
    """A time by the practice's clocks, and where."""

    day: date
    starts: time
    minutes: int
    where: Where

    @property
    def plan(self) -> "Plan":
        """Return it as instants.

        Raises:
            ValidationError: the time does not exist on that day.
        """
        start = to_utc(self.day, self.starts, practice_zone())
        return Plan(start, start + timedelta(minutes=self.minutes), self.where)


@dataclass(frozen=True, slots=True)
class Plan:
    """When and where a session takes place."""

    starts_at: datetime
    ends_at: datetime
    where: Where

    def is_of(self, session: GroupSession) -> bool:
        """Tell whether the session is planned so already."""
        return self.facts == Plan(session.starts_at, session.ends_at, Where(session.site, session.room)).facts

    @property
    def facts(self) -> tuple[object, ...]:
        """Return what two plans are compared by."""
        site, room = self.where.site, self.where.room
        return self.starts_at, self.ends_at, site and site.pk, room and room.pk


@unit_of_work()
def move_session(*, session_id: UUID, to: Slot, reason: str, seen: int, by: Person) -> GroupSession:
    """Move one session that has not begun, and tell everybody who would come, one by one and at once.

    Its number stays. What waits to be sent about the old time is withdrawn, and nobody is told twice: a second change
    before the first notice went out takes its place, and a change back leaves nothing to tell. Whoever was asked to
    run it for a colleague said yes to the old time, so another day or hour ends that.

    Args:
        session_id: the session.
        to: when, and where.
        reason: a key of the reasons of ``groups.absence``.
        seen: how often it had been moved when ``by`` looked.
        by: who manages the group.

    Raises:
        Refused: ``by`` does not manage the group, or there is no such session.
        InvalidTransition: it has begun or was called off, or somebody else moved it meanwhile.
        ValidationError: nothing would change, there is no such reason, the time has passed or does not exist, the
            group has another session then, or the room is taken.
    """
    known = GroupSession.objects.filter(pk=session_id).values_list("group_id", flat=True).first()
    try:
        # For a session that is not there the same work as for one of somebody else.
        group = locked_group(by, known or session_id, Right.MANAGE_GROUP, "session.move")
    except Refused:
        raise Refused("session.move", SESSION, session_id) from None
    session = GroupSession.objects.select_for_update(no_key=True).get(pk=session_id)
    check_movable(session)
    if session.moves != seen:
        raise InvalidTransition(_("Somebody else moved this session. Look at its new time, then decide again."))
    check_reason(reason)
    plan = to.plan
    if plan.is_of(session):
        raise ValidationError({"__all__": _("Nothing would change. Choose another time or another room.")})
    if plan.starts_at <= timezone.now():
        raise ValidationError({"starts": _("This time has passed. Choose a later one.")})
    itself = frozenset({session.pk})
    check_time(group, plan.starts_at, plan.ends_at)
    check_where(group, to.where)
    check_overlaps_none(group, plan.starts_at, plan.ends_at, itself)
    check_room_is_free(to.where.room, plan.starts_at, plan.ends_at, itself)
    then = notices.staff_then(group.pk, session.starts_at, session.ends_at)
    asked = open_substitutions([session]).get(session.pk)
    move = write_move(session, plan, reason, by)
    if asked is not None and move.old_starts_at != move.new_starts_at:
        end_substitution(asked, SubstitutionStep.Kind.MOVED, by)
    _tell(session, move, then | ({asked.person_id} if asked else set()), by)
    return session


def check_movable(session: GroupSession) -> None:
    """Raise ``InvalidTransition`` if the session has begun, is over or was called off."""
    if session.state != GroupSession.State.SCHEDULED or session.starts_at <= timezone.now():
        raise InvalidTransition(_("Only a session that has not begun can be moved."))


def write_move(
    session: GroupSession, plan: Plan, reason: str, by: Person, series: SessionSeries | None = None
) -> SessionMove:
    """Give a locked session its new plan and write the move; the caller has checked both, and tells everybody."""
    move = SessionMove(
        session=session,
        number=session.moves + 1,
        series=series,
        old_starts_at=session.starts_at,
        old_ends_at=session.ends_at,
        old_site=session.site,
        old_room=session.room,
        new_starts_at=plan.starts_at,
        new_ends_at=plan.ends_at,
        new_site=plan.where.site,
        new_room=plan.where.room,
        reason=reason,
        moved_by=by,
    )
    session.starts_at, session.ends_at = plan.starts_at, plan.ends_at
    session.site, session.room = plan.where.site, plan.where.room
    session.moves = move.number
    session.full_clean()
    session.save(update_fields=["starts_at", "ends_at", "site", "room", "moves"])
    move.full_clean()
    move.save()
    record("session.move", object_type=SESSION, object_id=session.pk)
    return move


def _tell(session: GroupSession, move: SessionMove, staff: set[UUID], by: Person) -> None:
    """Tell those who would come, and those who run it then; not those whose last news is right again."""
    withdrawn = notices.withdraw([session.pk])
    since = {one.recipient_id: _since(one) for one in withdrawn if "moved:" in one.idempotence_key}
    first = {one.number: one for one in SessionMove.objects.filter(session=session, number__in=since.values())}
    first[move.number] = move
    settled = {person_id for person_id, number in since.items() if _as_before(first[number], move)}
    until = max(move.old_ends_at, move.new_ends_at)
    staff |= notices.staff_then(session.group_id, session.starts_at, session.ends_at)
    members = notices.members_coming(session.group_id)
    for number in first:
        key = f"moved:{session.pk}:{move.number}:{number}"
        news = {one for one in {*members, *staff} - settled if since.get(one, move.number) == number}
        notices.tell_changed([one for one in members if one in news], key, Link("session", session.pk, 0), until)
        notices.tell_staff(staff & news - {by.pk}, session, key, link="start")


def _since(message: Message) -> int:
    """Return the number of the first move that a waiting notice tells of; it stands before the person in its key."""
    return int(message.idempotence_key.split(":")[-2])


def _as_before(first: SessionMove, last: SessionMove) -> bool:
    """Tell whether after ``last`` all is as it was before ``first``."""
    names = ("starts_at", "ends_at", "site_id", "room_id")
    return all(getattr(first, f"old_{name}") == getattr(last, f"new_{name}") for name in names)
