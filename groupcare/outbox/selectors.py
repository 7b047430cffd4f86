"""Reading addresses and messages. Who may read is checked by the higher room that calls."""

from collections.abc import Iterable
from typing import TYPE_CHECKING
from uuid import UUID

from django.db.models import OuterRef, QuerySet, Subquery
from django.utils import timezone

from groupcare.outbox.models import Address, AddressTrouble, Channel, MessageQuerySet
from groupcare.outbox.models import Message as _Message
from groupcare.outbox.texts import kinds
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


def reachable(person_ids: Iterable[UUID]) -> frozenset[UUID]:
    """Return those of ``person_ids`` who have a current address that we write to."""
    found = Address.objects.current().filter(channel=Channel.EMAIL, person_id__in=list(person_ids))
    return frozenset(found.values_list("person_id", flat=True))


def in_trouble(address: Address) -> bool:
    """Return whether mail to this address was refused for good and nobody said since that it works."""
    last = AddressTrouble.objects.filter(address=address).order_by("-id").first()
    return last is not None and last.source != AddressTrouble.Source.OVER


def last_trouble_of(person_id: OuterRef) -> Subquery:
    """Return the source of the last trouble with a person's current address, for a query of persons or accounts."""
    current = AddressTrouble.objects.filter(
        address__person=person_id, address__ended_at__isnull=True, address__channel=Channel.EMAIL
    )
    return Subquery(current.order_by("-id").values("source")[:1])


def unsettled() -> MessageQuerySet:
    """Return the messages that failed or may have been sent, newest first, for those who look after them."""
    return _Message.objects.unsettled()


def messages_to(person_ids: Iterable[UUID]) -> QuerySet[_Message]:
    """Return what was queued for a person, newest first, without secrets; for the person's own page.

    Args:
        person_ids: all entries of this one person.
    """
    return _Message.objects.filter(recipient__in=list(person_ids)).defer("secret").order_by("-created_at", "pk")


def can_go_again(message: _Message) -> bool:
    """Return whether the same words still make sense: no secret is needed, and the time has not passed."""
    now = timezone.now()
    late = any(moment is not None and moment <= now for moment in (message.expires_at, message.when))
    return not late and not kinds()[message.kind].needs_secret
