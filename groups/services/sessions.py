"""Planning sessions. Calling them off: ``groups.services.absence``."""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.core.exceptions import ValidationError
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _

from groupcare.access import Right
from groupcare.accounts.models import Person
from groupcare.audit import record, unit_of_work
from groupcare.practice.selectors import practice
from groups.localtime import weekly
from groups.models import GroupSession, TherapyGroup
from groups.permissions import SESSION, locked_group

#: Our choice, because half a year is as far as a term plan goes.
MOST_WEEKS = 26
#: Our choice, because a marathon session lasts a day and a longer one is a slip of the keyboard.
LONGEST = timedelta(hours=12)


def practice_zone() -> ZoneInfo:
    """Return the zone in which the practice writes its times."""
    return ZoneInfo(practice().time_zone)


@unit_of_work()
def schedule_session(*, group: TherapyGroup, starts_at: datetime, ends_at: datetime, by: Person) -> GroupSession:
    """Plan one session; room and format are those of the group.

    Raises:
        Refused: ``by`` does not manage the group, or it does not exist.
        ValidationError: it is over already, too long, ends before it starts, or overlaps another.
    """
    group = locked_group(by, group.pk, Right.MANAGE_GROUP, "session.schedule")
    return _plan(group, starts_at, ends_at)


@unit_of_work()
def schedule_weekly(
    *, group: TherapyGroup, day: date, starts: time, minutes: int, by: Person, weeks: int = 1
) -> list[GroupSession]:
    """Plan sessions a week apart at the same wall-clock time of the practice, also over a change of clocks.

    Raises:
        Refused: ``by`` does not manage the group, or it does not exist.
        ValidationError: as ``schedule_session``; also a time that does not exist, or too many weeks.
    """
    group = locked_group(by, group.pk, Right.MANAGE_GROUP, "session.schedule")
    if not 1 <= weeks <= MOST_WEEKS:
        raise ValidationError({"weeks": _("Write a number from 1 to %(most)s.") % {"most": MOST_WEEKS}})
    length = timedelta(minutes=minutes)
    return [_plan(group, start, start + length) for start in weekly(day, starts, practice_zone(), weeks)]


def _plan(group: TherapyGroup, starts_at: datetime, ends_at: datetime) -> GroupSession:
    """Write one session of a locked group with the next number, and record it."""
    if group.closed_at is not None:
        raise ValidationError({"__all__": _("This group is closed. It has no more sessions.")})
    if ends_at <= timezone.now():
        raise ValidationError({"starts": _("This time has passed. Choose a later one.")})
    if not timedelta(0) < ends_at - starts_at <= LONGEST:
        raise ValidationError({"minutes": _("Write how long it lasts, from 15 minutes to 12 hours.")})
    check_overlaps_none(group, starts_at, ends_at)
    planned = GroupSession.objects.filter(group=group)
    number = (planned.aggregate(last=Max("number"))["last"] or 0) + 1
    session = GroupSession(
        group=group, number=number, starts_at=starts_at, ends_at=ends_at, format=group.format, site_id=group.site_id
    )
    session.full_clean()
    session.save(force_insert=True)
    record("session.schedule", object_type=SESSION, object_id=session.pk)
    return session


def check_overlaps_none(group: TherapyGroup, starts_at: datetime, ends_at: datetime) -> None:
    """Raise ``ValidationError`` if the group meets at that time already."""
    held = GroupSession.objects.filter(group=group).exclude(state=GroupSession.State.CANCELLED)
    if held.filter(starts_at__lt=ends_at, ends_at__gt=starts_at).exists():
        raise ValidationError({"starts": _("The group has another session at that time.")})
