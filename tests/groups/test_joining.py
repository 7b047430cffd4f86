"""The way into a session: the gate, the ground rules, the room; the same in pages and API."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from groupcare.audit.models import TrailEvent
from groups import ports
from groups.models import GroupSession, Membership, Observance
from groups.services import end_membership
from tests.world import World, at_work

Browser = Callable[..., Client]
AGREE = {"agreed": "on"}


def door(world: World, name: str = "session_of_thursday") -> dict[str, str]:
    pk = {"pk": world.ids[name][1]}
    return {
        "join": reverse("groups:session-join", kwargs=pk),
        "room": reverse("groups:session-room", kwargs=pk),
        "api": reverse("api-session-join", kwargs=pk),
    }


@pytest.fixture
def shut(monkeypatch: pytest.MonkeyPatch) -> None:
    """Take the gate away, as if the app that answers were not installed."""
    monkeypatch.setattr(ports, "_registered", [])


@pytest.mark.req("REQ-46", "REQ-140")
def test_a_cleared_member_reads_the_rules_promises_and_is_shown_the_room(world: World, client_for: Browser) -> None:
    ben, at = client_for(world.ben), door(world)
    assert "Ground rules" in ben.get(at["join"]).content.decode()
    assert ben.get(at["room"]).status_code == 302  # not before the promise
    assert ben.post(at["join"], {}).status_code == 422
    assert ben.post(at["join"], AGREE)["Location"] == at["room"]
    room = ben.get(at["room"])
    assert "Linden House" in room.content.decode()
    assert Observance.objects.filter(person=world.ben).count() == 1
    assert world.membership("ben").state == Membership.State.ACTIVE
    assert TrailEvent.objects.filter(action="session.enter", actor=str(world.ben.pk)).exists()


@pytest.mark.req("REQ-46")
def test_a_member_who_is_not_cleared_is_told_why_and_what_to_do(
    world: World, client_for: Browser, acting: Callable[..., Any]
) -> None:
    from groups.services import invite_member
    from tests.factories import make_member

    newcomer = make_member("Noor Haddad")
    with acting(world.nadia) as nadia:
        invite_member(group=world.thursday, used_name="Noor", email="noor@example.org", by=nadia)
    place = Membership.objects.filter(group=world.thursday).latest("created_at")
    Membership.objects.filter(pk=place.pk).update(person=newcomer)
    browser, at = client_for(newcomer), door(world)
    for url in (at["join"], at["room"]):
        refused = browser.get(url)
        assert refused.status_code == 403
        assert "You cannot come in yet" in refused.content.decode()
        assert "/agreements/" in refused.content.decode() or 'href="' in refused.content.decode()
    assert browser.post(at["join"], AGREE).status_code == 403
    told = browser.get(at["api"])
    assert told.status_code == 403
    assert told.json()["reasons"][0]["url"]
    assert not Observance.objects.filter(person=newcomer).exists()
    refusals = TrailEvent.objects.filter(action="session.join", result="refused", actor=str(newcomer.pk))
    assert refusals.count() == 4
    assert client_for(world.ben).get(at["join"]).status_code == 200


@pytest.mark.usefixtures("shut")
@pytest.mark.req("REQ-46")
def test_without_a_gate_nobody_comes_in(world: World, client_for: Browser) -> None:
    ben, at = client_for(world.ben), door(world)
    assert [ben.get(url).status_code for url in at.values()] == [403, 403, 403]
    assert ben.post(at["join"], AGREE).status_code == 403


@pytest.mark.req("SEC-2", "REQ-158")
@pytest.mark.parametrize("stranger", ["zoe", "ex", "ada", "root", "olga"])
def test_who_has_no_place_finds_no_door(world: World, client_for: Browser, stranger: str) -> None:
    theirs, ben = client_for(world.person(stranger)), client_for(world.ben)
    ben.post(door(world)["join"], AGREE)
    for url in door(world).values():
        assert theirs.get(url).status_code == 404
        assert ben.get(url).status_code == 200


def test_the_room_is_shown_from_thirty_minutes_before_until_the_end(world: World, client_for: Browser) -> None:
    session: GroupSession = world.coming_session_of_thursday
    at = door(world, "coming_session_of_thursday")
    seen = {}
    for minutes in (-25 * 60, -31, -30, 0, 89, 90):
        with time_machine.travel(session.starts_at + timedelta(minutes=minutes), tick=False):
            ben = client_for(world.ben)
            ben.post(at["join"], AGREE)
            seen[minutes] = (ben.get(at["api"]).json()["phase"], ben.get(at["room"]).status_code)
    assert seen == {
        -25 * 60: ("early", 302),
        -31: ("waiting", 302),
        -30: ("open", 200),
        0: ("open", 200),
        89: ("open", 200),
        90: ("over", 302),
    }


def test_a_session_called_off_stays_shut(world: World, client_for: Browser) -> None:
    GroupSession.objects.filter(pk=world.session_of_thursday.pk).update(state="cancelled")
    ben, at = client_for(world.ben), door(world)
    assert "called off" in ben.get(at["join"]).content.decode()
    ben.post(at["join"], AGREE)
    assert ben.get(at["room"]).status_code == 302
    assert not Observance.objects.exists()


def test_the_link_of_an_online_group_is_nowhere_but_behind_the_open_door(world: World, client_for: Browser) -> None:
    group = world.thursday
    group.format, group.online_link = "online", "https://video.example/r/secret-room"
    group.save()
    GroupSession.objects.filter(group=group).update(format="online")
    ben, at = client_for(world.ben), door(world)
    before = [ben.get(at["join"]), ben.get(at["api"]), ben.get(reverse("groups:home-member"))]
    assert all(b"secret-room" not in answer.content for answer in before)
    ben.post(at["join"], AGREE)
    # First where help would find them; the room leads back to the question.
    assert ben.get(at["room"])["Location"] == at["join"]
    place = reverse("groups:session-place", kwargs={"pk": world.session_of_thursday.pk})
    ben.post(place, {"location": "4 Elm Street", "call_back": "555 0100"})
    assert b"secret-room" in ben.get(at["room"]).content
    assert ben.get(at["api"]).json()["link"].endswith("secret-room")
    with at_work(world.nadia) as nadia:
        end_membership(membership_id=world.membership("ben").pk, group=group, by=nadia)
    assert ben.get(at["room"]).status_code == 404
    assert ben.get(at["api"]).status_code == 404


def test_agreeing_twice_keeps_one_promise(world: World, client_for: Browser) -> None:
    ben, at = client_for(world.ben), door(world)
    assert [ben.post(at["join"], AGREE).status_code for _ in range(2)] == [302, 302]
    assert Observance.objects.filter(person=world.ben).count() == 1


def test_looking_at_the_door_changes_nothing(world: World, client_for: Browser) -> None:
    ben = client_for(world.ben)
    before = (Membership.objects.values_list("pk", "state"), Observance.objects.count())
    kept = (sorted(before[0]), before[1])
    for url in door(world).values():
        ben.get(url)
    assert (sorted(Membership.objects.values_list("pk", "state")), Observance.objects.count()) == kept
    assert timezone.now()
