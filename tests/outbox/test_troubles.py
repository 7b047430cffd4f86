"""Addresses that mail does not reach: refused at delivery, reported later, and what follows."""

import io
import sys
from uuid import uuid4

import pytest
from django.core.management import call_command
from django.utils import timezone

from groupcare.audit.models import TrailEvent
from groupcare.outbox.compose import message_id
from groupcare.outbox.models import AddressTrouble, Message, State
from groupcare.outbox.selectors import current_address, in_trouble
from groupcare.outbox.services import Link, clear_trouble, deliver_due, queue, read_bounce, set_address
from groupcare.outbox.transport import _why_down

pytestmark = pytest.mark.django_db
BACKENDS = "tests.outbox.backends"


def report(about: str, *, action="failed", status="5.1.1", part="text/rfc822-headers") -> bytes:
    """Return a report as RFC 3464 shows it in its appendix E."""
    back = f"Message-ID: {about}\r\nSubject: Your code\r\n" + ("\r\nx\r\n" if part == "message/rfc822" else "")
    return (
        "From: mailer-daemon@mx.example.org\r\nTo: practice@localhost\r\nMIME-Version: 1.0\r\n"
        'Content-Type: multipart/report; report-type=delivery-status; boundary="b"\r\n\r\n'
        "--b\r\nContent-Type: text/plain\r\n\r\nThe mail to Ben of the grief group came back.\r\n"
        "--b\r\nContent-Type: message/delivery-status\r\n\r\n"
        "Reporting-MTA: dns; mx.example.org\r\n\r\n"
        f"Final-Recipient: rfc822; ben@example.org\r\nAction: {action}\r\nStatus: {status}\r\n"
        "Diagnostic-Code: smtp; 550 the whole text of a secret\r\n\r\n"
        f"--b\r\nContent-Type: {part}\r\n\r\n{back}\r\n--b--\r\n"
    ).encode()


@pytest.fixture
def refused(message, settings, ben):
    """Ben's address was refused for good."""
    settings.EMAIL_BACKEND = f"{BACKENDS}.NoSuchPerson"
    message()
    assert deliver_due().failed == 1
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    return current_address(ben)


def test_a_refusal_for_good_is_kept_with_the_address_as_a_number_only(refused):
    row = AddressTrouble.objects.get()
    assert (row.address, row.source, row.code) == (refused, "delivery", "550")
    assert Message.objects.get().answer == "550"
    event = TrailEvent.objects.get(action="address.trouble")
    assert (event.object_id, event.purpose) == (str(refused.pk), "delivery")


def test_reminders_are_not_tried_any_more_but_codes_and_safety_are(refused, message, links):
    reminder = message("session_reminder", link=Link("test", uuid4()), when=timezone.now())
    code = message("step_up_code", secret="123456")
    safety = message()
    assert deliver_due().sent == 2
    states = {row.kind: (row.state, row.reason) for row in Message.objects.filter(pk__in=[reminder.pk, code.pk])}
    assert states["session_reminder"] == (State.FAILED, "address_in_trouble")
    assert states["step_up_code"] == (State.SENT, "")
    assert Message.objects.get(pk=safety.pk).state == State.SENT


def test_a_new_address_begins_anew_and_a_cleared_one_is_used_again(refused, message, ben):
    clear_trouble(person=ben, by=ben)
    assert not in_trouble(refused)
    message("agreement_waiting")
    AddressTrouble(address=refused, source="bounce", code="5.1.1").save()
    assert in_trouble(refused)
    set_address(person=ben, value="ben.new@example.org", by=ben)
    assert not in_trouble(current_address(ben))


@pytest.mark.parametrize("part", ["text/rfc822-headers", "message/rfc822"])
def test_a_report_that_comes_later_is_known_by_its_message_id(message, ben, part, monkeypatch, capsys):
    row = message()
    deliver_due()
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(report(message_id(row), part=part))))
    call_command("read_bounce")
    trouble = AddressTrouble.objects.get()
    assert (trouble.address, trouble.source, trouble.code) == (current_address(ben), "bounce", "5.1.1")
    said = capsys.readouterr().out
    assert str(trouble.address_id) in said
    assert "ben@" not in said


@pytest.mark.parametrize(
    "changed", [{"action": "delayed"}, {"status": "4.4.7"}, {"about": "<stranger@localhost>"}, {"about": ""}]
)
def test_what_is_not_ours_or_not_for_good_changes_nothing(message, changed, monkeypatch, capsys):
    row = message()
    deliver_due()
    content = report(**{"about": message_id(row), **changed})
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(content)))
    call_command("read_bounce")
    assert not AddressTrouble.objects.exists()
    assert "Nothing of ours" in capsys.readouterr().out


@pytest.mark.parametrize("content", [b"", b"\xff\x00 nonsense", b"Content-Type: message/delivery-status\r\n\r\nx"])
def test_nonsense_changes_nothing(content):
    assert read_bounce(content=content) is None


def test_a_report_about_an_address_that_changed_meanwhile_says_nothing_of_the_new_one(message, ben):
    row = message()
    deliver_due()
    set_address(person=ben, value="ben.new@example.org", by=ben)
    assert read_bounce(content=report(message_id(row))) is None
    assert not AddressTrouble.objects.exists()


def test_a_report_about_a_message_to_an_address_of_its_own_names_that_one(ben):
    address = current_address(ben)
    row = queue(recipient=ben, kind="account_changed", key="own", to=address)
    deliver_due()
    assert read_bounce(content=report(message_id(row))).address == address
    address.ended_at = timezone.now()
    address.save()
    assert read_bounce(content=report(message_id(row))) is None


def test_every_way_to_be_down_has_its_own_word():
    import smtplib
    import ssl

    words = {
        "certificate": ssl.SSLCertVerificationError("x"),
        "no_tls": smtplib.SMTPNotSupportedError("x"),
        "sign_in_refused": smtplib.SMTPAuthenticationError(535, b"x"),
        "server_busy": smtplib.SMTPConnectError(421, b"x"),
        "server_unreachable": ConnectionRefusedError(),
    }
    assert {word: _why_down(error).reason for word, error in words.items()} == {word: word for word in words}
