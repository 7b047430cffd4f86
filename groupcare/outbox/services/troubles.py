"""Mail that does not arrive: what is kept with an address, and what a person did about a message."""

from datetime import timedelta
from typing import TYPE_CHECKING
from uuid import UUID, uuid4

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from groupcare.audit import record, unit_of_work
from groupcare.exceptions import InvalidTransition, Refused
from groupcare.outbox.bounces import read_report
from groupcare.outbox.compose import message_id
from groupcare.outbox.models import Address, AddressTrouble, Message, Settlement, State
from groupcare.outbox.selectors import can_go_again, current_address

if TYPE_CHECKING:
    from groupcare.accounts.models import Person

# Source: RFC 5321 section 4.5.4.1: a server gives up after four to five days. Our choice: twice that and more.
BOUNCES_WITHIN = timedelta(days=14)


@unit_of_work()
def note_refusal(*, message: Message, code: str) -> AddressTrouble | None:
    """Keep that the server refused this message's address for good, and return the row.

    Args:
        message: what was refused.
        code: the number that the server answered.
    """
    return _note(_address_of(message), AddressTrouble.Source.DELIVERY, code)


@unit_of_work()
def clear_trouble(*, person: "Person", by: "Person") -> None:
    """Keep that the person's current address works again; who may say so is checked by the calling service."""
    address = current_address(person)
    if address is None:
        raise Refused("address.clear", "person", person.pk)
    row = AddressTrouble(address=address, source=AddressTrouble.Source.OVER, by=by)
    row.save()
    record("address.clear", object_type="outbox.address", object_id=address.pk)


@unit_of_work()
def read_bounce(*, content: bytes) -> AddressTrouble | None:
    """Take a mail server's report (RFC 3464), and return what it says about an address of ours.

    Returns:
        None when the report is about nothing we sent, or not about a refusal for good.
    """
    status, about = read_report(content)
    found = _message_of(about) if status and about else None
    if found is None:
        return None
    return _note(_address_of(found), AddressTrouble.Source.BOUNCE, status)


@unit_of_work()
def send_again(*, message_id: UUID, by: "Person") -> Message:
    """Queue the same occasion anew under a key of its own, settle the old message, and return the new one.

    Who may is checked by the calling service.

    Raises:
        InvalidTransition: somebody settled it already, or it is not one that waits for that.
        ValidationError: it would come too late, or it carried a secret that is gone.
    """
    old = _unsettled(message_id)
    if not can_go_again(old):
        raise ValidationError(_("This cannot be sent again: its time or its link is over. Settle it by phone."))
    _settle(old, Settlement.How.SENT_AGAIN, by)
    copied = ("recipient_id", "kind", "klass", "link_kind", "link_object", "link_issue", "when", "expires_at")
    again = Message(
        idempotence_key=f"again:{uuid4()}", due_at=timezone.now(), **{name: getattr(old, name) for name in copied}
    )
    again.save(force_insert=True)
    record("message.queue", object_type="outbox.message", object_id=again.pk)
    return again


@unit_of_work()
def settle_by_phone(*, message_id: UUID, by: "Person") -> None:
    """Keep that somebody told the person by phone. Who may is checked by the calling service.

    Raises:
        InvalidTransition: somebody settled it already, or it is not one that waits for that.
    """
    _settle(_unsettled(message_id), Settlement.How.BY_PHONE, by)


def _unsettled(message_id: UUID) -> Message:
    """Return the locked message, which failed or may have been sent."""
    found = Message.objects.select_for_update(no_key=True).filter(pk=message_id).first()
    if found is None or found.state not in (State.FAILED, State.MAY_HAVE_BEEN_SENT):
        raise InvalidTransition(_("This message does not wait for anybody any more."))
    return found


def _settle(message: Message, how: Settlement.How, by: "Person") -> None:
    """Write who settled it; of two at the same moment the key lets one in."""
    try:
        with transaction.atomic():
            Settlement.objects.create(message=message, how=how, by=by)
    except IntegrityError:
        raise InvalidTransition(_("Somebody settled this already.")) from None
    record("message.settle", object_type="outbox.message", object_id=message.pk, purpose=str(how))


def _note(address: Address | None, source: AddressTrouble.Source, code: str) -> AddressTrouble | None:
    """Write one row about an address that is still used."""
    if address is None or address.ended_at is not None:
        return None
    row = AddressTrouble(address=address, source=source, code=code)
    row.save()
    record("address.trouble", object_type="outbox.address", object_id=address.pk, purpose=str(source))
    return row


def _address_of(message: Message) -> Address | None:
    """Return where the message went: its own address, or the one in use that is older than the message's sending."""
    if message.address is not None:
        return message.address
    found = current_address(message.recipient)
    sent = message.sending_at or message.created_at
    return found if found is not None and found.created_at <= sent else None


def _message_of(reported: str) -> Message | None:
    """Return the message with this Message-ID: none is kept, so those of the last days are asked for theirs."""
    since = timezone.now() - BOUNCES_WITHIN
    recent = Message.objects.filter(sending_at__gte=since).only("pk", "idempotence_key").order_by("-sending_at")
    match = next((row.pk for row in recent.iterator() if message_id(row) == reported), None)
    return Message.objects.select_related("recipient", "address").filter(pk=match).first() if match else None
