"""Planning sessions by the practice's clocks, and the reminders that go out once."""

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from groupcare.access import Right, grant
from groupcare.outbox.models import Message
from groups.localtime import to_utc
from groups.models import GroupSession, Membership
from groups.selectors import today, visible_sessions
from groups.tasks import send_reminders
from tests.world import World, at_work

Browser = Callable[..., Client]
NEW_YORK = ZoneInfo("America/New_York")


def test_a_wall_clock_time_is_right_on_both_sides_of_the_change() -> None:
    # New York leaves daylight time on 1 November 2026: 18:30 is 22:30 UTC before and 23:30 UTC after.
    assert to_utc(date(2026, 10, 29), time(18, 30), NEW_YORK) == datetime(2026, 10, 29, 22, 30, tzinfo=UTC)
    assert to_utc(date(2026, 11, 5), time(18, 30), NEW_YORK) == datetime(2026, 11, 5, 23, 30, tzinfo=UTC)
    # 01:30 comes twice on that night; the first one is still daylight time.
    assert to_utc(date(2026, 11, 1), time(1, 30), NEW_YORK) == datetime(2026, 11, 1, 5, 30, tzinfo=UTC)
    # 02:30 does not exist on 14 March 2027.
    with pytest.raises(ValidationError):
        to_utc(date(2027, 3, 14), time(2, 30), NEW_YORK)


def plan(client: Client, world: World, **change: str) -> Client:
    url = reverse("groups:session-create", kwargs={"pk": world.thursday.pk})
    return client.post(url, {"day": "2027-03-04", "starts": "18:30", "minutes": "90", "weeks": "3"} | change)


def test_weekly_sessions_keep_their_hour_over_the_change_of_clocks(world: World, client_for: Browser) -> None:
    assert plan(client_for(world.nadia), world).status_code == 302
    made = GroupSession.objects.filter(group=world.thursday, starts_at__year=2027).order_by("number")
    assert [s.starts_at.astimezone(NEW_YORK).strftime("%m-%d %H:%M") for s in made] == [
        "03-04 18:30",
        "03-11 18:30",
        "03-18 18:30",
    ]
    assert [s.starts_at.hour for s in made] == [23, 23, 22]
    assert [s.number for s in made] == [3, 4, 5]


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"day": "2027-03-14", "starts": "02:30"}, "does not exist"),
        ({"day": "2020-01-02"}, "This time has passed"),
        ({"weeks": "0"}, "weeks"),
        ({"minutes": "5"}, "Minutes"),
    ],
)
def test_a_time_that_cannot_be_is_explained(
    world: World, client_for: Browser, change: dict[str, str], told: str
) -> None:
    before = GroupSession.objects.count()
    refused = plan(client_for(world.nadia), world, **change)
    assert refused.status_code == 422
    assert told in refused.content.decode()
    assert GroupSession.objects.count() == before


def test_two_sessions_of_one_group_do_not_overlap(world: World, client_for: Browser) -> None:
    nadia = client_for(world.nadia)
    assert plan(nadia, world, weeks="1").status_code == 302
    assert "another session" in plan(nadia, world, weeks="1", starts="19:00").content.decode()
    assert plan(nadia, world, weeks="1", starts="20:00").status_code == 302


def test_only_the_lead_plans_and_calls_off(world: World, client_for: Browser) -> None:
    url = reverse("groups:session-cancel", kwargs={"pk": world.coming_session_of_thursday.pk})
    assert plan(client_for(world.olga), world).status_code == 404
    why = {"reason": "facilitator_ill"}
    assert client_for(world.olga).post(url, why).status_code == 404
    assert client_for(world.tom).post(url, why).status_code == 404
    assert client_for(world.nadia).post(url).status_code == 422
    assert client_for(world.nadia).post(url, why).status_code == 302
    assert world.coming_session_of_thursday.state == "cancelled"


def reminders(session: GroupSession) -> int:
    return Message.objects.filter(kind="session_reminder", link_object=session.pk).count()


def test_everyone_with_a_place_is_reminded_once_however_often_the_sweep_runs(world: World) -> None:
    session = world.coming_session_of_thursday
    with time_machine.travel(session.starts_at - timedelta(hours=25), tick=False):
        send_reminders()
        assert reminders(session) == 0
    for hours in (24, 23, 1):
        with time_machine.travel(session.starts_at - timedelta(hours=hours), tick=False):
            send_reminders()
            send_reminders()
            assert reminders(session) == 3
    found = Message.objects.filter(link_object=session.pk)
    assert {one.recipient_id for one in found} == {world.ben.pk, world.chiara.pk, world.dev.pk}
    assert {one.idempotence_key for one in found} == {f"reminder:{session.pk}:{one.recipient_id}" for one in found}
    assert {one.expires_at for one in found} == {session.starts_at}


def test_no_reminder_for_a_place_that_ended_or_a_session_called_off_or_begun(world: World) -> None:
    session = world.coming_session_of_thursday
    place = world.membership("ben")
    Membership.objects.filter(pk=place.pk).update(state="ended", ended_at=timezone.now())
    other = world.coming_session_of_tuesday
    GroupSession.objects.filter(pk=other.pk).update(state="cancelled")
    with time_machine.travel(session.starts_at - timedelta(hours=2), tick=False):
        send_reminders()
    assert reminders(session) == 2
    assert not Message.objects.filter(recipient=world.ben, kind="session_reminder").exists()
    assert reminders(other) == 0
    assert reminders(world.session_of_thursday) == 0


def granted(person, session: GroupSession, *, days: int = 1) -> None:
    start = timezone.now() - timedelta(hours=1)
    grant(
        person=person, right=Right.SEE_SESSION, obj=session, valid_from=start, valid_until=start + timedelta(days=days)
    )


def test_a_single_session_stands_beside_those_of_the_own_groups_and_each_stands_once(world: World) -> None:
    theirs, own = world.session_of_tuesday, world.session_of_thursday
    with at_work(world.nadia) as nadia:
        before = {one.pk for one in visible_sessions(nadia)}
        granted(nadia, theirs)
        # Seen twice over: through the group, and alone.
        granted(nadia, own)
        after = [one.pk for one in visible_sessions(nadia)]
        assert theirs.pk not in before
        assert own.pk in before
        assert sorted(after) == sorted({*before, theirs.pk})
        waiting = GroupSession.objects.get(pk=theirs.pk)
        soon, past = today(nadia, days=400, most=100)
        # A single session is shown when it comes; its note is for those who run its group.
        assert (waiting in soon) == (waiting.ends_at > timezone.now())
        assert waiting not in past
    with time_machine.travel(timezone.now() + timedelta(days=2)), at_work(world.nadia) as nadia:
        assert theirs.pk not in {one.pk for one in visible_sessions(nadia)}


def test_who_has_neither_group_nor_single_session_sees_none(world: World) -> None:
    with at_work(world.petra) as petra:
        assert list(visible_sessions(petra)) == []
        assert today(petra, days=400, most=100) == ([], [])


def test_many_sessions_are_found_through_their_keys_and_not_by_a_filter_over_all(world: World) -> None:
    """Two INs joined by OR make PostgreSQL read every session there is; the product asks one IN over a UNION."""
    with at_work(world.nadia) as nadia:
        outer = str(visible_sessions(nadia).query).split(" WHERE ", 1)[1]
        assert outer.split("(SELECT", 1)[0].rstrip(" (").endswith("IN")
        assert "UNION" in outer
