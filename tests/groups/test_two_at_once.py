"""Two people write in one note: the second sees both texts and the difference, and nothing is lost."""

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from groups.models import ProcessNote, ProgressNote
from tests.world import World

Browser = Callable[..., Client]


def test_the_second_to_save_sees_both_texts_and_the_difference(world: World, client_for: Browser) -> None:
    nadia, tom = client_for(world.nadia), client_for(world.tom)
    write = reverse("groups:process-note-create", kwargs={"pk": world.session_of_thursday.pk})
    seen = str(world.process_note_of_thursday.pk)
    assert nadia.post(write, {"body": "They spoke of loss & trust.", "supersedes": seen}).status_code == 302
    late = tom.post(write, {"body": "They spoke of loss and <hope>.", "supersedes": seen})
    assert late.status_code == 422
    text = late.content.decode()
    assert "They spoke of loss &amp; trust." in text
    assert "They spoke of loss and &lt;hope&gt;." in text  # still in the field
    assert '<span class="visually-hidden">only theirs: </span>&amp; trust.</del>' in text
    assert '<span class="visually-hidden">only yours: </span>and &lt;hope&gt;.</ins>' in text
    standing = ProcessNote.objects.get(session=world.session_of_thursday, superseded_by__isnull=True)
    assert str(standing.pk) in text
    merged = {"body": "They spoke of loss, trust and hope.", "supersedes": str(standing.pk)}
    assert tom.post(write, merged).status_code == 302
    rows = ProcessNote.objects.filter(session=world.session_of_thursday)
    assert {row.body for row in rows} >= {"They spoke of loss & trust.", "They spoke of loss, trust and hope."}


def test_it_is_the_same_for_the_note_on_one_member(world: World, client_for: Browser) -> None:
    nadia, tom = client_for(world.nadia), client_for(world.tom)
    at = {"pk": world.session_of_thursday.pk, "membership_pk": world.membership("ben").pk}
    write, seen = reverse("groups:progress-note-create", kwargs=at), str(world.progress_note_of_thursday.pk)
    assert nadia.post(write, {"body": "Spoke twice.", "supersedes": seen}).status_code == 302
    late = tom.post(write, {"body": "Spoke three times.", "supersedes": seen})
    assert late.status_code == 422
    assert "Spoke twice." in late.content.decode()
    assert "Spoke three times." in late.content.decode()
    standing = ProgressNote.objects.get(membership=world.membership("ben"), superseded_by__isnull=True)
    again = {"body": "Spoke three times.", "supersedes": str(standing.pk)}
    assert tom.post(write, again).status_code == 302


def test_another_error_shows_no_second_text(world: World, client_for: Browser) -> None:
    write = reverse("groups:process-note-create", kwargs={"pk": world.session_of_thursday.pk})
    wrong = client_for(world.nadia).post(write, {"body": " ", "supersedes": str(world.process_note_of_thursday.pk)})
    assert wrong.status_code == 422
    assert "What was written meanwhile" not in wrong.content.decode()


@pytest.mark.parametrize("name", ["process-note-create", "progress-note-create"])
def test_the_same_note_sent_twice_is_kept_once(world: World, client_for: Browser, name: str) -> None:
    at = {"pk": world.session_of_thursday.pk}
    if name.startswith("progress"):
        at["membership_pk"] = world.membership("dev").pk
    standing = str(world.process_note_of_thursday.pk) if name.startswith("process") else ""
    body = {"body": "Once is enough.", "supersedes": standing}
    nadia, model = client_for(world.nadia), ProcessNote if standing else ProgressNote
    before = model.objects.count()
    first, second = (nadia.post(reverse(f"groups:{name}", kwargs=at), body) for _ in range(2))
    assert (first.status_code, second.status_code) == (302, 422)
    assert model.objects.count() == before + 1
