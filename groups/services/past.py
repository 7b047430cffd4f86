"""Sessions that were held before the group was here, so that its numbers go on and notes can be written."""

from datetime import date, datetime, time, timedelta

from django.core.exceptions import ValidationError
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _

from groupcare.access import Right
from groupcare.accounts.models import Person
from groupcare.audit import record, unit_of_work
from groups.localtime import practice_zone, weekly
from groups.models import GroupSession, TherapyGroup
from groups.permissions import SESSION, locked_group
from groups.services.sessions import LONGEST, check_overlaps_none

#: Our choice, because a year at a time is as much as one can check on a calendar; the form can be sent again.
MOST_PAST_WEEKS = 52
#: Our choice, because a weekly group reaches it after nearly two hundred years.
HIGHEST_NUMBER = 9999


@unit_of_work()
def enter_past_sessions(
    *,
    group: TherapyGroup,
    day: date,
    starts: time,
    minutes: int,
    by: Person,
    weeks: int = 1,
    first_number: int | None = None,
) -> list[GroupSession]:
    """Enter sessions that took place, a week apart at the same time of the practice's clocks. Nobody is told.

    Args:
        group: the group.
        day: the day of the first of them.
        starts: when each began.
        minutes: how long each lasted.
        by: who manages the group.
        weeks: how many there were.
        first_number: the number of the first; None goes on after the session before it.

    Raises:
        Refused: ``by`` does not manage the group, or it does not exist.
        ValidationError: one is not over yet, overlaps another, or the numbers would not grow with the days.
    """
    group = locked_group(by, group.pk, Right.MANAGE_GROUP, "session.enter_past")
    if not 1 <= weeks <= MOST_PAST_WEEKS:
        raise ValidationError({"weeks": _("Write a number from 1 to %(most)s.") % {"most": MOST_PAST_WEEKS}})
    length = timedelta(minutes=minutes)
    if not timedelta(0) < length <= LONGEST:
        raise ValidationError({"minutes": _("Write how long it lasts, from 15 minutes to 12 hours.")})
    times = list(weekly(day, starts, practice_zone(), weeks))
    if times[-1] + length > timezone.now():
        raise ValidationError({"day": _("The last of them is not over yet. Enter only sessions that took place.")})
    number = _first_number(group, times, first_number)
    return [_held(group, start, start + length, number + place) for place, start in enumerate(times)]


def _first_number(group: TherapyGroup, times: list[datetime], wanted: int | None) -> int:
    """Return the number of the first.

    Raises:
        ValidationError: a number is taken, or would stand before a smaller one.
    """
    known = GroupSession.objects.filter(group=group)
    before = known.filter(starts_at__lt=times[0]).aggregate(last=Max("number"))["last"] or 0
    first = before + 1 if wanted is None else wanted
    last = first + len(times) - 1
    if not 1 <= first <= last <= HIGHEST_NUMBER:
        raise ValidationError({"first_number": _("Write a number from 1 to %(most)s.") % {"most": HIGHEST_NUMBER}})
    meant = known.exclude(state=GroupSession.State.CANCELLED)
    if (
        known.filter(number__gte=first, number__lte=last).exists()
        or meant.filter(starts_at__lt=times[-1], number__gt=last).exists()
        or meant.filter(starts_at__gt=times[0], number__lt=first).exists()
    ):
        raise ValidationError(
            {
                "first_number": _(
                    "These numbers do not fit to the sessions that are here: earlier sessions have smaller numbers."
                )
            }
        )
    return first


def _held(group: TherapyGroup, starts_at: datetime, ends_at: datetime, number: int) -> GroupSession:
    """Write one session of a locked group as held, and record it."""
    check_overlaps_none(group, starts_at, ends_at)
    session = GroupSession(
        group=group,
        number=number,
        starts_at=starts_at,
        ends_at=ends_at,
        format=group.format,
        site_id=group.site_id,
        state=GroupSession.State.HELD,
    )
    session.full_clean()
    session.save(force_insert=True)
    record("session.enter_past", object_type=SESSION, object_id=session.pk)
    return session
