"""When a series meets: a rule as plain data, in wall-clock time of one zone, that yields instants."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import count, takewhile
from zoneinfo import ZoneInfo

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

#: Our choice, because a group that meets less often than every eight weeks or months plans each date by hand.
MOST_BETWEEN = 8
#: Our choice, because a year of weekly sessions is as far as anybody plans; a series can be extended.
MOST_SESSIONS = 52
#: Our choice, because whoever plans for the next century has slipped on the keyboard.
LAST_YEAR = 2100
_WEEK = timedelta(weeks=1)


class Rhythm(models.TextChoices):
    """How the days of a series follow each other; weekday and place in the month are those of its first day."""

    WEEKLY = "weekly", gettext_lazy("On the same day of the week")
    MONTHLY = "monthly", gettext_lazy("On the same weekday of the month, for example the second Tuesday")
    MONTHLY_LAST = "monthly_last", gettext_lazy("On the last such weekday of the month")


@dataclass(frozen=True, slots=True)
class Occurrence:
    """One meeting: its day by the rule, and from when until when; ``shifted`` if its wall-clock time does not exist."""

    day: date
    starts_at: datetime
    ends_at: datetime
    shifted: bool


@dataclass(frozen=True, slots=True)
class Rule:
    """Every ``every`` weeks or months from ``first_day`` on, at ``starts`` by the clocks of ``zone``."""

    rhythm: str
    every: int
    first_day: date
    starts: time
    minutes: int
    zone: ZoneInfo

    def check(self) -> None:
        """Raise ``ValidationError`` beside the field that makes no rule."""
        if not 1 <= self.every <= MOST_BETWEEN:
            raise ValidationError({"every": _("Write a number from 1 to %(most)s.") % {"most": MOST_BETWEEN}})
        if self.first_day.year > LAST_YEAR:
            raise ValidationError({"first_day": _("Choose a day in this century.")})
        if self.rhythm == Rhythm.MONTHLY and _nth(self.first_day) > 4:
            told = _("Not every month has a fifth one. Choose the last such weekday of the month instead.")
            raise ValidationError({"rhythm": told})
        if self.rhythm == Rhythm.MONTHLY_LAST and (self.first_day + _WEEK).month == self.first_day.month:
            told = _("The first day is not the last such weekday of its month. Choose another day.")
            raise ValidationError({"first_day": told})

    def days(self) -> Iterator[date]:
        """Yield the days by the calendar, without end; a month's days are on the weekday of the first day."""
        if self.rhythm == Rhythm.WEEKLY:
            yield from (self.first_day + _WEEK * self.every * turn for turn in count())
        for turn in count():
            year, month = divmod(self.first_day.year * 12 + self.first_day.month - 1 + turn * self.every, 12)
            yield self._in_month(date(year, month + 1, 1))

    def _in_month(self, first: date) -> date:
        """Return the day of the rule in the month that begins with ``first``."""
        found = first + timedelta(days=(self.first_day.weekday() - first.weekday()) % 7)
        if self.rhythm == Rhythm.MONTHLY:
            return found + _WEEK * (_nth(self.first_day) - 1)
        while (found + _WEEK).month == first.month:
            found += _WEEK
        return found

    def between(self, first: date, last: date) -> Iterator[Occurrence]:
        """Yield the meetings on days of the rule from ``first`` to ``last``, both included."""
        return (self.on(day) for day in takewhile(lambda day: day <= last, self.days()) if day >= first)

    def last_of(self, many: int) -> date:
        """Return the day of the meeting number ``many``."""
        return next(day for turn, day in enumerate(self.days(), 1) if turn == many)

    def on(self, day: date) -> Occurrence:
        """Return the meeting of a day.

        It keeps its wall-clock time over each change of clocks. A time that comes twice means the first of the two;
        where it does not exist, the meeting starts with the first instant that does. It always lasts as long as
        planned, in real minutes.
        """
        starts_at, shifted = first_instant(day, self.starts, self.zone)
        return Occurrence(day, starts_at, starts_at + timedelta(minutes=self.minutes), shifted)


def _nth(day: date) -> int:
    """Return the how-manieth such weekday of its month a day is."""
    return (day.day - 1) // 7 + 1


def first_instant(day: date, clock: time, zone: ZoneInfo) -> tuple[datetime, bool]:
    """Return the first instant at which the clocks of ``zone`` show ``clock`` on ``day`` or later, in UTC.

    The second part tells whether the time does not exist there, so that the clocks show a later one.
    """
    wanted = datetime.combine(day, clock.replace(fold=0), tzinfo=zone)
    instant = wanted.astimezone(UTC)
    shown = instant.astimezone(zone)
    if (shown.date(), shown.time()) == (day, clock):
        return instant, False
    # In a gap the two folds mean the offsets before and after, so the change lies between these two instants.
    early, late = wanted.replace(fold=1).astimezone(UTC), instant
    after = late.astimezone(zone).utcoffset()
    while late - early > timedelta(seconds=1):
        middle = early + (late - early) // 2
        middle = middle.replace(microsecond=0)
        early, late = (early, middle) if middle.astimezone(zone).utcoffset() == after else (middle, late)
    return late, True
