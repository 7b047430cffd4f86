"""What a member can see about themselves: who sees what, who opened it, their messages, and how to leave."""

import re
from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from groupcare.access import end_role
from groupcare.outbox.models import Message
from groups import services
from groups.models import LeaveWish, Membership
from groups.selectors.about import _ACTIONS, _KINDS
from incidents.services import acknowledge, raise_concern
from tests.world import World, at_work

Browser = Callable[..., Client]


def shown(browser: Client, name: str) -> str:
    answer = browser.get(reverse(f"groups:{name}"))
    assert answer.status_code == 200
    return answer.content.decode()


@pytest.mark.req("REQ-52", "REQ-61")
def test_a_member_reads_who_can_see_what_and_where_it_ends(world: World, client_for: Browser) -> None:
    page = shown(client_for(world.ben), "privacy")
    assert "Nadia Rahmani" in page
    assert "Tom Becker" in page
    assert "Confidentiality has limits: danger to somebody" in page
    assert "nobody can make sure that they keep it" in page
    assert reverse("consent:agreement-list") in page
    for name in ("Olga", "Petra", "Chiara", "Thursday"):
        assert name not in page


@pytest.mark.req("REQ-52")
def test_the_page_follows_the_rights_that_hold_now(world: World, client_for: Browser) -> None:
    ben = client_for(world.ben)
    assert "The privacy officer" in shown(ben, "privacy")
    tom = world.thursday.facilitations.get(person=world.tom)
    with at_work(world.nadia) as nadia:
        services.end_facilitation(facilitation_id=tom.pk, group=world.thursday, by=nadia)
    assert "Tom Becker" not in shown(ben, "privacy")
    with at_work(world.ada) as ada:
        holding = world.xavier.role_holdings.get()
        end_role(person=world.xavier, role=holding.role, by=ada)
    assert "reviewer from outside" not in shown(ben, "privacy")


@pytest.mark.req("SEC-60")
def test_a_member_sees_which_role_opened_their_record_on_which_day(world: World, client_for: Browser) -> None:
    ben = client_for(world.ben)
    url = reverse("groups:session-notes", args=[world.session_of_thursday.pk])
    assert client_for(world.tom).get(url).status_code == 200
    page = shown(ben, "privacy-opened")
    assert "Co-facilitator of your group" in page
    assert "read a note on your part" in page
    assert not re.search(r"\bTom\b", page)
    assert not re.search(r"\bTom\b", shown(client_for(world.chiara), "privacy-opened"))
    assert "read a note" not in shown(client_for(world.chiara), "privacy-opened")


@pytest.mark.req("SEC-60")
def test_no_number_of_the_trail_and_nothing_about_a_concern_is_told(world: World, client_for: Browser) -> None:
    with at_work(world.chiara) as chiara:
        concern = raise_concern(by=chiara, what_happened="Ben Tanaka told it outside.", named=[])
    with at_work(world.petra) as petra:
        acknowledge(concern_id=concern.pk, by=petra)
    client_for(world.petra).get(reverse("incidents:concern-detail", args=[concern.pk]))
    client_for(world.tom).get(reverse("groups:session-notes", args=[world.session_of_thursday.pk]))
    answer = client_for(world.ben).get(reverse("groups:privacy-opened"))
    assert "Privacy officer" not in answer.content.decode()
    rows = answer.context["part"].rows
    assert rows
    assert all(set(vars(row)) == {"day", "role", "what"} for row in rows)
    assert not any(hasattr(row.day, "hour") for row in rows)
    assert not [action for action in _ACTIONS if action.startswith("concern")]


def test_one_day_of_many_readings_is_one_row_and_own_doings_none(world: World, client_for: Browser) -> None:
    nadia, ben = client_for(world.nadia), client_for(world.ben)
    url = reverse("groups:session-notes", args=[world.session_of_thursday.pk])
    for _time in range(3):
        nadia.get(url)
    ben.post(reverse("groups:my-record"), {"place": str(world.membership("ben").pk)})
    page = shown(ben, "privacy-opened")
    assert page.count("read a note on your part") == 1
    assert "opened a request" not in page


def test_messages_are_listed_in_plain_words_without_their_secret(world: World, client_for: Browser) -> None:
    Message.objects.create(
        recipient=world.ben, kind="sign_in_code", klass="code", idempotence_key="x", secret="428113", state="failed"
    )
    page = shown(client_for(world.ben), "my-messages")
    assert "A code to sign in" in page
    assert "did not arrive" in page
    assert "428113" not in page
    assert "A code to sign in" not in shown(client_for(world.chiara), "my-messages")


def test_every_kind_of_message_has_plain_words() -> None:
    from groupcare.outbox.texts import kinds

    assert set(kinds()) <= set(_KINDS)


def test_a_member_says_that_they_want_to_leave_and_keeps_their_place(world: World, client_for: Browser) -> None:
    ben, nadia = client_for(world.ben), client_for(world.nadia)
    place, url = world.membership("ben"), reverse("groups:my-leaving")
    people = reverse("groups:member-list", args=[world.thursday.pk])
    assert "talk about leaving" not in nadia.get(people).content.decode()
    for _time in range(2):
        assert ben.post(url, {"place": str(place.pk), "kind": "leave"}).status_code == 302
    assert LeaveWish.objects.filter(membership=place).count() == 1
    assert nadia.get(people).content.decode().count("Would like to talk about leaving") == 1
    assert Membership.objects.get(pk=place.pk).ended_at is None
    ben.post(url, {"place": str(place.pk), "kind": "stay"})
    assert "talk about leaving" not in nadia.get(people).content.decode()
    assert ben.post(url, {"place": str(place.pk), "kind": "vanish"}).status_code == 422


def test_nobody_says_it_for_somebody_else_or_for_a_place_that_has_ended(world: World, client_for: Browser) -> None:
    url, place = reverse("groups:my-leaving"), world.membership("ben")
    assert client_for(world.chiara).post(url, {"place": str(place.pk), "kind": "leave"}).status_code == 404
    ended = world.membership("ex")
    assert client_for(world.ex).post(url, {"place": str(ended.pk), "kind": "leave"}).status_code == 404
    assert not LeaveWish.objects.exists()
    assert "There is nothing to leave" in shown(client_for(world.ex), "my-leaving")


def test_one_page_leads_to_all_of_it(world: World, client_for: Browser) -> None:
    page = shown(client_for(world.ben), "about-me")
    for name in ("privacy", "privacy-opened", "my-messages", "my-record", "my-leaving"):
        assert reverse(f"groups:{name}") in page
        assert client_for(world.ex).get(reverse(f"groups:{name}")).status_code == 200
