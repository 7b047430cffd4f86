"""Asking again: once each, late or twice, and never those who chose otherwise."""

from datetime import timedelta

import pytest
from django.utils import timezone
from time_machine import travel

from consent.models import ReconsentPrompt
from consent.services import send_reconsent_prompts
from consent.tasks import send_reconsent_prompts as sweep
from groupcare.audit.models import TrailEvent
from groupcare.outbox.models import Message
from groupcare.outbox.ports import build_link
from tests.consent.helpers import LATE, NOTICE, answers, newest, publish, state, url, walk_to_sign
from tests.world import _join

pytestmark = pytest.mark.django_db


def asked(world, name):
    """Return the kinds of messages about agreements of Thursday to the named person, oldest first."""
    return [
        one.kind
        for one in Message.objects.filter(
            recipient=world.ids[name][1], idempotence_key__startswith="reconsent:"
        ).order_by("created_at")
    ]


@pytest.mark.req("REQ-50")
def test_a_signature_that_runs_out_is_asked_for_once_and_signed_again(world, client_for):
    old = world.act_of_ben
    with travel(timezone.now() + NOTICE, tick=False):
        sweep.apply()
        sweep.apply()
        assert asked(world, "ben") == ["agreement_due"]
        prompt = ReconsentPrompt.objects.get(person=world.ben)
        assert (prompt.due_on, prompt.trigger) == (old.valid_until.date(), "period")
    with travel(timezone.now() + LATE, tick=False):
        sweep.apply()
        assert asked(world, "ben") == ["agreement_due"]
        assert state(world, "ben") == "expired"
        client = client_for(world.ben)
        version = newest(world)
        client.post(walk_to_sign(client, version), {"typed_name": "Ben Tanaka", "meant": "on"})
        assert state(world, "ben") == "current"
        sweep.apply()
        assert asked(world, "ben") == ["agreement_due"]
        new = answers(world, "ben")[-1]
        assert (new.supersedes_id, new.trigger) == (old.pk, "period")
    assert TrailEvent.objects.filter(
        action="reconsent_prompt.send", actor="system:consent.send_reconsent_prompts"
    ).exists()


def test_a_sweep_that_comes_late_asks_once_too(world):
    with travel(timezone.now() + LATE, tick=False):
        sweep.apply()
        assert asked(world, "ben") == ["agreement_due"]


def test_publishing_asks_everyone_at_once_and_each_version_once(world):
    publish(world)
    assert asked(world, "ben") == asked(world, "dev") == ["agreement_due"]
    assert asked(world, "zoe") == asked(world, "ex") == []
    send_reconsent_prompts()
    assert asked(world, "ben") == ["agreement_due"]
    publish(world)
    assert asked(world, "ben") == ["agreement_due", "agreement_due"]


def test_whoever_declined_asked_to_talk_or_took_back_is_left_in_peace(world, client_for):
    version = newest(world)
    client_for(world.dev).post(url("act-withdraw", world.act_of_dev.pk))
    # In the notice time the question is open again; a promise that holds is taken back instead.
    with travel(timezone.now() + NOTICE, tick=False):
        client_for(world.ben).post(url("agreement-talk", version.pk))
        client_for(world.chiara).post(url("agreement-decline", version.pk))
        publish(world)
    with travel(timezone.now() + LATE, tick=False):
        sweep.apply()
    assert asked(world, "ben") == asked(world, "chiara") == asked(world, "dev") == []
    assert asked(world, "zoe") == ["agreement_due"]


def test_somebody_new_has_two_days_before_the_first_reminder(world):
    person = _join(world.thursday, world.nadia, "Fay Newman")
    send_reconsent_prompts()
    mine = Message.objects.filter(recipient=person, idempotence_key__startswith="reconsent:")
    assert not mine.exists()
    with travel(timezone.now() + timedelta(days=2, minutes=1), tick=False):
        sweep.apply()
        sweep.apply()
    assert [one.kind for one in mine] == ["agreement_waiting"]


def test_the_message_names_nobody_and_leads_to_the_newest_version(world, client_for):
    version = publish(world)["en"]
    message = Message.objects.get(recipient=world.ben, idempotence_key__startswith="reconsent:")
    path = build_link(message.link_kind, message.link_object, message.link_issue)
    assert path == url("agreement-open", version.document_id)
    assert "agree" not in path
    assert "consent" not in path
    assert client_for(world.ben).get(path)["Location"] == url("agreement-read", version.pk)


def test_the_link_opens_in_the_persons_language(world, client_for):
    versions = publish(world)
    ben = world.ben
    ben.language = "es"
    ben.save(update_fields=["language"])
    opened = client_for(world.ben).get(url("agreement-open", versions["es"].document_id))
    assert opened["Location"] == url("agreement-read", versions["es"].pk)
