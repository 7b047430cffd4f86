"""Mail as administrators see it: a test, what waits, what failed, and what somebody did about it."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.urls import reverse
from django.utils import timezone

from groupcare.access import Role, acting_as
from groupcare.audit import Actor, acting
from groupcare.outbox.models import Message, Settlement, State
from groupcare.outbox.services import deliver_due, queue, set_address
from groupcare.practice import selectors
from tests.factories import make_staff

pytestmark = pytest.mark.django_db
BACKENDS = "tests.outbox.backends"
PAGE = "practice:mail"


@pytest.fixture
def ada(world, client_for):
    with acting(Actor("system:test")):
        set_address(person=world.ada, value="ada@example.org", by=world.ada, verified=True)
    return client_for(world.ada)


def read(browser):
    return browser.get(reverse(PAGE)).content.decode()


def failed(person, **facts):
    with acting(Actor("system:test")):
        row = queue(recipient=person, key=f"test:{uuid4()}", **{"kind": "agreement_due", **facts})
    Message.objects.filter(pk=row.pk).update(state=State.FAILED, reason="server_refused", answer="554")
    return row


def met(world):
    """Return which precautions of the first run are met."""
    with acting_as(world.ada):
        return {step.key: step.done for step in selectors.precautions()}


def act(browser, name, row):
    answer = browser.post(reverse(f"practice:{name}", kwargs={"message_id": row.pk}), follow=True)
    return answer.content.decode()


def test_a_test_goes_the_way_of_every_message_and_says_that_it_was_accepted(world, ada, settings, client_for):
    settings.EMAIL_HOST = "mail.example.org"
    settings.EMAIL_USE_TLS, settings.EMAIL_USE_SSL = True, False
    assert "No test was sent yet" in read(ada)
    assert not met(world)["mail"]
    ada.post(reverse("practice:mail-test"))
    assert "Waiting." in read(ada)
    deliver_due()
    page = read(ada)
    assert "Accepted by the mail server:" in page
    assert "STARTTLS" in page
    assert met(world)["mail"]
    for name in ("petra", "tom", "ben"):
        assert client_for(getattr(world, name)).get(reverse(PAGE)).status_code == 404
        assert client_for(getattr(world, name)).post(reverse("practice:mail-test")).status_code == 404
    assert Message.objects.filter(kind="mail_test").count() == 1


def test_a_refused_test_shows_the_number_and_what_to_do(ada, settings):
    settings.EMAIL_BACKEND = f"{BACKENDS}.NoSuchPerson"
    ada.post(reverse("practice:mail-test"))
    deliver_due()
    page = read(ada)
    assert "Not sent." in page
    assert "The server&#x27;s number: 550" in page or "The server's number: 550" in page


def test_without_an_address_the_test_says_what_to_do(world, client_for):
    world.ada.addresses.update(ended_at=timezone.now())
    answer = client_for(world.ada).post(reverse("practice:mail-test"), follow=True)
    assert "You have no address" in answer.content.decode()
    assert not Message.objects.filter(kind="mail_test").exists()


@pytest.mark.parametrize(
    ("host", "tls", "ssl", "said"),
    [
        ("", False, False, "kept on this computer"),
        ("h", True, False, "STARTTLS"),
        ("h", False, True, "from the first byte"),
        ("h", False, False, "without TLS"),
    ],
)
def test_the_page_says_how_mail_leaves(ada, settings, host, tls, ssl, said):
    settings.EMAIL_HOST, settings.EMAIL_USE_TLS, settings.EMAIL_USE_SSL = host, tls, ssl
    assert said in read(ada)


def test_a_server_that_is_down_loses_nothing_and_the_page_says_since_when(world, ada, settings):
    settings.EMAIL_BACKEND = f"{BACKENDS}.Unreachable"
    Message.objects.all().delete()
    with acting(Actor("system:test")):
        queue(recipient=world.ben, kind="account_changed", key="down:1")
        queue(recipient=world.chiara, kind="account_changed", key="down:2")
    assert "because the mail server did not take" not in read(ada)
    assert deliver_due().retried == 2
    page = read(ada)
    assert "2 messages wait because the mail server did not take them." in page
    assert "Check SMTP_HOST" in page
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    Message.objects.update(due_at=timezone.now())
    assert deliver_due().sent == 2
    assert "because the mail server did not take" not in read(ada)


def test_what_failed_is_shown_in_neutral_words_and_sent_again_once(world, ada):
    row = failed(world.ben)
    page = read(ada)
    assert "Ben Tanaka" in page
    # What the page itself says; the way to the agreements of those who work here is in the menu.
    assert "agreement" not in page[page.index("<main") :].lower().replace("agreement_", "")
    assert "on its way again" in act(ada, "mail-again", row)
    again = Message.objects.get(idempotence_key__startswith="again:")
    assert (again.recipient_id, again.kind, again.state) == (world.ben.pk, row.kind, State.QUEUED)
    assert "settled this already" in act(ada, "mail-again", row), "a double click"
    assert Message.objects.filter(idempotence_key__startswith="again:").count() == 1
    assert "Ben Tanaka" not in read(ada)


def test_settled_by_phone_keeps_who_and_when_and_the_second_is_told(world, ada, client_for):
    row = failed(world.ben)
    eve = client_for(make_staff("Eve Sand", Role.ADMINISTRATOR))
    assert "Settled by phone." in act(ada, "mail-phone", row)
    assert "settled this already" in act(eve, "mail-phone", row)
    settled = Settlement.objects.get(message=row)
    assert (settled.by, settled.how) == (world.ada, "by_phone")


def test_a_code_or_a_passed_time_is_not_sent_again(world, ada):
    secret = failed(world.ben, kind="password_reset", secret="x")
    passed = failed(world.chiara, when=timezone.now() - timedelta(hours=1))
    assert "Send again" not in read(ada)
    for row in (secret, passed):
        assert "cannot be sent again" in act(ada, "mail-again", row)
    sent = failed(world.dev)
    Message.objects.filter(pk=sent.pk).update(state=State.SENT, sent_at=timezone.now())
    assert "does not wait for anybody" in act(ada, "mail-phone", sent)


def test_the_list_is_paged_and_costs_the_same_for_many(world, ada, queries):
    for _ in range(2):
        failed(world.ben)
    few = queries(ada, reverse(PAGE))
    for _ in range(30):
        failed(world.chiara)
    assert queries(ada, reverse(PAGE)) <= few
    assert "Chiara Leone" in read(ada)


def test_the_first_run_advises_on_mail_second_steps_and_help(world, ada, settings):
    settings.EMAIL_HOST = "mail.example.org"
    page = ada.get(reverse("practice:setup")).content.decode()
    for text in ("Send a test message", "Let every colleague set up a second step", "Have two administrators"):
        assert text in page
    found = met(world)
    assert (found["mail"], found["second_factor"], found["help_nearby"]) == (False, True, True)
    world.xavier.role_holdings.update(valid_until=timezone.now())
    world.tom.login.authenticator_set.all().delete()
    found = met(world)
    assert (found["second_factor"], found["help_nearby"]) == (False, False)
    make_staff("Adam Second", Role.ADMINISTRATOR)
    assert met(world)["help_nearby"]
