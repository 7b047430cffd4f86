"""A series keeps its wall-clock time over every change of clocks, in any zone."""

from datetime import UTC, date, datetime, time, timedelta
from itertools import islice, pairwise
from zoneinfo import ZoneInfo

import pytest
from django.core.exceptions import ValidationError
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from groups.recurrence import Rhythm, Rule, first_instant

# Lord Howe moves its clocks by half an hour, Santiago at midnight, Casablanca around Ramadan and backwards to most.
ZONES = ["America/New_York", "Europe/London", "Australia/Lord_Howe", "America/Santiago", "Africa/Casablanca"]
NEW_YORK = ZoneInfo("America/New_York")


def rule(**change: object) -> Rule:
    known = {
        "rhythm": Rhythm.WEEKLY,
        "every": 1,
        "first_day": date(2027, 3, 4),
        "starts": time(18, 30),
        "minutes": 90,
        "zone": NEW_YORK,
    }
    return Rule(**(known | change))  # type: ignore[arg-type]


@settings(max_examples=80, deadline=None)
@given(
    zone=st.sampled_from(ZONES),
    first_day=st.dates(date(2024, 1, 1), date(2031, 12, 31)),
    clock=st.times(time(0, 0), time(23, 59)).map(lambda at: at.replace(second=0, microsecond=0)),
    rhythm=st.sampled_from(Rhythm.values),
    every=st.integers(1, 4),
    minutes=st.integers(15, 720),
)
# 5 September 2027: at midnight the clocks of Santiago go to one. 3 October 2027: at two those of Lord Howe to half past.
@example("America/Santiago", date(2027, 8, 29), time(0, 30), "weekly", 1, 90)
@example("Australia/Lord_Howe", date(2027, 9, 26), time(2, 15), "weekly", 1, 90)
def test_each_meeting_keeps_its_hour_its_day_and_its_length(
    zone: str, first_day: date, clock: time, rhythm: str, every: int, minutes: int
) -> None:
    here = ZoneInfo(zone)
    one = rule(rhythm=rhythm, every=every, first_day=first_day, starts=clock, minutes=minutes, zone=here)
    try:
        one.check()
    except ValidationError:
        assume(False)
    days = list(islice(one.days(), 30))
    found = [one.on(day) for day in days]
    assert all(a < b for a, b in pairwise(days))
    assert all(a.starts_at < b.starts_at for a, b in pairwise(found))
    assert {day.weekday() for day in days} == {first_day.weekday()}
    if rhythm == Rhythm.WEEKLY:
        assert days == [first_day + timedelta(weeks=every * turn) for turn in range(30)]
    else:
        months = [day.year * 12 + day.month for day in days]
        assert months == [months[0] + every * turn for turn in range(30)]
    for meeting in found:
        assert meeting.ends_at - meeting.starts_at == timedelta(minutes=minutes)
        shown = meeting.starts_at.astimezone(here)
        # Nothing between the wanted time and the shown one exists: a second before it the clocks showed less.
        before = (meeting.starts_at - timedelta(seconds=1)).astimezone(here)
        assert before.replace(tzinfo=None) < datetime.combine(meeting.day, clock)
        if meeting.shifted:
            assert shown.replace(tzinfo=None) > datetime.combine(meeting.day, clock)
            assert shown.utcoffset() > before.utcoffset()  # type: ignore[operator]
        else:
            assert (shown.date(), shown.time()) == (meeting.day, clock)
            assert shown.fold == 0


def test_a_time_that_does_not_exist_becomes_the_first_that_does_and_a_time_that_comes_twice_the_first() -> None:
    # New York: 02:00 becomes 03:00 EDT on 14 March 2027, which is 07:00 UTC; 01:30 comes twice on 1 November 2026.
    assert first_instant(date(2027, 3, 14), time(2, 30), NEW_YORK) == (datetime(2027, 3, 14, 7, tzinfo=UTC), True)
    assert first_instant(date(2026, 11, 1), time(1, 30), NEW_YORK) == (datetime(2026, 11, 1, 5, 30, tzinfo=UTC), False)
    # Apia left out a whole day: the first instant after it is midnight of the next, 30 December 2011 at 10:00 UTC.
    apia = first_instant(date(2011, 12, 30), time(18, 0), ZoneInfo("Pacific/Apia"))
    assert apia == (datetime(2011, 12, 30, 10, tzinfo=UTC), True)


def test_the_days_of_a_month_are_counted_from_its_beginning_or_its_end() -> None:
    second = rule(rhythm=Rhythm.MONTHLY, first_day=date(2027, 1, 12))
    assert list(islice(second.days(), 3)) == [date(2027, 1, 12), date(2027, 2, 9), date(2027, 3, 9)]
    last = rule(rhythm=Rhythm.MONTHLY_LAST, first_day=date(2027, 1, 28), every=2)
    assert list(islice(last.days(), 3)) == [date(2027, 1, 28), date(2027, 3, 25), date(2027, 5, 27)]
    assert last.last_of(3) == date(2027, 5, 27)
    found = rule().between(date(2027, 3, 5), date(2027, 3, 18))
    assert [one.day for one in found] == [date(2027, 3, 11), date(2027, 3, 18)]


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"every": 0}, "every"),
        ({"every": 9}, "every"),
        ({"rhythm": Rhythm.MONTHLY, "first_day": date(2027, 1, 29)}, "rhythm"),
        ({"rhythm": Rhythm.MONTHLY_LAST, "first_day": date(2027, 1, 21)}, "first_day"),
    ],
)
def test_what_makes_no_rule_is_told_beside_its_field(change: dict[str, object], field: str) -> None:
    rule().check()
    with pytest.raises(ValidationError) as told:
        rule(**change).check()
    assert set(told.value.error_dict) == {field}
