"""A grace period lets those in who belonged to the group before, until the chosen evening and not a moment longer."""

import zoneinfo
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.core.exceptions import ValidationError
from hypothesis import given
from hypothesis import strategies as st
from time_machine import travel

from consent.models import GracePeriod
from consent.services import ask_to_talk, decline, end_grace, start_grace, withdraw
from consent.standing import CLEARED, Grace, State
from groupcare.exceptions import InvalidTransition, Refused
from groups import ports
from groups.localtime import end_of_day
from groups.services import NewMember, add_member, invite_member
from tests.consent.helpers import publish, state, url
from tests.world import ZONE, at_work, today

pytestmark = pytest.mark.django_db


def grant(world, days=20, by="nadia", reason="We go live."):
    with at_work(world.person(by)) as person:
        return start_grace(
            group_id=world.thursday.pk, last_day=today() + timedelta(days=days), reason=reason, by=person
        )


def ask(world, name):
    return ports.clearance(world.thursday.pk, world.ids[name][1])


def walter(world):
    with at_work(world.nadia) as nadia:
        return add_member(group=world.thursday, member=NewMember("Walter Ono", today() - timedelta(days=99)), by=nadia)


@pytest.mark.req("REQ-46")
def test_the_gate_closes_by_itself_at_the_end_of_the_chosen_evening(world, client_for):
    publish(world)
    place = walter(world)
    assert not ask(world, "ben").cleared
    period = grant(world)
    assert period.until.astimezone(ZONE).time() == time(0)
    for moment, cleared in (
        (period.set_at, True),
        (period.until - timedelta(microseconds=1), True),
        (period.until, False),
        (period.until + timedelta(days=30), False),
    ):
        with travel(moment, tick=False):
            found = ask(world, "ben")
            assert (found.cleared, found.state) == (cleared, "superseded")
            assert ports.clearance(world.thursday.pk, place.person_id).cleared is cleared
            assert state(world, "ben") == "superseded"
    with travel(period.until, tick=False):
        shown = client_for(world.ben).get("/home/").content.decode()
        assert "You can come until" not in shown


def test_it_helps_nobody_who_chose_and_no_newcomer(world, acting):
    with acting(world.ben) as ben:
        withdraw(act_id=world.act_of_ben.pk, by=ben)
    version = publish(world)["en"]
    with acting(world.chiara) as chiara:
        decline(version_id=version.pk, by=chiara)
    with acting(world.dev) as dev:
        ask_to_talk(version_id=version.pk, by=dev)
    grant(world)
    assert [ask(world, name).cleared for name in ("ben", "chiara", "dev")] == [False] * 3
    with acting(world.nadia) as nadia:
        new = invite_member(group=world.thursday, used_name="New Comer", email="new@example.org", by=nadia)
    assert not ports.clearance(world.thursday.pk, new.person_id).cleared
    # Somebody who was forgotten and entered later belonged to the group all the time.
    assert ports.clearance(world.thursday.pk, walter(world).person_id).cleared


def test_everyone_sees_it_and_knows_the_day(world, client_for):
    publish(world)
    period = grant(world)
    day = f"{period.last_day:%Y-%m-%d}"
    for page in (url("coverage-board", world.thursday.pk), f"/groups/{world.thursday.pk}/"):
        text = client_for(world.nadia).get(page).content.decode()
        assert "the gate lets people in without a signature; then it closes." in text
        assert day in text
    board = client_for(world.tom).get(url("coverage-board", world.thursday.pk)).content.decode()
    assert "may come until" in board
    assert "Superseded" in board
    assert "Everyone can come in." in board
    home = client_for(world.ben).get("/home/").content.decode()
    assert "You can come until the end of" in home
    assert "Please sign before then." in home
    assert day in home
    assert "We go live." not in home
    door = client_for(world.nadia).get(f"/sessions/{world.session_of_thursday.pk}/").content.decode()
    assert "may come, sign soon" in door


def test_the_page_starts_moves_and_ends_it(world, client_for):
    client, page = client_for(world.nadia), url("grace-edit", world.thursday.pk)
    last = today() + timedelta(days=10)
    publish(world)
    for typed, said in (
        ({"last_day": "", "reason": "x"}, "Choose a day."),
        ({"last_day": "2001-01-01", "reason": "x"}, "Choose a day from today until"),
        ({"last_day": (today() + timedelta(days=91)).isoformat(), "reason": "kept"}, "90 days after the start"),
        ({"last_day": last.isoformat(), "reason": "x" * 100_000}, "300"),
        ({"last_day": last.isoformat(), "reason": "  "}, "Please fill this in."),
    ):
        shown = client.post(page, typed)
        assert shown.status_code == 422, typed
        assert said in shown.content.decode()
        assert typed["reason"].strip() in shown.content.decode()
    assert not GracePeriod.objects.exists()
    assert client.post(page, {"last_day": last.isoformat(), "reason": "We go live."}).status_code == 302
    assert "Running now" in client.get(page).content.decode()
    moved = today() + timedelta(days=12)
    client.post(page, {"last_day": moved.isoformat(), "reason": "Holiday."})
    first, second = GracePeriod.objects.order_by("set_at")
    assert (second.since, second.last_day) == (first.since, moved)
    assert ask(world, "ben").cleared
    client.post(url("grace-end", world.thursday.pk))
    assert not ask(world, "ben").cleared
    assert GracePeriod.objects.count() == 3
    assert "No such time is running." in client.post(url("grace-end", world.thursday.pk), follow=True).content.decode()


def test_moving_the_day_never_makes_it_longer_than_ninety_days_from_its_start(world):
    period = grant(world, days=80)
    with travel(period.set_at + timedelta(days=50), tick=False):
        with pytest.raises(ValidationError, match="90 days"):
            grant(world, days=60)
        assert grant(world, days=40).since == period.since
    with pytest.raises(ValidationError, match="sentence why"):
        grant(world, reason=" ")


def test_only_the_lead_opens_and_ends_it(world):
    for name in ("tom", "olga", "ben", "ada", "root"):
        with pytest.raises(Refused):
            grant(world, by=name)
        with at_work(world.person(name)) as by, pytest.raises(Refused):
            end_grace(group_id=world.thursday.pk, by=by)
    with at_work(world.nadia) as nadia, pytest.raises(InvalidTransition):
        end_grace(group_id=world.thursday.pk, by=nadia)
    assert grant(world).set_by_id == world.nadia.pk


def test_where_nothing_is_published_nobody_is_let_in_by_it(world, acting):
    from tests.consent.test_board import a_group

    group = a_group(world)
    with acting(world.nadia) as nadia:
        place = add_member(group=group, member=NewMember("Walter Ono", today()), by=nadia)
        start_grace(group_id=group.pk, last_day=today(), reason="We go live.", by=nadia)
    assert not ports.clearance(group.pk, place.person_id).cleared


# --- the clock ----------------------------------------------------------------------------------------------------
ZONES = st.sampled_from(sorted(zoneinfo.available_timezones() - {"localtime"})).map(ZoneInfo)
DAYS = st.dates(date(2000, 1, 1), date(2037, 12, 31))


@given(DAYS, ZONES)
def test_a_day_ends_when_its_clocks_first_show_the_next_one(day, zone):
    end = end_of_day(day, zone)
    before, after = ((end + step).astimezone(zone).date() for step in (timedelta(microseconds=-1), timedelta(0)))
    assert before <= day < after
    # Samoa skipped the whole of 30 December 2011; that day has no evening.
    assert before == day or zone.key in {"Pacific/Apia", "Pacific/Fakaofo"}


@given(DAYS, ZONES, st.sampled_from(list(State)), st.integers(0, 90 * 24 * 60), st.integers(0, 90 * 24 * 60))
def test_only_the_clock_moves_and_once_shut_it_stays_shut(day, zone, standing, minutes, later):
    end = end_of_day(day, zone)
    since = end - timedelta(days=30)
    grace = Grace(since, end, day)
    now = since + timedelta(minutes=minutes)
    open_now = grace.covers(standing, since, now)
    assert open_now == (standing in {State.MISSING, State.SUPERSEDED, State.EXPIRED} and now < end)
    assert not (open_now and standing in CLEARED)
    assert not grace.covers(standing, since + timedelta(microseconds=1), now)
    if not open_now:
        assert not grace.covers(standing, since, now + timedelta(minutes=later))


def test_the_evening_on_which_the_clocks_change_is_as_long_as_it_is():
    # 1 November 2026: New York goes back at 02:00, so the day has 25 hours; midnight after it is 05:00 UTC (EST).
    assert end_of_day(date(2026, 11, 1), ZONE) == datetime(2026, 11, 2, 5, tzinfo=UTC)
    # 8 March 2026: it goes forward, the day has 23 hours; midnight after it is 04:00 UTC (EDT).
    assert end_of_day(date(2026, 3, 8), ZONE) == datetime(2026, 3, 9, 4, tzinfo=UTC)
