"""The emergency sheet: who gives what, who opens it, and when it is shut."""

from collections.abc import Callable
from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from groupcare.access import Role
from groupcare.audit.models import TrailEvent
from groups.models import ContactCard, GroupSession, Whereabouts
from tests.factories import make_staff
from tests.world import World

Browser = Callable[..., Client]
LINK = "https://meet.example/quiet"


@pytest.fixture
def session(world: World) -> GroupSession:
    """Return a session that is running, by video."""
    group = world.thursday
    group.online_link = LINK
    group.save()
    GroupSession.objects.filter(pk=world.session_of_thursday.pk).update(format="online")
    found: GroupSession = world.session_of_thursday
    return found


def url(name: str, session: GroupSession, **more: object) -> str:
    return reverse(f"groups:{name}", kwargs={"pk": session.pk, **more})


def test_the_link_is_shown_after_place_and_number_are_given(
    world: World, session: GroupSession, client_for: Browser
) -> None:
    ben = client_for(world.ben)
    ben.post(url("session-join", session), {"agreed": "on"})
    asked = ben.get(url("session-room", session), follow=True).content.decode()
    assert LINK not in asked
    assert "where are you" in asked
    assert "Only those who run this appointment can open it" in asked
    half = ben.post(url("session-place", session), {"location": "Café Ñandú 🌱, שדרות 4"})
    assert half.status_code == 422
    assert "Café Ñandú 🌱, שדרות 4" in half.content.decode()
    done = ben.post(url("session-place", session), {"location": "Café Ñandú 🌱", "call_back": "+1 555 0101"})
    assert done.headers["Location"] == url("session-room", session)
    assert LINK in ben.get(url("session-room", session)).content.decode()
    assert Whereabouts.objects.get().said_by_id == world.ben.pk


def test_who_does_not_want_to_say_goes_on_and_the_facilitator_sees_that_it_is_missing(
    world: World, session: GroupSession, client_for: Browser
) -> None:
    ben = client_for(world.ben)
    ben.post(url("session-join", session), {"agreed": "on"})
    ben.post(url("session-place", session), {"withhold": "1", "location": "x" * 100_000})
    assert LINK in ben.get(url("session-room", session)).content.decode()
    sheet = client_for(world.nadia).get(url("emergency-sheet", session)).content.decode()
    assert "Did not want to say where they are." in sheet
    assert sheet.count("Nothing said for tonight.") == 2


def test_a_long_paste_is_explained(world: World, session: GroupSession, client_for: Browser) -> None:
    ben = client_for(world.ben)
    ben.post(url("session-join", session), {"agreed": "on"})
    long = ben.post(url("session-place", session), {"location": "x" * 100_000, "call_back": "1"})
    assert long.status_code == 422
    assert not Whereabouts.objects.exists()


def test_a_member_keeps_and_empties_their_own_contact(world: World, session: GroupSession, client_for: Browser) -> None:
    ben, nadia = client_for(world.ben), client_for(world.nadia)
    page = "/my/contact/"
    assert page in ben.get("/account/profile/").content.decode()
    assert page not in client_for(world.ada).get("/account/profile/").content.decode()
    given = {"own_number": "", "contact_name": "Lena Tanaka", "contact_number": "+1 555 0102"}
    assert ben.post(page, given).status_code == 302
    assert "Lena Tanaka" in ben.get(page).content.decode()
    assert "Lena Tanaka" in nadia.get(url("emergency-sheet", session)).content.decode()
    assert ben.post(page, dict.fromkeys(given, "")).status_code == 302
    assert "Lena Tanaka" not in nadia.get(url("emergency-sheet", session)).content.decode()
    assert ContactCard.objects.filter(person=world.ben).count() == 2


def test_the_sheet_is_open_from_half_an_hour_before_until_two_hours_after(
    world: World, session: GroupSession, client_for: Browser
) -> None:
    session = world.coming_session_of_thursday
    sheet = url("emergency-sheet", session)
    for moment, status in (
        (session.starts_at - timedelta(minutes=31), 302),
        (session.starts_at - timedelta(minutes=30), 200),
        (session.ends_at + timedelta(minutes=119), 200),
        (session.ends_at + timedelta(hours=2), 302),
    ):
        with time_machine.travel(moment, tick=False):
            nadia = client_for(world.nadia)
            assert nadia.get(sheet).status_code == status, moment
            assert (sheet in nadia.get(url("session-detail", session)).content.decode()) == (status == 200)
    GroupSession.objects.filter(pk=session.pk).update(state="cancelled")
    assert client_for(world.nadia).get(sheet).status_code == 302


def test_only_those_who_run_the_session_open_it_and_each_line_is_in_the_trail(
    world: World, session: GroupSession, client_for: Browser
) -> None:
    sheet = url("emergency-sheet", session)
    rita = make_staff("Rita Moss", Role.RECEPTION)
    for person in (world.olga, world.ada, world.petra, world.root, world.ben, rita):
        assert client_for(person).get(sheet).status_code == 404
    assert client_for(world.nadia).get(sheet).status_code == 200
    read = TrailEvent.objects.filter(action="emergency_sheet.read", result="done", actor=str(world.nadia.pk))
    assert {one.object_id for one in read} == {str(world.membership(name).pk) for name in ("ben", "chiara", "dev")}


def test_the_facilitator_takes_down_what_is_said_and_nothing_else_is_lost(
    world: World, session: GroupSession, client_for: Browser
) -> None:
    client_for(world.ben).post("/my/contact/", {"own_number": "+1 555 0103"})
    nadia = client_for(world.nadia)
    down = url("emergency-take-down", session, membership_pk=world.membership("ben").pk)
    assert "Ben Tanaka" in nadia.get(down).content.decode()
    said = {"location": "4 Elm Street", "contact_name": "Lena", "contact_number": "+1 555 0102"}
    assert nadia.post(down, said).status_code == 302
    sheet = nadia.get(url("emergency-sheet", session)).content.decode()
    assert "4 Elm Street" in sheet
    assert "Lena" in sheet
    card = ContactCard.objects.filter(person=world.ben).latest("written_at")
    assert card.own_number == "+1 555 0103"
    assert card.written_by_id == world.nadia.pk
    other = url("emergency-take-down", session, membership_pk=world.membership("zoe").pk)
    assert nadia.post(other, said).status_code == 404
    assert nadia.post(down, {}).status_code == 302
    assert Whereabouts.objects.count() == 1
    with time_machine.travel(session.ends_at + timedelta(hours=3)):
        late = client_for(world.nadia)
        assert late.post(down, said).status_code == 302
    assert Whereabouts.objects.count() == 1


def test_nothing_is_asked_of_who_is_not_cleared_or_comes_too_late(
    world: World, session: GroupSession, client_for: Browser
) -> None:
    place = url("session-place", session)
    assert client_for(world.zoe).post(place, {"withhold": "1"}).status_code == 404
    with time_machine.travel(session.ends_at + timedelta(minutes=1)):
        assert client_for(world.ben).post(place, {"withhold": "1"}).status_code == 302
    from consent.services import withdraw
    from tests.world import at_work

    with at_work(world.ben) as ben:
        withdraw(act_id=world.act_of_ben.pk, by=ben)
    assert client_for(world.ben).post(place, {"withhold": "1"}).status_code == 403
    assert not Whereabouts.objects.exists()
    assert client_for(world.chiara).post(place, {"withhold": "1"}).status_code == 302
    assert Whereabouts.objects.count() == 1
