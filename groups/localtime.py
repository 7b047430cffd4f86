"""Wall-clock times of the practice, right over the change of clocks."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _

from groupcare.practice.selectors import practice


def practice_zone() -> ZoneInfo:
    """Return the zone in which the practice writes its times; its days are those of this zone."""
    return ZoneInfo(practice().time_zone)


def to_utc(day: date, clock: time, zone: ZoneInfo) -> datetime:
    """Return the instant at which the clocks of ``zone`` show ``clock`` on ``day``.

    A time that comes twice (clocks go back) means the first of the two.

    Raises:
        ValidationError: the time does not exist on that day (clocks go forward).
    """
    instant = datetime.combine(day, clock, tzinfo=zone).astimezone(UTC)
    shown = instant.astimezone(zone)
    if (shown.date(), shown.time()) != (day, clock):
        raise ValidationError(
            {
                "starts": _("The clocks go forward on %(day)s and this time does not exist. Choose another time.")
                % {"day": day.isoformat()}
            }
        )
    return instant


def weekly(day: date, clock: time, zone: ZoneInfo, weeks: int) -> Iterator[datetime]:
    """Yield ``weeks`` instants, a week apart, all at the same wall-clock time."""
    for week in range(weeks):
        yield to_utc(day + timedelta(weeks=week), clock, zone)


def today_in(zone: ZoneInfo) -> date:
    """Return the day that the clocks of ``zone`` show now."""
    return timezone.now().astimezone(zone).date()


def end_of_day(day: date, zone: ZoneInfo) -> datetime:
    """Return the first instant after ``day`` by the clocks of ``zone``.

    Where midnight does not exist (clocks go forward then) it is the instant of the change; where it comes twice,
    the first one.
    """
    return datetime.combine(day + timedelta(days=1), time.min, tzinfo=zone).astimezone(UTC)


def last_moment(end: datetime) -> datetime:
    """Return a moment of the last day itself for an end that is the midnight after it, so that a page names that day."""
    return end - timedelta(minutes=1)
