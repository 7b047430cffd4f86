"""Delivery: what is sent, once, to one, and what happens when it fails or nobody knows."""

import email
from datetime import timedelta
from uuid import uuid4

import pytest
from django.core import mail
from django.utils import timezone

from groupcare.audit.models import TrailEvent
from groupcare.outbox import ports
from groupcare.outbox.compose import message_id
from groupcare.outbox.models import Message, State
from groupcare.outbox.selectors import current_address, unsettled
from groupcare.outbox.services import Link, deliver_due, end_address, set_address
from groupcare.outbox.services.delivery import MOST_ATTEMPTS, pause

pytestmark = pytest.mark.django_db
BACKENDS = "tests.outbox.backends"


def again(message: Message) -> Message:
    return Message.objects.get(pk=message.pk)


def make_due(message: Message) -> None:
    """Let the pause before the next try pass."""
    Message.objects.filter(pk=message.pk).update(due_at=timezone.now())


def abandon(message: Message, *, sending: bool) -> None:
    """Leave the message as a worker that died 61 seconds ago would."""
    past = timezone.now() - timedelta(seconds=61)
    Message.objects.filter(pk=message.pk).update(
        state=State.CLAIMED,
        claim=uuid4(),
        claimed_at=past,
        sending_at=past if sending else None,
        attempts=1 if sending else 0,
    )


def test_a_message_goes_to_one_person_and_is_recorded(message):
    row = message()
    assert deliver_due().sent == 1
    (sent,) = mail.outbox
    assert (sent.to, sent.cc, sent.bcc) == (["ben@example.org"], [], [])
    row = again(row)
    assert row.state == State.SENT
    assert row.sent_at is not None
    assert row.attempts == 1
    assert TrailEvent.objects.filter(action="message.send", object_id=str(row.pk), result="done").count() == 1


def test_many_recipients_never_meet_in_one_mail(message, ben, lucia):
    message()
    message(recipient=lucia)
    assert deliver_due().sent == 2
    assert sorted(sent.recipients() for sent in mail.outbox) == [["ben@example.org"], ["lucia@example.org"]]


def test_a_sent_message_is_not_sent_again(message):
    message()
    assert deliver_due().sent == 1
    assert not deliver_due()
    assert len(mail.outbox) == 1


def test_what_is_not_due_waits(message):
    row = message(due_at=timezone.now() + timedelta(minutes=1))
    assert not deliver_due()
    assert again(row).state == State.QUEUED


def test_a_batch_takes_no_more_than_its_limit_and_the_oldest_first(message):
    now = timezone.now()
    rows = [message(due_at=now - timedelta(minutes=age)) for age in (1, 3, 2)]
    assert deliver_due(limit=2).sent == 2
    assert [again(row).state for row in rows] == [State.QUEUED, State.SENT, State.SENT]


def test_the_text_is_in_the_readers_language_with_the_practices_name(message, lucia):
    before = list(ports._practice_name)
    ports.register_practice_name(lambda: "Calle Mayor 4")
    message(recipient=lucia)
    deliver_due()
    ports._practice_name[:] = before
    (sent,) = mail.outbox
    assert sent.subject == "Su cuenta ha cambiado"
    assert sent.body.endswith("Calle Mayor 4\n")


def test_the_link_is_made_at_delivery_by_the_room_that_owns_it(message, settings):
    settings.PUBLIC_URL = "http://localhost:8000"
    about = uuid4()
    message("agreement_waiting", link=Link("test", about, 7))
    deliver_due()
    assert f"http://localhost:8000/x/{about}/7/" in mail.outbox[0].body


def test_a_link_that_no_room_builds_keeps_the_message_back(message):
    row = message("agreement_waiting", link=Link("nobody", uuid4(), 1))
    assert deliver_due().retried == 1
    assert mail.outbox == []
    row = again(row)
    assert (row.state, row.reason) == (State.QUEUED, "no_link")


def test_a_code_is_destroyed_when_it_is_delivered(message):
    row = message("step_up_code", secret="918273")
    deliver_due()
    assert "918273" in mail.outbox[0].body
    assert again(row).secret is None


def test_an_expired_code_is_dropped_and_never_sent(message):
    row = message("step_up_code", secret="918273", expires_at=timezone.now())
    assert deliver_due().dropped == 1
    assert mail.outbox == []
    row = again(row)
    assert (row.state, row.secret) == (State.DROPPED, None)


def test_without_an_address_it_fails_visibly(message, ben):
    row = message()
    end_address(person=ben, by=ben)
    assert deliver_due().failed == 1
    assert list(unsettled()) == [again(row)]
    assert again(row).reason == "no_address"


def test_nobody_is_written_to_where_it_is_not_safe(message, ben):
    set_address(person=ben, value="ben@example.org", by=ben, safe=False)
    row = message()
    assert deliver_due().failed == 1
    assert mail.outbox == []
    assert again(row).reason == "address_not_safe"


def test_an_address_that_was_given_up_meanwhile_is_not_written_to(message, ben):
    row = message(to=current_address(ben))
    set_address(person=ben, value="new@example.org", by=ben)
    assert deliver_due().failed == 1
    assert again(row).reason == "no_address"


def test_the_message_id_is_the_same_at_every_try_and_names_nothing(message, settings):
    settings.DEFAULT_FROM_EMAIL = "Office <office@example.net>"
    row = message(key="reminder:77:88")
    first = message_id(row)
    assert first == message_id(again(row))
    assert first.endswith("@example.net>")
    assert "77" not in first.split("@")[0] or "reminder" not in first
    deliver_due()
    assert email.message_from_bytes(mail.outbox[0].message().as_bytes())["Message-ID"] == first


@pytest.mark.parametrize("kind", ["account_changed", "session_reminder"])
def test_a_claim_that_came_to_no_sending_waits_again_whatever_its_class(message, kind):
    row = message(kind, link=Link("test", uuid4()), when=timezone.now())
    abandon(row, sending=False)
    done = deliver_due()
    assert (done.freed, done.sent) == (1, 1)
    assert len(mail.outbox) == 1


@pytest.mark.parametrize(("kind", "secret"), [("account_changed", None), ("step_up_code", "918273")])
def test_codes_and_safety_messages_in_doubt_go_again_under_the_same_message_id(message, kind, secret):
    row = message(kind, secret=secret)
    abandon(row, sending=True)
    done = deliver_due()
    assert (done.retried, done.sent) == (1, 1)
    assert mail.outbox[0].extra_headers["Message-ID"] == message_id(row)
    assert TrailEvent.objects.filter(object_id=str(row.pk), result="unclear").count() == 1


@pytest.mark.parametrize("kind", ["session_reminder", "agreement_due"])
def test_reminders_and_notices_in_doubt_are_shown_and_not_sent_again(message, kind):
    row = message(kind, link=Link("test", uuid4()), when=timezone.now())
    abandon(row, sending=True)
    assert deliver_due().unclear == 1
    assert mail.outbox == []
    assert list(unsettled()) == [again(row)]
    assert again(row).state == State.MAY_HAVE_BEEN_SENT


def test_a_young_claim_belongs_to_its_worker(message):
    row = message()
    abandon(row, sending=True)
    Message.objects.filter(pk=row.pk).update(claimed_at=timezone.now() - timedelta(seconds=59))
    assert not deliver_due()
    assert again(row).state == State.CLAIMED


def test_a_code_in_doubt_that_expired_is_not_sent_again(message):
    row = message("step_up_code", secret="1", expires_at=timezone.now() + timedelta(minutes=5))
    abandon(row, sending=True)
    Message.objects.filter(pk=row.pk).update(expires_at=timezone.now())
    assert deliver_due().sent == 0
    assert mail.outbox == []


def test_an_unreachable_server_is_asked_once_a_batch_and_all_wait(message, settings):
    settings.EMAIL_BACKEND = f"{BACKENDS}.Unreachable"
    from tests.outbox.backends import Unreachable

    Unreachable.opened = 0
    rows = [message() for _ in range(3)]
    assert deliver_due().retried == 3
    assert Unreachable.opened == 1
    assert {(again(row).state, again(row).reason) for row in rows} == {(State.QUEUED, "server_unreachable")}


@pytest.mark.parametrize(
    ("backend", "reason"),
    [("Busy", "server_refused"), ("Greylisting", "address_refused"), ("TakesNone", "server_unreachable")],
)
def test_a_refusal_for_now_waits_even_for_a_reminder(message, settings, backend, reason):
    settings.EMAIL_BACKEND = f"{BACKENDS}.{backend}"
    row = message("session_reminder", link=Link("test", uuid4()), when=timezone.now())
    before = timezone.now()
    assert deliver_due().retried == 1
    row = again(row)
    assert (row.state, row.reason, row.attempts, row.claim) == (State.QUEUED, reason, 1, None)
    assert row.due_at >= before + timedelta(minutes=1)


def test_an_address_that_does_not_exist_fails_at_once(message, settings):
    settings.EMAIL_BACKEND = f"{BACKENDS}.NoSuchPerson"
    row = message("step_up_code", secret="1")
    assert deliver_due().failed == 1
    row = again(row)
    assert (row.state, row.reason, row.secret) == (State.FAILED, "address_refused", None)
    assert TrailEvent.objects.filter(object_id=str(row.pk), result="failed").count() == 1


def test_a_line_that_breaks_while_sending_is_a_doubt(message, settings):
    settings.EMAIL_BACKEND = f"{BACKENDS}.LineBreaks"
    safety = message()
    reminder = message("session_reminder", link=Link("test", uuid4()), when=timezone.now())
    done = deliver_due()
    assert (done.retried, done.unclear) == (1, 1)
    assert again(safety).state == State.QUEUED
    assert again(reminder).state == State.MAY_HAVE_BEEN_SENT


def test_after_the_last_try_it_fails_visibly(message, settings):
    settings.EMAIL_BACKEND = f"{BACKENDS}.Busy"
    row = message()
    for _ in range(MOST_ATTEMPTS - 1):
        make_due(row)
        assert deliver_due().retried == 1
    make_due(row)
    assert deliver_due().failed == 1
    make_due(row)
    assert not deliver_due()
    assert list(unsettled()) == [again(row)]


def test_pauses_grow_and_stay_short_for_codes():
    assert [pause("notice", n) // timedelta(minutes=1) for n in range(1, 8)] == [1, 4, 16, 64, 240, 240, 240]
    assert [pause("code", n) // timedelta(seconds=1) for n in (1, 2, 3)] == [10, 20, 40]


def test_delivery_inside_an_open_transaction_is_refused(message, transactional_db):
    from groupcare.audit import unit_of_work

    message()
    with pytest.raises(RuntimeError), unit_of_work():
        deliver_due()
    assert mail.outbox == []


def test_a_run_that_took_too_long_gives_back_what_it_did_not_come_to(message, monkeypatch):
    from groupcare.outbox.services import delivery

    row = message()
    monkeypatch.setattr(delivery, "SECONDS_PER_BATCH", -1)
    assert deliver_due().sent == 0
    assert (again(row).state, again(row).claim) == (State.QUEUED, None)
    monkeypatch.undo()
    assert deliver_due().sent == 1


def test_a_message_taken_by_another_run_in_between_is_left_to_it(message):
    from groupcare.outbox.services.delivery import Delivered, _deliver
    from groupcare.outbox.transport import Transport

    row = message()
    Message.objects.filter(pk=row.pk).update(state=State.CLAIMED, claim=uuid4(), claimed_at=timezone.now())
    done = Delivered()
    with Transport() as transport:
        _deliver(row.pk, uuid4(), transport, done)
    assert done == Delivered()
    assert mail.outbox == []
    assert again(row).state == State.CLAIMED


def test_a_message_that_expires_between_claim_and_sending_is_not_sent(message, monkeypatch):
    from groupcare.outbox.services import delivery

    row = message(expires_at=timezone.now() + timedelta(hours=1))
    claim, (taken,) = delivery._claim(10)
    Message.objects.filter(pk=row.pk).update(expires_at=timezone.now() - timedelta(seconds=1))
    done = delivery.Delivered()
    with delivery.Transport() as transport:
        delivery._deliver(taken, claim, transport, done)
    assert (mail.outbox, done.sent) == ([], 0)
