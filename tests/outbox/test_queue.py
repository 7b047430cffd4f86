"""Queueing: once per key, with what delivery needs and nothing readable."""

from datetime import timedelta
from importlib import import_module
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from groupcare.audit import unit_of_work
from groupcare.audit.models import TrailEvent
from groupcare.outbox.models import Message, State
from groupcare.outbox.selectors import current_address
from groupcare.outbox.services import Draft, Link, drop_expired, messages, queue, queue_many
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


def drafts(*people, key="many", **more):
    return [Draft(recipient_id=one.pk, kind="session_reminder", key=f"{key}:{one.pk}", **more) for one in people]


def test_many_are_queued_as_each_would_be_alone(ben, lucia):
    about, when = uuid4(), timezone.now() + timedelta(hours=5)
    facts = {"link": Link("test", about, 2), "when": when, "expires_at": when, "due_at": when - timedelta(hours=1)}
    assert queue_many(drafts(ben, lucia, **facts)) == 2
    alone = queue(recipient=ben, kind="session_reminder", key="alone", **facts)
    columns = [field.attname for field in Message._meta.concrete_fields]
    own = {"id", "idempotence_key", "recipient_id", "created_at"}
    for message in Message.objects.exclude(pk=alone.pk):
        assert [getattr(message, name) for name in columns if name not in own] == [
            getattr(alone, name) for name in columns if name not in own
        ]
    assert set(Message.objects.exclude(pk=alone.pk).values_list("recipient_id", "idempotence_key")) == {
        (one.pk, f"many:{one.pk}") for one in (ben, lucia)
    }


def test_queued_now_unless_told_otherwise(ben):
    before = timezone.now()
    queue_many(drafts(ben))
    message = Message.objects.get()
    assert before <= message.due_at <= timezone.now()
    assert (message.secret, message.holds_secret, message.state) == (None, False, State.QUEUED)


def test_many_again_gives_none_twice_and_records_only_what_is_new(ben, lucia):
    assert queue_many(drafts(ben)) == 1
    kept = Message.objects.get()
    assert queue_many(drafts(ben, lucia)) == 1
    assert queue_many(drafts(ben, lucia, lucia)) == 0
    assert Message.objects.count() == 2
    assert Message.objects.get(recipient=ben) == kept
    recorded = TrailEvent.objects.filter(action="message.queue").values_list("object_id", flat=True)
    assert sorted(recorded) == sorted(str(one.pk) for one in Message.objects.all())


def test_a_key_twice_in_one_call_gives_one_message(ben):
    assert queue_many([*drafts(ben), *drafts(ben)]) == 1
    assert Message.objects.count() == 1
    assert TrailEvent.objects.filter(action="message.queue").count() == 1


def test_of_many_one_foreign_key_undoes_the_batch(ben, lucia):
    queue(recipient=ben, kind="account_changed", key=f"many:{lucia.pk}")
    with pytest.raises(ValueError, match="another message"):
        queue_many(drafts(ben, lucia))
    queue(recipient=ben, kind="account_changed", key=f"kind:{ben.pk}")
    with pytest.raises(ValueError, match="another message"):
        queue_many(drafts(ben, key="kind"))
    assert Message.objects.filter(kind="session_reminder").count() == 0
    assert TrailEvent.objects.filter(action="message.queue").count() == 2


def test_of_many_one_unknown_kind_queues_none(ben):
    with pytest.raises(ValueError, match="no message kind 'greeting'"):
        queue_many([*drafts(ben), Draft(recipient_id=ben.pk, kind="greeting", key="k")])
    assert not Message.objects.exists()


def test_many_carry_no_secret(ben):
    with pytest.raises(TypeError):
        Draft(recipient_id=ben.pk, kind="step_up_code", key="k", secret="918273")


def test_none_is_nothing_and_nothing_is_asked(django_assert_num_queries):
    with django_assert_num_queries(0):
        assert queue_many([]) == 0


def test_many_go_in_batches_each_a_unit_with_one_flush_unless_a_unit_is_open(ben, lucia, monkeypatch):
    zoe = make_person("Zoe")
    sizes = []
    trail = import_module("groupcare.audit.recording")
    flush = trail.flush
    monkeypatch.setattr(trail, "flush", lambda events: sizes.append(len(events)) or flush(events))
    monkeypatch.setattr(messages, "BATCH", 2)
    assert queue_many(drafts(ben, lucia, zoe)) == 3
    assert sizes == [2, 1]
    sizes.clear()
    with unit_of_work():
        queue_many(drafts(ben, lucia, zoe, key="joined"))
    assert sizes == [3]


def test_a_batch_takes_at_most_five_hundred():
    assert messages.BATCH == 500


def test_the_statements_do_not_grow_with_the_messages(ben, lucia):
    people = [make_person(f"Person {n}") for n in range(20)]
    with CaptureQueriesContext(connection) as few:
        queue_many(drafts(ben, lucia))
    with CaptureQueriesContext(connection) as many:
        queue_many(drafts(*people))
    assert len(few.captured_queries) == len(many.captured_queries)
    assert Message.objects.count() == 22
