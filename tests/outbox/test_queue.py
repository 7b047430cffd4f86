"""Queueing: once per key, with what delivery needs and nothing readable."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import connection
from django.utils import timezone

from groupcare.audit.models import TrailEvent
from groupcare.outbox.models import Message, State
from groupcare.outbox.selectors import current_address
from groupcare.outbox.services import Link, drop_expired, queue
from tests.factories import make_person

pytestmark = pytest.mark.django_db


def test_the_same_key_gives_one_message(ben):
    first = queue(recipient=ben, kind="account_changed", key="k")
    again = queue(recipient=ben, kind="account_changed", key="k")
    assert first == again
    assert Message.objects.count() == 1
    assert TrailEvent.objects.filter(action="message.queue", object_id=str(first.pk)).count() == 1


def test_a_key_of_another_person_or_kind_is_an_error(ben, lucia):
    queue(recipient=ben, kind="account_changed", key="k")
    with pytest.raises(ValueError, match="another message"):
        queue(recipient=lucia, kind="account_changed", key="k")
    with pytest.raises(ValueError, match="another message"):
        queue(recipient=ben, kind="step_up_code", key="k", secret="1")


def test_an_unknown_kind_is_an_error(ben):
    with pytest.raises(ValueError, match="no message kind"):
        queue(recipient=ben, kind="greeting", key="k")


def test_another_persons_address_is_an_error(ben):
    zoe = make_person("Zoe")
    with pytest.raises(ValueError, match="another person"):
        queue(recipient=zoe, kind="account_changed", key="k", to=current_address(ben))


def test_the_class_comes_from_the_kind_and_the_link_holds_no_token(ben):
    about = uuid4()
    message = queue(recipient=ben, kind="session_reminder", key="k", link=Link("test", about, 3))
    assert (message.klass, message.link_kind, message.link_object, message.link_issue) == ("reminder", "test", about, 3)


def test_a_secret_stands_nowhere_in_clear(ben):
    message = queue(recipient=ben, kind="step_up_code", key="k", secret="918273")
    with connection.cursor() as cursor:
        cursor.execute("SELECT secret FROM outbox_message")
        raw = bytes(cursor.fetchone()[0])
    assert b"918273" not in raw
    assert Message.objects.get(pk=message.pk).secret == "918273"


def test_an_expired_message_is_dropped_and_its_secret_destroyed(ben):
    past = timezone.now() - timedelta(seconds=1)
    late = queue(recipient=ben, kind="step_up_code", key="late", secret="1", expires_at=past)
    live = queue(recipient=ben, kind="step_up_code", key="live", secret="2", expires_at=past + timedelta(minutes=5))
    assert drop_expired() == 1
    assert drop_expired() == 0
    late.refresh_from_db()
    assert (late.state, late.reason, late.secret) == (State.DROPPED, "expired", None)
    assert Message.objects.get(pk=live.pk).secret == "2"


def test_the_secret_of_an_expired_failure_is_destroyed_too(ben):
    message = queue(recipient=ben, kind="step_up_code", key="k", secret="1")
    Message.objects.filter(pk=message.pk).update(state=State.FAILED, expires_at=timezone.now())
    assert drop_expired() == 0
    message.refresh_from_db()
    assert (message.state, message.secret) == (State.FAILED, None)
