"""Mistakes put right through the pages: a place at the wrong person, a note on the wrong member."""

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.sessions.models import Session
from django.db import connection
from django.test import Client
from django.urls import reverse

from consent.models import Act
from consent.selectors import standings
from groupcare.access import RoleHolding, acting_as_system
from groupcare.accounts.models import Invitation, Person, User
from groupcare.accounts.tokens import invitation_token
from groupcare.audit import recording
from groupcare.audit.models import TrailEvent
from groupcare.outbox.models import Message
from groupcare.outbox.selectors import person_ids_for
from groupcare.outbox.services import set_address
from groups.models import Membership, MistakenPlace, NoteCorrection, ProgressNote
from tests.world import World, sign_for

Browser = Callable[..., Client]
INVITED = {
    "used_name": "Ana Ruiz",
    "email": "slip@example.org",
    "email_again": "slip@example.org",
    "language": "en",
}
RIGHT = {"email": "ana@example.org", "email_again": "ana@example.org"}
PASSWORD = "quiet-lantern-over-water"


def people(world: World) -> str:
    return reverse("groups:member-list", kwargs={"pk": world.thursday.pk})


def put_right(place: Membership) -> str:
    return reverse("groups:member-wrong-person", kwargs={"pk": place.group_id, "membership_pk": place.pk})


def invited(world: World, nadia: Client) -> Membership:
    """Let the lead invite Ana at an address with a slip in it."""
    assert nadia.post(reverse("groups:member-invite", kwargs={"pk": world.thursday.pk}), INVITED).status_code == 302
    return Membership.objects.latest("created_at")


def link_of(person: Person) -> str:
    row = Invitation.objects.filter(person=person).latest("created_at")
    return reverse("accounts:invitation-accept", args=[row.pk, invitation_token(row.pk, row.issue)])


def accepted(place: Membership) -> Client:
    """Let whoever got the message make the account, and return their browser."""
    stranger = Client()
    made = stranger.post(link_of(place.person), {"password": PASSWORD, "again": PASSWORD})
    assert made.status_code == 302
    return stranger


@pytest.mark.req("REQ-148")
def test_an_unused_link_dies_and_the_same_person_is_invited_at_the_right_address(
    world: World, client_for: Browser
) -> None:
    nadia = client_for(world.nadia)
    place = invited(world, nadia)
    old = link_of(place.person)
    assert Client().get(old).status_code == 200
    done = nadia.post(put_right(place), RIGHT, follow=True)
    assert "The old link is dead" in done.content.decode()
    assert Client().get(old).status_code == 404
    assert Client().get(link_of(place.person)).status_code == 200
    assert person_ids_for("slip@example.org") == frozenset()
    assert person_ids_for("ana@example.org") == {place.person_id}
    assert not MistakenPlace.objects.exists()
    # The same form again: it is the right address already, and nothing is sent twice.
    again = nadia.post(put_right(place), RIGHT)
    assert again.status_code == 422
    assert "This is the address it went to" in again.content.decode()
    assert Message.objects.filter(recipient=place.person, kind="invitation").count() == 2


@pytest.mark.req("REQ-148")
def test_whoever_used_the_link_is_shut_out_at_once_and_the_right_person_is_new(
    world: World, client_for: Browser
) -> None:
    nadia = client_for(world.nadia)
    place = invited(world, nadia)
    stranger = accepted(place)
    home, session = reverse("groups:home-member"), world.coming_session_of_thursday.pk
    door = reverse("groups:session-join", kwargs={"pk": session})
    assert stranger.get(home).status_code == 200
    assert stranger.get(door).status_code in (200, 403)
    act = sign_for(Person.objects.get(pk=place.person_id), world.version_of_thursday)
    shown = nadia.get(put_right(place)).content.decode()
    assert "They opened the link and made an account." in shown
    assert "They read the agreement of the group." in shown
    done = nadia.post(put_right(place), RIGHT, follow=True)
    text = done.content.decode()
    assert done.status_code == 200
    assert "They read the agreement of the group." in text
    assert reverse("incidents:concern-create") in text
    # Nothing opens to the stranger any more: neither the old session, nor the password, nor the link.
    for url in (home, door):
        assert stranger.get(url).status_code == 302
    user = User.objects.get(person=place.person_id)
    assert (user.is_active, user.has_usable_password()) == (False, False)
    assert not Session.objects.filter(record__user=user).exists()
    tried = Client().post(reverse("account_login"), {"login": "slip@example.org", "password": PASSWORD})
    assert tried.status_code != 302
    assert person_ids_for("slip@example.org") == frozenset()
    # What was signed is not valid, says who and why, and stays.
    last = Act.objects.filter(subject=place.person_id).exclude(act="presented").latest("at")
    assert (last.act, last.supersedes_id) == ("invalidated", act.pk)
    assert last.evidence["reason"] == "wrong_person"
    assert last.evidence["found_by"] == str(world.nadia.pk)
    # The place is there for somebody new of the same name.
    row = MistakenPlace.objects.get(place=place)
    assert row.instead.state == Membership.State.INVITED
    assert row.instead.person_id != place.person_id
    assert "Ana Ruiz" in nadia.get(people(world)).content.decode()
    assert Client().get(link_of(row.instead.person)).status_code == 200
    found = standings(None, [world.thursday.pk], [row.instead.person_id, place.person_id])
    assert {str(one.state) for one in found.values()} == {"missing", "invalidated"}


def test_putting_it_right_twice_gives_one_place_and_says_so(world: World, client_for: Browser) -> None:
    nadia = client_for(world.nadia)
    place = invited(world, nadia)
    accepted(place)
    assert nadia.post(put_right(place), RIGHT).status_code == 302
    places, messages = Membership.objects.count(), Message.objects.count()
    again = nadia.post(put_right(place), RIGHT)
    assert again.status_code == 200
    assert "This was put right already" in again.content.decode()
    assert (Membership.objects.count(), Message.objects.count()) == (places, messages)


def test_a_member_the_practice_knows_elsewhere_keeps_their_account_and_loses_this_group(
    world: World, client_for: Browser
) -> None:
    nadia = client_for(world.nadia)
    slip = {**INVITED, "email": "zoe@example.org", "email_again": "zoe@example.org"}
    assert nadia.post(reverse("groups:member-invite", kwargs={"pk": world.thursday.pk}), slip).status_code == 302
    place = Membership.objects.get(person=world.zoe, group=world.thursday)
    zoe, door = client_for(world.zoe), reverse("groups:session-join", kwargs={"pk": world.session_of_thursday.pk})
    own = reverse("groups:session-join", kwargs={"pk": world.session_of_tuesday.pk})
    assert zoe.get(door).status_code == 403
    assert nadia.post(put_right(place), RIGHT).status_code == 302
    assert zoe.get(door).status_code == 404
    assert zoe.get(own).status_code == 200
    assert User.objects.get(person=world.zoe).is_active


@pytest.mark.parametrize("other", ["chiara@example.org", "nadia@example.org"])
def test_the_right_address_cannot_be_of_somebody_in_the_group(world: World, client_for: Browser, other: str) -> None:
    with acting_as_system("tests") as system, recording():
        set_address(person=world.nadia, value="nadia@example.org", by=system, verified=True)  # type: ignore[arg-type]
    nadia = client_for(world.nadia)
    place = invited(world, nadia)
    accepted(place)
    refused = nadia.post(put_right(place), {"email": other, "email_again": other})
    assert refused.status_code == 422
    assert other in refused.content.decode()
    assert User.objects.get(person=place.person_id).is_active  # all of it, or nothing


def test_the_two_addresses_must_be_the_same(world: World, client_for: Browser) -> None:
    nadia = client_for(world.nadia)
    place = invited(world, nadia)
    refused = nadia.post(put_right(place), {**RIGHT, "email_again": "anna@example.org"})
    assert refused.status_code == 422
    assert "The two addresses differ" in refused.content.decode()


def test_a_place_that_ended_otherwise_cannot_be_redirected(world: World, client_for: Browser) -> None:
    assert client_for(world.nadia).get(put_right(world.membership("ex"))).status_code == 404


def test_it_asks_for_a_fresh_proof(world: World, client_for: Browser) -> None:
    place = world.membership("ben")
    answer = client_for(world.nadia, stepped_up=False).get(put_right(place))
    assert answer.status_code == 302
    assert reverse("accounts:step-up") in answer["Location"]


def test_a_waiting_message_to_the_wrong_person_is_dropped(world: World, client_for: Browser) -> None:
    nadia = client_for(world.nadia)
    place = invited(world, nadia)
    accepted(place)
    nadia.post(put_right(place), RIGHT)
    assert not Message.objects.filter(recipient=place.person_id, state="queued").exists()
    assert Message.objects.filter(recipient=place.person_id, reason="wrong_person").exists()


# --- a colleague -----------------------------------------------------------------------------------------
STAFF = {
    "used_name": "Kim Wolf",
    "email": "slip@example.org",
    "role": "facilitator",
    "language": "en",
    "time_zone": "UTC",
}


def wrong_address(person: Person) -> str:
    return reverse("accounts:person-wrong-address", args=[person.pk])


def colleague(ada: Client) -> Person:
    assert ada.post(reverse("accounts:person-invite"), STAFF).status_code == 302
    return Person.objects.latest("created_at")


def test_an_unused_invitation_of_a_colleague_goes_to_the_right_address(world: World, client_for: Browser) -> None:
    ada = client_for(world.ada)
    kim = colleague(ada)
    old = link_of(kim)
    assert "Nobody has signed in with it." in ada.get(wrong_address(kim)).content.decode()
    assert ada.post(wrong_address(kim), RIGHT).status_code == 302
    assert Client().get(old).status_code == 404
    assert Client().get(link_of(kim)).status_code == 200
    same = ada.post(wrong_address(kim), RIGHT)
    assert same.status_code == 422
    assert "This is the address it went to" in same.content.decode()


def test_whoever_took_the_invitation_of_a_colleague_loses_account_and_role(world: World, client_for: Browser) -> None:
    ada = client_for(world.ada)
    kim = colleague(ada)
    stranger = Client()
    stranger.post(link_of(kim), {"password": PASSWORD, "again": PASSWORD})
    assert stranger.get(reverse("mfa_index")).status_code == 200
    done = ada.post(wrong_address(kim), RIGHT, follow=True)
    assert "Somebody signed in with it" in done.content.decode()
    assert reverse("incidents:concern-create") in done.content.decode()
    assert stranger.get(reverse("mfa_index")).status_code == 302
    assert not RoleHolding.objects.current().filter(person=kim).exists()
    new = Invitation.objects.latest("created_at")
    assert (new.role, new.person_id != kim.pk) == ("facilitator", True)
    again = ada.post(wrong_address(kim), RIGHT)
    assert "This was put right already" in again.content.decode()
    assert Invitation.objects.latest("created_at").pk == new.pk


# --- a note ----------------------------------------------------------------------------------------------
WORDS = "Told us about the move to the coast."


def note_about(world: World, nadia: Client, name: str, body: str = WORDS) -> ProgressNote:
    at = {"pk": world.session_of_thursday.pk, "membership_pk": world.membership(name).pk}
    assert nadia.post(reverse("groups:progress-note-create", kwargs=at), {"body": body}).status_code == 302
    return ProgressNote.objects.latest("written_at")


def notes(world: World) -> str:
    return reverse("groups:session-notes", kwargs={"pk": world.session_of_thursday.pk})


def move(note: ProgressNote) -> str:
    return reverse("groups:progress-note-move", args=[note.pk])


def sealed(note: ProgressNote) -> str:
    return reverse("groups:note-sealed", args=[note.pk])


def to(world: World, name: str, body: str = WORDS, **more: Any) -> dict[str, Any]:
    return {"membership": str(world.membership(name).pk), "body": body, "supersedes": "", **more}


def test_a_note_on_the_wrong_person_moves_and_its_words_stay_sealed(world: World, client_for: Browser) -> None:
    nadia, tom = client_for(world.nadia), client_for(world.tom)
    wrong = note_about(world, nadia, "dev")
    assert WORDS in tom.get(notes(world)).content.decode()  # so that somebody else has read it
    assert WORDS in nadia.get(move(wrong)).content.decode()
    reviewed = "Told us about the move."
    moved = nadia.post(move(wrong), to(world, "chiara", reviewed))
    assert (moved.status_code, moved["Location"]) == (302, sealed(wrong))
    right = ProgressNote.objects.get(membership=world.membership("chiara"))
    row = NoteCorrection.objects.get(note=wrong)
    assert (row.moved_to_id, row.reason, row.corrected_by_id) == (right.pk, "wrong_person", world.nadia.pk)
    for reader in (nadia, tom):
        text = reader.get(notes(world)).content.decode()
        assert reviewed in text
        assert WORDS not in text
    listed = tom.get(reverse("api-progress-note-list", kwargs={"pk": world.session_of_thursday.pk})).json()["results"]
    assert wrong.pk not in {one["id"] for one in listed}
    assert all(one["body"] != WORDS for one in listed)
    # The lead opens the sealed words with a proof and a trace, sees who read them, and is offered a concern.
    opened = nadia.get(sealed(wrong)).content.decode()
    assert WORDS in opened
    assert "Co-facilitator: 1" in opened
    assert reverse("incidents:concern-create") in opened
    assert TrailEvent.objects.filter(action="progress_note.read_sealed", object_id=str(wrong.pk)).count() == 1
    assert tom.get(sealed(wrong)).status_code == 404
    assert "Open the sealed words" in nadia.get(notes(world)).content.decode()
    assert "Open the sealed words" not in tom.get(notes(world)).content.decode()
    assert client_for(world.nadia, stepped_up=False).get(sealed(wrong)).status_code == 302


def test_the_sealed_words_are_the_same_bytes_as_before(world: World, client_for: Browser) -> None:
    nadia = client_for(world.nadia)
    wrong = note_about(world, nadia, "dev")

    def kept() -> list[Any]:
        with connection.cursor() as cursor:
            cursor.execute("SELECT id, body FROM groups_progressnote ORDER BY id")
            return [(pk, bytes(body)) for pk, body in cursor.fetchall()]

    before = kept()
    nadia.post(move(wrong), to(world, "chiara"))
    assert set(before) < set(kept())


def test_every_earlier_revision_is_sealed_too(world: World, client_for: Browser) -> None:
    nadia = client_for(world.nadia)
    first = note_about(world, nadia, "dev")
    at = {"pk": world.session_of_thursday.pk, "membership_pk": world.membership("dev").pk}
    nadia.post(
        reverse("groups:progress-note-create", kwargs=at), {"body": "Better words.", "supersedes": str(first.pk)}
    )
    second = ProgressNote.objects.get(supersedes=first)
    assert nadia.get(move(first)).status_code == 404
    assert nadia.post(move(second), to(world, "chiara")).status_code == 302
    assert NoteCorrection.objects.filter(note__in=[first, second]).count() == 2
    assert not ProgressNote.objects.filter(about=world.dev, correction__isnull=True).exists()


def test_the_member_gets_a_note_of_their_own_after_a_correction(world: World, client_for: Browser) -> None:
    nadia = client_for(world.nadia)
    wrong = note_about(world, nadia, "dev")
    nadia.post(move(wrong), to(world, "chiara"))
    at = {"pk": world.session_of_thursday.pk, "membership_pk": world.membership("dev").pk}
    assert WORDS not in nadia.get(reverse("groups:progress-note-create", kwargs=at)).content.decode()
    own = note_about(world, nadia, "dev", "Was quiet today.")
    assert own.supersedes_id == wrong.pk
    assert "Was quiet today." in nadia.get(notes(world)).content.decode()
    assert (
        nadia.post(move(own), to(world, "ben", supersedes=str(world.progress_note_of_thursday.pk))).status_code == 302
    )
    assert NoteCorrection.objects.count() == 2


def test_where_a_note_stands_already_both_texts_are_shown_and_one_is_made(world: World, client_for: Browser) -> None:
    nadia = client_for(world.nadia)
    wrong = note_about(world, nadia, "dev")
    both = nadia.post(move(wrong), to(world, "ben"))
    assert both.status_code == 422
    text = both.content.decode()
    assert "There is a note about this person already" in text
    assert "Stayed with the own story." in text
    assert WORDS in text
    standing = str(world.progress_note_of_thursday.pk)
    assert standing in text
    assert nadia.post(move(wrong), to(world, "ben", "One text of both.", supersedes=standing)).status_code == 302
    assert "One text of both." in nadia.get(notes(world)).content.decode()


def test_moving_twice_keeps_one_note(world: World, client_for: Browser) -> None:
    nadia = client_for(world.nadia)
    wrong = note_about(world, nadia, "dev")
    assert nadia.post(move(wrong), to(world, "chiara")).status_code == 302
    kept = ProgressNote.objects.count()
    assert nadia.post(move(wrong), to(world, "chiara")).status_code == 404
    assert ProgressNote.objects.count() == kept


@pytest.mark.parametrize("body", ["", "Ben said so."])
def test_the_moved_text_is_looked_at_like_any_other(world: World, client_for: Browser, body: str) -> None:
    nadia = client_for(world.nadia)
    wrong = note_about(world, nadia, "dev")
    assert nadia.post(move(wrong), to(world, "chiara", body)).status_code == 422
    assert not NoteCorrection.objects.exists()


def test_the_same_person_is_not_offered(world: World, client_for: Browser) -> None:
    nadia = client_for(world.nadia)
    wrong = note_about(world, nadia, "dev")
    assert str(world.membership("dev").pk) not in nadia.get(move(wrong)).content.decode()
    assert nadia.post(move(wrong), to(world, "dev")).status_code == 422
