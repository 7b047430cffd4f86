"""Bad days at forms: too much text, strange names, the wrong account on a shared device."""

import json
import re
import time
from collections.abc import Callable

import pytest
from django.core.cache import caches
from django.test import Client
from django.urls import reverse

from groupcare.accounts import services as accounts
from groupcare.accounts.tokens import invitation_token
from groupcare.web.initials import initials
from tests.factories import make_person
from tests.world import World, at_work

Browser = Callable[..., Client]
MUCH = "word " * 20_480  # 100 kB


@pytest.fixture(autouse=True)
def _fresh_limits() -> None:
    caches["limits"].clear()


def textareas(world: World) -> dict[str, tuple[str, str, str]]:
    """Return person, address and field of every large text that people write."""
    session = {"pk": world.session_of_thursday.pk}
    place = {**session, "membership_pk": world.membership("ben").pk}
    return {
        "process note": ("nadia", reverse("groups:process-note-create", kwargs=session), "body"),
        "progress note": ("nadia", reverse("groups:progress-note-create", kwargs=place), "body"),
        "group": ("nadia", reverse("groups:group-create"), "purpose_text"),
        "concern": ("ben", reverse("incidents:concern-create"), "what_happened"),
    }


@pytest.mark.parametrize("what", ["process note", "progress note", "group", "concern"])
def test_a_hundred_kilobytes_are_refused_in_plain_words_and_stay_in_the_field(
    world: World, client_for: Browser, what: str
) -> None:
    who, url, field = textareas(world)[what]
    browser = client_for(world.person(who))
    browser.get(url)
    began = time.perf_counter()
    answer = browser.post(url, {field: MUCH})
    took = time.perf_counter() - began
    text = answer.content.decode()
    assert answer.status_code == 422
    assert "Nothing was lost: shorten it." in text
    assert MUCH.strip() in text
    assert took < 1


def test_more_than_the_house_can_read_gets_a_page_of_ours(world: World, client_for: Browser) -> None:
    who, url, field = textareas(world)["process note"]
    answer = client_for(world.person(who)).post(url, {field: "x" * (1024 * 1024 + 1)})
    assert answer.status_code == 413
    assert "your text should still be in the field" in answer.content.decode()
    assert "Traceback" not in answer.content.decode()


@pytest.mark.parametrize("name", ["\x00", "a\x00b"])
def test_a_null_byte_is_refused_beside_the_field(world: World, client_for: Browser, name: str) -> None:
    who, url, field = textareas(world)["process note"]
    answer = client_for(world.person(who)).post(url, {field: name})
    assert answer.status_code == 422


def test_half_a_sign_sent_by_a_program_is_an_error_of_theirs_not_of_ours(world: World, client_for: Browser) -> None:
    url = reverse("api-process-note-list", kwargs={"pk": world.session_of_thursday.pk})
    body = json.dumps({"body": "\ud800", "supersedes": str(world.process_note_of_thursday.pk)})
    answer = client_for(world.nadia).post(url, body, content_type="application/json")
    assert answer.status_code == 400


@pytest.mark.parametrize("name", ["محمد علي", "👩‍👩‍👧 Ruiz", "=1+1", "Donaudampfschiff" * 4, "<b>Bo</b>", "e\u0301lan"])
def test_a_strange_name_is_shown_as_it_was_written(world: World, client_for: Browser, name: str) -> None:
    nadia = client_for(world.nadia)
    body = {"used_name": name, "email": "new@example.org", "email_again": "new@example.org", "language": "en"}
    assert nadia.post(reverse("groups:member-invite", kwargs={"pk": world.thursday.pk}), body).status_code == 302
    shown = nadia.get(reverse("groups:member-list", kwargs={"pk": world.thursday.pk})).content.decode()
    assert name.replace("<", "&lt;").replace(">", "&gt;") in shown
    assert "<bdi>" in shown


@pytest.mark.parametrize(
    ("name", "letters"),
    [
        ("Ben Tanaka", "BT"),
        ("Ana de la Cruz", "AC"),
        ("e\u0301lan dupont", "E\u0301D"),  # a letter and its accent are one sign
        ("👩‍👩‍👧", "👩‍👩‍👧"),  # joined emoji are one sign
        ("👍🏽", "👍🏽"),
        ("🇪🇸🇫🇷", "🇪🇸"),  # a flag is two letters of a kind, not four
        ("محمد علي", "مع"),
        ("Ana (she)", "A"),
        ("", ""),
    ],
)
def test_initials_are_whole_signs(name: str, letters: str) -> None:
    assert initials(name) == letters


def test_an_invitation_opened_in_somebody_elses_account_confirms_nothing(world: World, client_for: Browser) -> None:
    with at_work(world.ada) as ada:
        row = accounts.invite(person=make_person("Newcomer"), email="newcomer@example.org", by=ada)
    link = reverse("accounts:invitation-accept", args=[row.pk, invitation_token(row.pk, row.issue)])
    wrong = reverse("accounts:invitation-accept", args=[row.pk, "wrong"])
    ben = client_for(world.ben)
    for method in (ben.get, ben.post):
        opened, closed = method(link), method(wrong)
        assert (opened.status_code, closed.status_code) == (409, 409)
        assert "You are signed in with another account" in opened.content.decode()
        assert not re.search(r"\bBen\b", opened.content.decode())
        assert "Newcomer" not in opened.content.decode()
    row.refresh_from_db()
    assert row.accepted_at is None
    assert Client().get(link).status_code == 200


@pytest.mark.parametrize("route", ["groups:session-join", "consent:agreement-open"])
def test_a_link_for_somebody_else_says_to_sign_out_and_confirms_nothing(
    world: World, client_for: Browser, route: str
) -> None:
    mine = world.session_of_thursday.pk if "session" in route else world.version_of_thursday.document_id
    absent = "11111111-2222-4333-8444-555555555555"
    zoe = client_for(world.zoe)
    theirs, nothing = zoe.get(reverse(route, args=[mine])), zoe.get(reverse(route, args=[absent]))
    assert (theirs.status_code, nothing.status_code) == (404, 404)
    assert "signed in with another account" in theirs.content.decode()
    assert theirs.content == nothing.content
    assert client_for(world.ben).get(reverse(route, args=[mine])).status_code in (200, 302)
