"""Sweeps act as themselves, leave a heartbeat when they end well, and record what was refused."""

from datetime import timedelta

import pytest
from django.core import mail
from django.utils import timezone

from groupcare.audit import current_actor, record
from groupcare.audit.models import TrailEvent
from groupcare.exceptions import Refused
from groupcare.outbox import health, tasks
from groupcare.outbox.models import Heartbeat
from groupcare.outbox.sweeps import sweep

pytestmark = pytest.mark.django_db


def test_a_sweep_acts_as_itself_and_its_reads_are_recorded():
    @sweep("test.look")
    def look() -> str:
        record("thing.read", object_type="thing", object_id="1")
        return current_actor().id

    assert look() == "system:test.look"
    assert TrailEvent.objects.get(action="thing.read").actor == "system:test.look"
    assert Heartbeat.objects.filter(name="test.look").exists()


def test_a_refusal_ends_the_run_is_recorded_and_leaves_no_heartbeat():
    @sweep("test.refused")
    def refused() -> None:
        raise Refused("thing.read", "thing", "7")

    assert refused() is None
    assert TrailEvent.objects.get(action="thing.read").result == "refused"
    assert not Heartbeat.objects.exists()


def test_an_error_goes_on_to_celery_and_leaves_no_heartbeat():
    @sweep("test.broken")
    def broken() -> None:
        raise KeyError("x")

    with pytest.raises(KeyError):
        broken()
    assert not Heartbeat.objects.exists()


def test_the_tasks_empty_the_outbox_under_their_scheduled_names(message, settings):
    message()
    late = message("step_up_code", secret="1", expires_at=timezone.now())
    tasks.drop_expired()
    tasks.deliver_due()
    late.refresh_from_db()
    assert len(mail.outbox) == 1
    assert late.state == "dropped"
    scheduled = {entry["task"] for entry in settings.CELERY_BEAT_SCHEDULE.values()}
    assert {tasks.deliver_due.name, tasks.drop_expired.name} <= scheduled


@pytest.mark.parametrize(
    ("production", "silent", "reason"),
    [
        (False, timedelta(minutes=119), None),
        (False, timedelta(minutes=121), "beat_silent"),
        (True, timedelta(minutes=9), None),
        (True, timedelta(minutes=11), "beat_silent"),
    ],
)
def test_silence_of_the_clock_is_unwell(settings, production, silent, reason):
    settings.PRODUCTION = production
    Heartbeat.objects.create(name="outbox.deliver_due", beat_at=timezone.now() - silent)
    Heartbeat.objects.create(name="older", beat_at=timezone.now() - timedelta(days=2))
    assert health.check_beat() == reason


def test_a_new_installation_is_well_until_its_clock_should_have_been_heard(monkeypatch):
    assert health.check_beat() is None
    monkeypatch.setattr(health, "_started", health._started - timedelta(hours=2, seconds=1).total_seconds())
    assert health.check_beat() == "beat_never_seen"


def test_a_silent_clock_turns_the_health_page(client):
    Heartbeat.objects.create(name="outbox.deliver_due", beat_at=timezone.now() - timedelta(hours=3))
    unwell = client.get("/healthz")
    assert (unwell.status_code, unwell.content) == (503, b"")
    Heartbeat.objects.update(beat_at=timezone.now())
    assert client.get("/healthz").status_code == 200


def test_what_a_page_schedules_goes_to_the_configured_broker(settings):
    assert tasks.deliver_due.app.conf.broker_url == settings.CELERY_BROKER_URL
    assert tasks.deliver_due.app.conf.task_default_queue == "default"
