"""Every message that a practice sends in a day, as it arrives: subject, words, link and headers."""

import re
from datetime import timedelta

import pytest
import time_machine
from django.core import mail
from django.urls import reverse
from pytest_django import Settings

from consent.tasks import send_reconsent_prompts
from groupcare.accounts.models import Person
from groupcare.outbox.services import deliver_due
from groups.tasks import send_reminders

# What would tell somebody who looks over a shoulder what kind of house this is, in words or in an address.
CARE = re.compile(
    r"therap|terap|group|grupo|session|sesi[oó]n|agreement|acuerdo|consent|confiden|concern|counsel", re.I
)


def _a_days_mail(world, client_for) -> list[mail.EmailMessage]:
    """Let the practice send every kind of message that its sweeps and pages send in a day."""
    client_for(world.nadia).post(
        reverse("groups:member-invite", args=[world.thursday.pk]),
        {"used_name": "Uma Vale", "email": "uma@example.net", "email_again": "uma@example.net", "language": "es"},
    )
    with time_machine.travel(world.coming_session_of_thursday.starts_at - timedelta(hours=20), tick=False):
        send_reminders()
        deliver_due()
    with time_machine.travel(world.act_of_ben.valid_until - timedelta(days=3), tick=False):
        send_reconsent_prompts()
        deliver_due()
    return mail.outbox


@pytest.mark.req("REQ-148", "REQ-160")
def test_a_days_mail_has_one_recipient_each_and_not_a_word_of_care_name_or_address_of_others(
    world, client_for, settings: Settings
):
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    sent = _a_days_mail(world, client_for)
    subjects = {message.subject for message in sent}
    assert len(sent) >= 7
    assert ["uma@example.net"] in [message.recipients() for message in sent]
    assert len(subjects) >= 3, subjects
    names = {word for person in Person.objects.all() for word in person.used_name.split() if len(word) > 2}
    for message in sent:
        assert len(message.recipients()) == 1
        assert not message.cc
        assert not message.bcc
        told = f"{message.subject}\n{message.body}\n{message.extra_headers}"
        assert CARE.findall(told) == [], told
        assert [name for name in names if re.search(rf"\b{name}\b", told)] == []
        assert set(re.findall(r"[\w.+-]+@[\w.-]+", message.body)) <= set(message.recipients())
