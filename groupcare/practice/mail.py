"""Mail as the administrators see it: a test, what waits, what failed, and what somebody did about it."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID, uuid4

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db.models import Count, Exists, Max, Min, QuerySet
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from groupcare.access import Person
from groupcare.accounts.models import Person as PersonRow
from groupcare.audit import record, unit_of_work
from groupcare.outbox import selectors as outbox
from groupcare.outbox import services
from groupcare.outbox.models import Message, State
from groupcare.practice.selectors import check_can_administer

# Our choice, because a test is looked at now, and one that comes tomorrow says nothing about today.
TEST_VALID = timedelta(hours=1)
SHOWN_TESTS = 5
TEST = "mail_test"

REASONS: dict[str, str | Promise] = {
    "server_unreachable": gettext_lazy("The mail server does not answer. Check SMTP_HOST, SMTP_PORT and the network."),
    "server_busy": gettext_lazy("The mail server says that it is busy or closed. It is asked again by itself."),
    "certificate": gettext_lazy(
        "The certificate of the mail server is not valid, or is for another name. Nothing was sent. "
        "Ask whoever runs the server, and check SMTP_HOST."
    ),
    "no_tls": gettext_lazy("The mail server offers no TLS. Nothing was sent. Ask whoever runs it."),
    "sign_in_refused": gettext_lazy("The mail server does not accept SMTP_USER and its password."),
    "server_refused": gettext_lazy("The mail server refused the message. Check GROUPCARE_FROM."),
    "address_refused": gettext_lazy("The mail server refused the address."),
    "address_in_trouble": gettext_lazy("Mail to this address came back before. Ask the person for another one."),
    "no_address": gettext_lazy("The person has no address."),
    "address_not_safe": gettext_lazy("The person may not be written to there."),
    "no_answer": gettext_lazy("The line broke while sending. It may have arrived."),
}


@dataclass(frozen=True)
class Waiting:
    """Messages that wait because the server did not take them: how many, and since when the oldest does."""

    count: int
    since: datetime
    why: str


@dataclass(frozen=True)
class Row:
    """One message, ready to show in neutral words."""

    message: Message
    why: str
    can_go_again: bool


def why(reason: str) -> str:
    """Return what a reason's id means and what to do."""
    return str(REASONS.get(reason, _("It could not be sent."))) if reason else ""


def protection() -> str:
    """Return how mail leaves: ``tray`` (it does not), ``starttls``, ``tls`` from the first byte, or ``none``."""
    if not settings.EMAIL_HOST:
        return "tray"
    if settings.EMAIL_USE_SSL:
        return "tls"
    return "starttls" if settings.EMAIL_USE_TLS else "none"


@unit_of_work()
def send_test(*, by: PersonRow) -> Message:
    """Queue a test to the administrator's own address, the way that every message goes, and return it.

    Raises:
        Refused: ``by`` may not.
        ValidationError: they have no address.
    """
    check_can_administer(by, "mail.test")
    if outbox.current_address(by) is None:
        raise ValidationError(_("You have no address. Add one under Your account."))
    return services.queue(recipient=by, kind=TEST, key=f"mail_test:{uuid4()}", expires_at=timezone.now() + TEST_VALID)


def tests(viewer: Person) -> list[Row]:
    """Return the viewer's last tests, newest first.

    Raises:
        Refused: the viewer is no administrator.
    """
    check_can_administer(viewer, "mail.read")
    found = Message.objects.filter(kind=TEST, recipient_id=viewer.id).order_by("-created_at", "id")[:SHOWN_TESTS]
    return [Row(message, why(message.reason), can_go_again=False) for message in found]


def waiting(viewer: Person) -> Waiting | None:
    """Return what waits because the server did not take it, or None.

    Raises:
        Refused: the viewer is no administrator.
    """
    check_can_administer(viewer, "mail.read")
    held = Message.objects.filter(state__in=(State.QUEUED, State.CLAIMED), attempts__gt=0).exclude(reason="")
    found = held.aggregate(count=Count("pk"), since=Min("created_at"), reason=Max("reason"))
    return Waiting(found["count"], found["since"], why(found["reason"])) if found["count"] else None


def unsettled(viewer: Person) -> QuerySet[Message]:
    """Return what failed or may have been sent and nobody settled, newest first; tests are shown elsewhere.

    Raises:
        Refused: the viewer is no administrator.
    """
    check_can_administer(viewer, "mail.read")
    return outbox.unsettled().exclude(kind=TEST).select_related("recipient")


def rows(messages: list[Message]) -> list[Row]:
    """Return one page of ``unsettled`` ready to show."""
    return [Row(message, why(message.reason), outbox.can_go_again(message)) for message in messages]


@unit_of_work()
def send_again(*, message_id: UUID, by: PersonRow) -> Message:
    """Send the same occasion anew, and return the new message.

    Raises:
        Refused: ``by`` may not.
        InvalidTransition: somebody settled it already.
        ValidationError: it would come too late, or its secret is gone.
    """
    check_can_administer(by, "mail.send_again")
    return services.send_again(message_id=message_id, by=by)


@unit_of_work()
def settle_by_phone(*, message_id: UUID, by: PersonRow) -> None:
    """Keep that the person was told by phone.

    Raises:
        Refused: ``by`` may not.
        InvalidTransition: somebody settled it already.
    """
    check_can_administer(by, "mail.settle")
    services.settle_by_phone(message_id=message_id, by=by)


@unit_of_work()
def clear_trouble(*, person: PersonRow, by: PersonRow) -> None:
    """Write to the person's address again.

    Raises:
        Refused: ``by`` may not, or there is no address.
    """
    check_can_administer(by, "address.clear")
    services.clear_trouble(person=person, by=by)


def was_tried() -> bool | Exists:
    """Return the condition that a test was taken by a mail server; without one, there is nothing to ask."""
    return bool(settings.EMAIL_HOST) and Exists(Message.objects.filter(kind=TEST, state=State.SENT))


def note_reading(page: int) -> None:
    """Keep that the list, which names people, was read."""
    record("mail.list", object_type="outbox.message", object_id=f"page-{page}")
