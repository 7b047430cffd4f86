"""Keeping where a person is written to."""

from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils import timezone
from django.utils.translation import gettext as _

from groupcare.audit import record, unit_of_work
from groupcare.outbox.models import Address, Channel
from groupcare.outbox.selectors import address_index, normal

if TYPE_CHECKING:
    from groupcare.accounts.models import Person


@unit_of_work()
def set_address(*, person: "Person", value: str, by: "Person", verified: bool = False, safe: bool = True) -> Address:
    """Return the person's current address, which is ``value`` from now on; another one is ended.

    Who may change it is checked by the calling service: the person, or an administrator.

    Args:
        person: whose address it is.
        value: an e-mail address; kept in lower case.
        by: who sets it.
        verified: the person has shown that they read it.
        safe: the person may be written to there; messages are held back when not.

    Raises:
        ValidationError: ``value`` is no e-mail address.
    """
    plain = _checked(value)
    now = timezone.now()
    current = (
        Address.objects.current().select_for_update(no_key=True).filter(person=person, channel=Channel.EMAIL).first()
    )
    if current is not None and current.lookup == address_index(plain):
        return _confirm(current, verified=verified, safe=safe)
    if current is not None:
        _end(current)
    address = _keep(Address(person=person, value=plain, is_safe=safe, verified_at=now if verified else None))
    record("address.set", object_type="outbox.address", object_id=address.pk)
    return address


@unit_of_work()
def propose_address(*, person: "Person", value: str, by: "Person") -> Address:
    """Return an address that is written to once, for its owner to confirm; an older proposal is ended.

    The current address stays what it is. Who may propose one is checked by the calling service.

    Raises:
        ValidationError: ``value`` is no e-mail address.
    """
    plain = _checked(value)
    for older in (
        Address.objects.current().select_for_update(no_key=True).filter(person=person, channel=Channel.PROPOSED)
    ):
        _end(older)
    address = _keep(Address(person=person, value=plain, channel=Channel.PROPOSED))
    record("address.propose", object_type="outbox.address", object_id=address.pk)
    return address


@unit_of_work()
def end_proposal(*, address: Address) -> None:
    """End a proposed address: it was taken, or will not be."""
    row = (
        Address.objects.current().select_for_update(no_key=True).filter(pk=address.pk, channel=Channel.PROPOSED).first()
    )
    if row is not None:
        _end(row)


def _checked(value: str) -> str:
    """Return the address as it is kept, or raise ValidationError when it is none."""
    plain = normal(value)
    try:
        validate_email(plain)
    except ValidationError:
        raise ValidationError({"value": _("Write an e-mail address, for example name@example.org.")}) from None
    return plain


def _keep(address: Address) -> Address:
    """Write a new address."""
    address.lookup = address_index(address.value)
    address.full_clean(exclude=["value"])
    address.save(force_insert=True)
    return address


def _end(address: Address) -> None:
    """End an address; it stays as history."""
    Address.objects.filter(pk=address.pk).update(ended_at=timezone.now())
    record("address.end", object_type="outbox.address", object_id=address.pk)


def _confirm(address: Address, *, verified: bool, safe: bool) -> Address:
    """Return the same address with what is newly known about it."""
    known = (address.is_safe, address.verified_at)
    address.is_safe = safe
    if verified and address.verified_at is None:
        address.verified_at = timezone.now()
    if known != (address.is_safe, address.verified_at):
        Address.objects.filter(pk=address.pk).update(is_safe=address.is_safe, verified_at=address.verified_at)
        record("address.confirm", object_type="outbox.address", object_id=address.pk)
    return address


@unit_of_work()
def end_address(*, person: "Person", by: "Person") -> None:
    """End the person's current address; messages without one fail visibly instead of going astray."""
    for address in Address.objects.current().select_for_update(no_key=True).filter(person=person):
        _end(address)
