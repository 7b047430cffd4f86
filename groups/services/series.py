"""Series of sessions: planned, extended, ended, and changed from a day on. The past is never touched."""

from datetime import date
from itertools import zip_longest
from uuid import UUID

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _

from groupcare.access import Right
from groupcare.accounts.models import Person
from groupcare.audit import record, unit_of_work
from groupcare.outbox.services import Link
from groups.localtime import today_in
from groups.models import GroupSession, SessionSeries, Substitution, SubstitutionStep, TherapyGroup
from groups.permissions import locked_group
from groups.recurrence import Occurrence
from groups.selectors.absence import open_substitutions
from groups.services import notices
from groups.services.absence import call_off, check_reason, end_substitution
from groups.services.moving import Plan, write_move
from groups.services.series_rows import (
    SERIES,
    SeriesPlan,
    bounded,
    days_planned,
    is_free,
    locked_tip,
    sessions_from,
    write_row,
)
from groups.services.sessions import (
    Where,
    check_overlaps_none,
    check_room_is_free,
    check_time,
    check_where,
    plan_session,
)


@unit_of_work()
def plan_series(*, group: TherapyGroup, wanted: SeriesPlan, by: Person) -> SessionSeries:
    """Plan a series and all its sessions at the same wall-clock time of the practice. Nobody is told of it.

    Nobody is put on a list of a session: whoever has a place then may come, a newcomer to all that are still to come.

    Raises:
        Refused: ``by`` does not manage the group, or it does not exist.
        ValidationError: it is no rule, has no end or too many sessions, begins in the past, or one of its sessions
            overlaps another or finds the room taken.
    """
    group = locked_group(by, group.pk, Right.MANAGE_GROUP, "series.plan")
    check_where(group, wanted.where)
    found = wanted.meetings()
    row = write_row(group, wanted.rule, wanted.last_day or found[-1].day, wanted.where, by)
    record("series.plan", object_type=SERIES, object_id=row.pk)
    _plan_all(group, row, found)
    return row


def _plan_all(group: TherapyGroup, row: SessionSeries, found: list[Occurrence]) -> None:
    """Plan these sessions of a series."""
    where = Where(row.site, row.room)
    for one in found:
        plan_session(group, one.starts_at, one.ends_at, where, (row, one.day))


@unit_of_work()
def extend_series(*, series_id: UUID, last_day: date, by: Person) -> SessionSeries:
    """Plan the sessions of a series up to a later last day, as those before. Nobody is told of it.

    Raises:
        Refused: ``by`` does not manage its group, or it does not exist.
        InvalidTransition: somebody else changed the series meanwhile.
        ValidationError: the day is not later than the last one, or as ``plan_series``.
    """
    tip, group = locked_tip(by, series_id, "series.extend")
    if last_day <= tip.last_day:
        raise ValidationError({"last_day": _("Choose a day after the last one that is planned.")})
    now = timezone.now()
    later = (one for one in tip.rule.between(tip.last_day, last_day) if one.day > tip.last_day and one.starts_at > now)
    found, known = bounded(later), days_planned(tip)
    row = write_row(group, tip.rule, last_day, Where(tip.site, tip.room), by, tip)
    record("series.extend", object_type=SERIES, object_id=row.pk)
    _plan_all(group, row, [one for one in found if one.day not in known])
    return row


@unit_of_work()
def end_series(*, series_id: UUID, last_day: date, by: Person) -> SessionSeries:
    """Let a series end with a day: its later sessions are called off, and everybody is told once.

    Sessions that were moved one by one stay: whoever moved them meant that session.

    Raises:
        Refused: ``by`` does not manage its group, or it does not exist.
        InvalidTransition: somebody else changed the series meanwhile.
        ValidationError: the day is past, or not before the last one.
    """
    tip, group = locked_tip(by, series_id, "series.end")
    if last_day >= tip.last_day:
        raise ValidationError({"last_day": _("Choose a day before the last one that is planned.")})
    if last_day < today_in(tip.rule.zone):
        raise ValidationError({"last_day": _("Choose today or a later day.")})
    row = write_row(group, tip.rule, last_day, Where(tip.site, tip.room), by, tip)
    record("series.end", object_type=SERIES, object_id=row.pk)
    gone = [one for one in sessions_from(tip, last_day) if one.series_day != last_day and is_free(one)]
    asked = open_substitutions(gone)
    for one in gone:
        call_off(one, "plan", by)
    _tell(row, gone, asked, by)
    return row


@unit_of_work()
def change_series(*, series_id: UUID, from_day: date, wanted: SeriesPlan, reason: str, by: Person) -> SessionSeries:
    """Change a series from one of its sessions on, and tell everybody once.

    The sessions keep their numbers and follow the new rule one by one. What was moved or called off by itself stays
    as it is and counts as one of them; what is too many is called off, and what is missing is planned.

    Args:
        series_id: the newest row of the series.
        from_day: the day, by the rule so far, of the first session that changes; ``wanted.first_day`` is its new one.
        wanted: the new rule, place and end.
        reason: a key of the reasons of ``groups.absence``.
        by: who manages the group.

    Raises:
        Refused: ``by`` does not manage its group, or it does not exist.
        InvalidTransition: somebody else changed the series meanwhile.
        ValidationError: no session of that day is still to come, or as ``plan_series``.
    """
    tip, group = locked_tip(by, series_id, "series.change")
    check_reason(reason)
    check_where(group, wanted.where)
    known = sessions_from(tip, from_day)
    if not known or known[0].series_day != from_day or known[0].starts_at <= timezone.now():
        raise ValidationError({"from_day": _("Choose a session that has not begun.")})
    found = wanted.meetings()
    row = write_row(group, wanted.rule, wanted.last_day or found[-1].day, wanted.where, by, tip)
    record("series.change", object_type=SERIES, object_id=row.pk)
    moving = [(session, one) for session, one in zip_longest(known, found) if session is not None and is_free(session)]
    asked, began = open_substitutions([one for one, _at in moving]), {one.pk: one.starts_at for one, _at in moving}
    changed = _follow(group, row, moving, reason, by)
    for session in changed:
        # Whoever was asked to run it for a colleague said yes to the old time.
        if session.pk in asked and session.starts_at != began[session.pk]:
            end_substitution(asked[session.pk], SubstitutionStep.Kind.MOVED, by)
    _plan_all(group, row, found[len(known) :])
    _tell(row, changed, asked, by)
    return row


def _follow(
    group: TherapyGroup,
    row: SessionSeries,
    moving: list[tuple[GroupSession, Occurrence | None]],
    reason: str,
    by: Person,
) -> list[GroupSession]:
    """Let each session take its new time, or call it off where there is none; return those for which it changed."""
    where, together = Where(row.site, row.room), frozenset(session.pk for session, _one in moving)
    changed = []
    for session, one in moving:
        if one is None:
            call_off(session, reason, by)
            changed.append(session)
            continue
        plan = Plan(one.starts_at, one.ends_at, where)
        check_time(group, plan.starts_at, plan.ends_at)
        check_overlaps_none(group, plan.starts_at, plan.ends_at, together)
        check_room_is_free(where.room, plan.starts_at, plan.ends_at, together)
        session.series, session.series_day = row, one.day
        session.save(update_fields=["series", "series_day"])
        if not plan.is_of(session):
            write_move(session, plan, reason, by, row)
            changed.append(session)
    return changed


def _tell(row: SessionSeries, changed: list[GroupSession], asked: dict[UUID, Substitution], by: Person) -> None:
    """Tell everybody once that the plan has changed, however many sessions that was; nobody if it was none.

    Whoever was asked to run one of these sessions for a colleague is told too.
    """
    if not changed:
        return
    notices.withdraw([row.line, *(one.pk for one in changed)])
    first, until = min(changed, key=lambda one: one.starts_at), max(one.ends_at for one in changed)
    notices.tell_changed(notices.members_coming(row.group_id), f"series:{row.pk}", Link("visits", row.line, 0), until)
    staff = notices.staff_then(row.group_id, first.starts_at, until)
    staff |= {asked[one.pk].person_id for one in changed if one.pk in asked}
    notices.tell_staff(staff - {by.pk}, first, f"series:{row.pk}", link="start")
