"""Planning sessions. Calling them off: ``absence``; moving one: ``moving``; many at once: ``series``."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.core.exceptions import ValidationError
from django.db.models import Max
from django.utils import formats, timezone
from django.utils.translation import gettext as _

from groupcare.access import Right
from groupcare.accounts.models import Person
from groupcare.audit import record, unit_of_work
from groupcare.practice.models import Site
from groups.localtime import practice_zone, weekly
from groups.models import GroupSession, Room, SessionSeries, TherapyGroup
from groups.permissions import SESSION, locked_group
from groups.services.still_open import check_open_on

#: Our choice, because half a year is as far as a term plan goes.
MOST_WEEKS = 26
#: Our choice, because a marathon session lasts a day and a longer one is a slip of the keyboard.
LONGEST = timedelta(hours=12)


@dataclass(frozen=True, slots=True)
class Where:
    """A house and a room in it; both None where everybody comes by video."""

    site: Site | None = None
    room: Room | None = None


@unit_of_work()
def schedule_session(*, group: TherapyGroup, starts_at: datetime, ends_at: datetime, by: Person) -> GroupSession:
    """Plan one session; room and format are those of the group.

    Raises:
        Refused: ``by`` does not manage the group, or it does not exist.
        ValidationError: it is over already, too long, ends before it starts, overlaps another, or the room is taken.
    """
    group = locked_group(by, group.pk, Right.MANAGE_GROUP, "session.schedule")
    return plan_session(group, starts_at, ends_at, Where(group.site, group.room))


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
    length, where = timedelta(minutes=minutes), Where(group.site, group.room)
    return [plan_session(group, start, start + length, where) for start in weekly(day, starts, practice_zone(), weeks)]


def plan_session(
    group: TherapyGroup,
    starts_at: datetime,
    ends_at: datetime,
    where: Where,
    of: tuple[SessionSeries, date] | None = None,
) -> GroupSession:
    """Write one session of a locked group with the next number, and record it; the caller has checked who may.

    Args:
        group: the group, locked.
        starts_at: from when.
        ends_at: until when.
        where: the house and the room.
        of: the series that plans it, and the day of its rule.

    Raises:
        ValidationError: as ``schedule_session``.
    """
    check_time(group, starts_at, ends_at)
    check_overlaps_none(group, starts_at, ends_at)
    check_room_is_free(where.room, starts_at, ends_at)
    planned = GroupSession.objects.filter(group=group)
    number = (planned.aggregate(last=Max("number"))["last"] or 0) + 1
    series, day = of or (None, None)
    session = GroupSession(
        group=group,
        number=number,
        starts_at=starts_at,
        ends_at=ends_at,
        format=group.format,
        site=where.site,
        room=where.room,
        series=series,
        series_day=day,
    )
    session.full_clean()
    session.save(force_insert=True)
    record("session.schedule", object_type=SESSION, object_id=session.pk)
    return session


def check_time(group: TherapyGroup, starts_at: datetime, ends_at: datetime) -> None:
    """Raise ``ValidationError`` unless a group can meet at a time to come, before its end, for that long."""
    check_open_on(group, starts_at.astimezone(practice_zone()).date())
    if ends_at <= timezone.now():
        raise ValidationError({"starts": _("This time has passed. Choose a later one.")})
    check_length(ends_at - starts_at)


def check_length(length: timedelta) -> None:
    """Raise ``ValidationError`` unless a session can last so long."""
    if not timedelta(0) < length <= LONGEST:
        raise ValidationError({"minutes": _("Write how long it lasts, from 15 minutes to 12 hours.")})


def check_where(group: TherapyGroup, where: Where) -> None:
    """Raise ``ValidationError`` unless people who meet in a room have a house, and the room is in it."""
    if group.format != TherapyGroup.Format.ONLINE and where.site is None:
        raise ValidationError({"where": _("Choose where the group meets.")})
    if where.room is not None and (where.site is None or where.room.site_id != where.site.pk):
        raise ValidationError({"where": _("This room is in another house. Choose it again.")})


def check_overlaps_none(
    group: TherapyGroup, starts_at: datetime, ends_at: datetime, but: frozenset[object] = frozenset()
) -> None:
    """Raise ``ValidationError`` if the group meets at that time already, in a session other than ``but``."""
    held = GroupSession.objects.filter(group=group).exclude(state=GroupSession.State.CANCELLED)
    if held.filter(starts_at__lt=ends_at, ends_at__gt=starts_at).exclude(pk__in=but).exists():
        told = _("The group has another session at that time.")
        raise ValidationError({"starts": f"{told} ({_day(starts_at)})"})


def check_room_is_free(
    room: Room | None, starts_at: datetime, ends_at: datetime, but: frozenset[object] = frozenset()
) -> None:
    """Raise ``ValidationError`` if another session is in the room at that time; it does not tell which or whose.

    The house is locked until the end of the transaction, so that of two who want the room at once one waits.
    """
    if room is None:
        return
    Site.objects.select_for_update(no_key=True).get(pk=room.site_id)
    taken = GroupSession.objects.filter(room=room, starts_at__lt=ends_at, ends_at__gt=starts_at)
    if taken.exclude(state=GroupSession.State.CANCELLED).exclude(pk__in=but).exists():
        told = _("The room is taken at that time. Choose another room or another time.")
        raise ValidationError({"where": f"{told} ({_day(starts_at)})"})


def _day(moment: datetime) -> str:
    """Return the day of a moment by the clocks of the practice, as the reader's language writes it."""
    return formats.date_format(moment.astimezone(practice_zone()), "SHORT_DATE_FORMAT")
