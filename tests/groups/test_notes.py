"""Notes: encrypted, kept as revisions, read only by those who run the group, each reading in the trail."""

from collections.abc import Callable

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse

from groupcare.audit.models import TrailEvent
from groups.models import ProcessNote, ProgressNote
from tests.world import World

Browser = Callable[..., Client]
SECRET = "The theme was envy between siblings"


def pages(world: World) -> dict[str, str]:
    session, place = world.ids["session_of_thursday"][1], world.membership("ben").pk
    made = {n: reverse(f"groups:{n}", kwargs={"pk": session}) for n in ("session-notes", "process-note-create")}
    made["progress"] = reverse("groups:progress-note-create", kwargs={"pk": session, "membership_pk": place})
    made["api-process"] = reverse("api-process-note-list", kwargs={"pk": session})
    made["api-progress"] = reverse("api-progress-note-list", kwargs={"pk": session})
    return made


@pytest.mark.req("REQ-155", "REQ-157")
def test_a_note_written_by_the_lead_is_read_by_the_co_facilitator_and_encrypted_below(
    world: World, client_for: Browser
) -> None:
    nadia, at = client_for(world.nadia), pages(world)
    standing = str(world.process_note_of_thursday.pk)
    saved = nadia.post(at["process-note-create"], {"body": SECRET, "supersedes": standing})
    assert saved.status_code == 302
    tom = client_for(world.tom)
    assert SECRET in tom.get(at["session-notes"]).content.decode()
    assert SECRET in tom.get(at["api-process"]).json()["results"][0]["body"]
    note = ProcessNote.objects.get(superseded_by__isnull=True, session=world.session_of_thursday)
    reads = TrailEvent.objects.filter(action="process_note.read", object_id=str(note.pk), actor=str(world.tom.pk))
    assert reads.count() == 2
    with connection.cursor() as cursor:
        cursor.execute("SELECT body FROM groups_processnote")
        assert all(b"envy" not in bytes(row[0]) for row in cursor.fetchall())


@pytest.mark.req("REQ-158", "REQ-160", "SEC-2", "SEC-3")
@pytest.mark.parametrize("stranger", ["olga", "ada", "root", "petra", "ben", "ex"])
def test_others_get_the_same_page_as_for_an_absent_note_and_leave_a_trace(
    world: World, client_for: Browser, stranger: str
) -> None:
    person = world.person(stranger)
    theirs, nadia = client_for(person), client_for(world.nadia)
    session = str(world.session_of_thursday.pk)
    absent = "11111111-2222-4333-8444-555555555555"
    for name, url in pages(world).items():
        before = TrailEvent.objects.filter(actor=str(person.pk), result="refused").count()
        refused, nothing = theirs.get(url), theirs.get(url.replace(session, absent))
        assert refused.status_code == nothing.status_code == 404, name
        assert refused.content == nothing.content, name
        tried = TrailEvent.objects.filter(actor=str(person.pk), result="refused")
        assert tried.count() == before + 2, name
        assert tried.filter(object_id=session).exists(), name
        assert nadia.get(url).status_code == 200, name


@pytest.mark.parametrize("stranger", ["olga", "ada", "root", "ben"])
def test_others_write_no_note(world: World, client_for: Browser, stranger: str) -> None:
    theirs, at = client_for(world.person(stranger)), pages(world)
    place = str(world.membership("ben").pk)
    kept = (ProcessNote.objects.count(), ProgressNote.objects.count())
    for name in ("process-note-create", "progress"):
        assert theirs.post(at[name], {"body": "x"}).status_code == 404
    for name in ("api-process", "api-progress"):
        body = {"body": "x", "membership_id": place}
        assert theirs.post(at[name], body, content_type="application/json").status_code == 404
    assert (ProcessNote.objects.count(), ProgressNote.objects.count()) == kept


def test_a_later_text_is_a_new_revision_and_the_earlier_one_stays(world: World, client_for: Browser) -> None:
    nadia, at = client_for(world.nadia), pages(world)
    first = world.process_note_of_thursday
    nadia.post(at["process-note-create"], {"body": "Second text", "supersedes": str(first.pk)})
    second = ProcessNote.objects.get(supersedes=first)
    assert second.body == "Second text"
    assert ProcessNote.objects.get(pk=first.pk).body == "What happened on thursday."
    text = nadia.get(at["session-notes"]).content.decode()
    assert "Second text" in text
    assert "What happened on thursday." in text


def test_two_authors_at_once_do_not_overwrite_each_other(world: World, client_for: Browser) -> None:
    at, seen = pages(world), str(world.process_note_of_thursday.pk)
    assert client_for(world.tom).post(at["process-note-create"], {"body": "Tom", "supersedes": seen}).status_code == 302
    late = client_for(world.nadia).post(at["process-note-create"], {"body": "Nadia", "supersedes": seen})
    assert late.status_code == 422
    assert "Someone else wrote in this note meanwhile" in late.content.decode()
    assert "Nadia</textarea>" in late.content.decode()


@pytest.mark.req("REQ-155")
@pytest.mark.parametrize("text", ["Ben argued with Chiara.", "dev stayed silent", "He missed LEONE's joke"])
def test_a_progress_note_names_no_other_member(world: World, client_for: Browser, text: str) -> None:
    nadia, at = client_for(world.nadia), pages(world)
    data = {"body": text, "supersedes": str(world.progress_note_of_thursday.pk)}
    refused = nadia.post(at["progress"], data)
    assert refused.status_code == 422
    page = refused.content.decode()
    assert "This note names another member: use initials or leave it out." in page
    assert ProgressNote.objects.count() == 2
    data["body"] = "Ben argued with C. L. and stayed calm."
    assert nadia.post(at["progress"], data).status_code == 302


def test_a_note_needs_words_and_a_session_that_has_begun(world: World, client_for: Browser) -> None:
    nadia, at = client_for(world.nadia), pages(world)
    assert nadia.post(at["process-note-create"], {"body": "  "}).status_code == 422
    coming = reverse("groups:process-note-create", kwargs={"pk": world.coming_session_of_thursday.pk})
    early = nadia.post(coming, {"body": "Too early"})
    assert early.status_code == 422
    assert "still to come" in early.content.decode()
