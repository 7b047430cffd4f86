"""Reading addresses and messages. Who may read is checked by the higher room that calls."""

from typing import TYPE_CHECKING
from uuid import UUID

from groupcare.outbox.models import Address, Channel, MessageQuerySet
from groupcare.outbox.models import Message as _Message
from groupcare.vault import blind_index

if TYPE_CHECKING:
    from groupcare.accounts.models import Person


def normal(value: str) -> str:
    """Return the address as it is kept and compared: without blanks around it, in lower case."""
    return value.strip().lower()


def address_index(value: str) -> str:
    """Return the blind index of an address, by which it is found without being read."""
    return blind_index("outbox.address", normal(value))


def current_address(person: "Person") -> Address | None:
    """Return where the person is written to now, or None."""
    return Address.objects.current().filter(person=person, channel=Channel.EMAIL).first()


def person_ids_for(value: str) -> frozenset[UUID]:
    """Return the ids of those whose current address this is; several may share one."""
    found = Address.objects.current().filter(channel=Channel.EMAIL, lookup=address_index(value))
    return frozenset(found.values_list("person_id", flat=True))


def unsettled() -> MessageQuerySet:
    """Return the messages that failed or may have been sent, newest first, for those who look after them."""
    return _Message.objects.unsettled()
