"""What the trail says about a day's work: who did what to which row, and not a word of content."""

import re
from itertools import pairwise

import pytest
from django.urls import reverse

from groupcare.accounts.models import Person
from groupcare.audit.models import TrailEvent

_ID_OR_WORD = re.compile(r"[A-Za-z0-9_.:-]{0,64}")
_WORDS = "Heliotrope quarrels underneath"


def _work(world, client_for):
    """Let the people of the practice do an ordinary day's work, through their pages."""
    nadia, ben, petra = client_for(world.nadia), client_for(world.ben), client_for(world.petra)
    session = world.session_of_thursday
    note = reverse("groups:process-note-create", args=[session.pk])
    form = nadia.get(note).context["form"]
    nadia.post(note, {**{name: form[name].value() or "" for name in form.fields}, "body": _WORDS})
    assert _WORDS in nadia.get(reverse("groups:session-notes", args=[session.pk])).content.decode()
    assert client_for(world.olga).get(reverse("groups:session-notes", args=[session.pk])).status_code == 404
    ben.get(reverse("consent:act-detail", args=[world.act_of_ben.pk]))
    ben.post(reverse("incidents:concern-create"), {"what_happened": f"{_WORDS}, said by Nadia Rahmani"})
    petra.get(reverse("incidents:concern-list"))


@pytest.mark.req("SEC-54", "REQ-160")
def test_the_trail_of_a_days_work_holds_ids_and_no_word_or_name(world, client_for):
    before = TrailEvent.objects.count()
    _work(world, client_for)
    events = list(TrailEvent.objects.order_by("sequence").values()[before:])
    actions = {event["action"] for event in events}
    assert {"process_note.write", "process_note.read", "act.read", "concern.raise"} <= actions
    names = [word for person in Person.objects.all() for word in person.used_name.split()]
    for event in events:
        told = {name: str(value) for name, value in event.items() if name not in {"at", "mac", "previous"}}
        assert all(_ID_OR_WORD.fullmatch(value) for value in told.values()), told
        assert not any(name in value for name in [*names, *_WORDS.split()] for value in told.values() if len(name) > 3)


@pytest.mark.req("SEC-54", "SEC-53")
def test_each_event_says_who_did_what_to_which_row_and_how_it_ended(world, client_for):
    before = TrailEvent.objects.count()
    _work(world, client_for)
    events = TrailEvent.objects.order_by("sequence")[before:]
    read = next(event for event in events if event.action == "process_note.read")
    assert (read.actor, read.object_id, read.result) == (str(world.nadia.pk), str(read.object_id), "done")
    refused = [event for event in events if event.result == "refused"]
    assert [(event.actor, event.object_id) for event in refused] == [
        (str(world.olga.pk), str(world.session_of_thursday.pk))
    ]
    raised = next(event for event in events if event.action == "concern.raise")
    assert (raised.actor, raised.request, raised.at.hour, raised.at.minute) == ("reporter", "", 0, 0)
    assert all(event.sequence == earlier.sequence + 1 for earlier, event in pairwise(events))
