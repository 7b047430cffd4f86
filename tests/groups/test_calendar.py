"""The calendar shows each reader their own sessions in their own zone, by month, week and agenda."""

import re
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from groupcare.accounts.models import Person
from groups.models import GroupSession, Membership, TherapyGroup
from tests.world import World

Browser = Callable[..., Client]
STAFF, OWN = reverse("groups:calendar"), reverse("groups:my-calendar")


def held(group: TherapyGroup, starts_at: datetime, **change: object) -> GroupSession:
    last = group.sessions.order_by("-number").first()
    return GroupSession.objects.create(
        group=group,
        number=(last.number if last else 0) + 1,
        starts_at=starts_at,
        ends_at=starts_at + timedelta(minutes=90),
        format="in_person",
        site=group.site,
        **change,
    )


def day_of(html: str, day: str) -> str:
    """Return the part of a calendar page that shows one day."""
    parts = html.split('<p class="cal-day">')
    return next(part for part in parts if f'<time datetime="{day}">' in part.split("</p>")[0])


def test_those_who_run_groups_see_all_of_theirs_and_nobody_elses(world: World, client_for: Browser) -> None:
    at = datetime(2031, 5, 8, 22, 30, tzinfo=UTC)
    session = held(world.thursday, at)
    held(world.tuesday, at)
    for view in ("month", "week", "agenda"):
        shown = client_for(world.nadia).get(STAFF, {"view": view, "day": "2031-05-08"}).content.decode()
        assert "Thursday B" in shown, view
        assert "Tuesday B" not in shown, view
        assert reverse("groups:session-detail", kwargs={"pk": session.pk}) in shown, view
        for name in ("Ben", "Chiara", "Dev"):
            assert name not in shown, view
    for stranger in (world.ben, world.ada, world.root):
        assert client_for(stranger).get(STAFF).status_code == 404


def test_a_day_is_that_of_the_readers_zone_and_the_zone_is_said(world: World, client_for: Browser) -> None:
    # Half past two in the night of the 9th in UTC is half past ten in the evening of the 8th in New York.
    held(world.thursday, datetime(2031, 5, 9, 2, 30, tzinfo=UTC))
    for zone, day, time in (("America/New_York", "2031-05-08", "22:30 EDT"), ("Europe/Madrid", "2031-05-09", "04:30")):
        Person.objects.filter(pk=world.nadia.pk).update(time_zone=zone)
        shown = client_for(world.nadia).get(STAFF, {"view": "month", "day": "2031-05-20"}).content.decode()
        assert zone.replace("_", " ") in shown
        assert time in day_of(shown, day)
        assert "Thursday B" not in day_of(shown, "2031-05-07")


def test_on_a_discreet_device_a_group_is_shown_by_its_initials(world: World, client_for: Browser) -> None:
    held(world.thursday, datetime(2031, 5, 8, 22, 30, tzinfo=UTC))
    nadia = client_for(world.nadia)
    nadia.cookies["names"] = "initials"
    for view in ("month", "week", "agenda"):
        shown = nadia.get(STAFF, {"view": view, "day": "2031-05-08"}).content.decode()
        assert "Thursday" not in re.sub(r"<time.*?</time>", "", shown), view
        assert "TB" in shown, view


def test_a_full_day_counts_the_others_and_leads_to_its_agenda(world: World, client_for: Browser) -> None:
    for hour in range(12, 18):
        held(world.thursday, datetime(2031, 5, 8, hour, 0, tzinfo=UTC) + timedelta(minutes=100 * (hour - 12)))
    nadia = client_for(world.nadia)
    day = day_of(nadia.get(STAFF, {"view": "month", "day": "2031-05-01"}).content.decode(), "2031-05-08")
    assert day.count("/sessions/") == 3
    assert "3 more" in day
    assert "?view=agenda&amp;day=2031-05-08" in day
    agenda = nadia.get(STAFF, {"view": "agenda", "day": "2031-05-08"}).content.decode()
    assert agenda.count("/sessions/") == 6


def test_a_member_sees_their_own_time_in_a_group_and_nothing_else(world: World, client_for: Browser) -> None:
    group, base = world.thursday, datetime(2026, 3, 5, 23, 30, tzinfo=UTC)
    place = world.membership("ben")
    first, second, third = (held(group, base + timedelta(weeks=week)) for week in range(3))
    held(world.tuesday, base + timedelta(weeks=1))
    Membership.objects.filter(pk=place.pk).update(created_at=second.starts_at - timedelta(days=1))
    ben = client_for(world.ben)

    def days() -> list[str]:
        html = ben.get(OWN, {"view": "month", "day": "2026-03-10"}).content.decode()
        for secret in ("Thursday B", "Tuesday B", "Chiara", "session 1", "Session"):
            assert secret not in re.sub(r"<nav.*?</nav>", "", html, flags=re.DOTALL), secret
        return [day for day in ("2026-03-05", "2026-03-12", "2026-03-19") if "Appointment" in day_of(html, day)]

    assert days() == ["2026-03-12", "2026-03-19"]
    Membership.objects.filter(pk=place.pk).update(state="ended", ended_at=third.starts_at - timedelta(days=1))
    assert days() == ["2026-03-12"]
    assert reverse("groups:session-join", kwargs={"pk": second.pk}) not in ben.get(OWN).content.decode()
    assert first.pk != second.pk


def test_what_is_to_come_opens_from_the_calendar_and_what_was_called_off_says_so(
    world: World, client_for: Browser
) -> None:
    coming = world.coming_session_of_thursday
    ben, door = client_for(world.ben), reverse("groups:session-join", kwargs={"pk": coming.pk})
    for view in ("agenda", "week", "month"):
        asked = {"view": view, "day": timezone.localtime(coming.starts_at).date().isoformat()}
        assert door in ben.get(OWN, asked).content.decode(), view
    GroupSession.objects.filter(pk=coming.pk).update(state="cancelled")
    shown = ben.get(OWN, asked).content.decode()
    assert "Called off" in shown
    assert door not in shown
    Membership.objects.filter(person=world.ben).update(state="on_leave")
    assert "Called off" not in ben.get(OWN, asked).content.decode()


def test_an_empty_time_teaches_and_an_address_that_means_nothing_shows_today(world: World, client_for: Browser) -> None:
    assert "No session in this time" in client_for(world.nadia).get(STAFF, {"day": "2050-01-01"}).content.decode()
    assert "Nothing planned in this time" in client_for(world.ben).get(OWN, {"day": "2050-01-01"}).content.decode()
    for nonsense in ("yesterday", "9999-12-31", "0001-01-01", "2026-13-01"):
        shown = client_for(world.nadia).get(STAFF, {"day": nonsense, "view": "year"}).content.decode()
        assert 'aria-current="date"' in shown


def test_weeks_begin_as_the_readers_language_begins_them(world: World, client_for: Browser) -> None:
    # 8 May 2031 is a Thursday: its week begins on Sunday the 4th in English and on Monday the 5th in Spanish.
    for language, first in (("en", "2031-05-04"), ("es", "2031-05-05")):
        Person.objects.filter(pk=world.nadia.pk).update(language=language)
        nadia = client_for(world.nadia)
        nadia.cookies["language"] = language
        shown = nadia.get(STAFF, {"view": "week", "day": "2031-05-08"}, headers={"accept-language": language})
        days = re.findall(r'<time datetime="(\d{4}-\d\d-\d\d)">', shown.content.decode().split('<ol class="cal"')[1])
        assert days[0] == first, language
        assert len(days) == 7


@pytest.mark.parametrize("view", ["month", "week", "agenda"])
def test_it_takes_at_most_eight_queries_whatever_the_rows(
    world: World, client_for: Browser, queries: Callable[[Client, str], int], view: str
) -> None:
    start = datetime(2031, 5, 8, 0, 0, tzinfo=UTC)
    for person, url in ((world.nadia, STAFF), (world.ben, OWN)):
        browser, address = client_for(person), f"{url}?view={view}&day=2031-05-08"
        counts = []
        for many in (5, 25, 100):
            known = GroupSession.objects.filter(group=world.thursday, starts_at__gte=start).count()
            for turn in range(known, many):
                held(world.thursday, start + timedelta(minutes=95 * turn))
            counts.append(queries(browser, address))
        assert counts[0] <= 8, (counts, url)
        assert counts[0] == counts[1] == counts[2], (counts, url)
        GroupSession.objects.filter(group=world.thursday, starts_at__gte=start).delete()


def test_days_follow_each_other_without_a_gap_or_a_double_over_every_change_of_clocks() -> None:
    from django.test import RequestFactory

    from groups.views.calendar import span_of

    day = date(2026, 1, 31)
    seen = []
    for _turn in range(24):
        span = span_of(RequestFactory().get("/", {"view": "month", "day": day.isoformat()}), "month")
        assert span.first <= span.day.replace(day=1)
        assert (span.after - span.first).days % 7 == 0
        seen.append(span.day.replace(day=1))
        day = span.on
    assert [(one.year, one.month) for one in seen] == [(2026 + turn // 12, turn % 12 + 1) for turn in range(24)]
