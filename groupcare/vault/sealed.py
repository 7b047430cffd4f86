"""What an encrypted attribute holds before it is read, and the descriptor that opens it."""

from typing import TYPE_CHECKING, Any

from django.db.models.query_utils import DeferredAttribute

from groupcare.vault.envelope import Envelope

if TYPE_CHECKING:
    from groupcare.vault.fields import EncryptedField


class Sealed:
    """A value as it lies in the database, with the row it was read from."""

    __slots__ = ("envelope", "opened", "row")

    def __init__(self, envelope: Envelope) -> None:
        self.envelope = envelope
        self.row: Any = None
        # [the serialised text, the value]: empty until somebody reads it.
        self.opened: list[Any] = []

    def __repr__(self) -> str:
        return "<sealed>"

    def __reduce__(self) -> tuple[Any, ...]:
        """Pickle the envelope only: what was opened stays in this process."""
        return _unpickle, (bytes(self.envelope), self.row)


def _unpickle(envelope: bytes, row: Any) -> Sealed:
    sealed = Sealed(Envelope(envelope))
    sealed.row = row
    return sealed


class LazyValue(DeferredAttribute):
    """The attribute on the model: opens the envelope when it is read."""

    field: "EncryptedField[Any, Any]"

    def __get__(self, instance: Any, cls: Any = None) -> Any:
        """Return the plain value.

        Raises:
            DecryptionError: it does not open.
        """
        if instance is None:
            return self
        value = instance.__dict__.get(self.field.attname, self)
        if value is self:
            value = super().__get__(instance, cls)
        return self.field.opened(instance, value) if isinstance(value, Sealed) else value

    def __set__(self, instance: Any, value: Any) -> None:
        """Keep a plain value to be sealed on save, or an envelope that was just loaded."""
        if isinstance(value, Sealed):
            value.row = instance.__dict__.get(instance._meta.pk.attname)
        else:
            before = instance.__dict__.get(self.field.attname)
            # Cleaning and refreshing set the same value again: the envelope stays as it is.
            if isinstance(before, Sealed) and before.opened and _same(before.opened[1], value):
                return
        instance.__dict__[self.field.attname] = value


def _same(one: Any, other: Any) -> bool:
    return one is other or (isinstance(one, str) and type(one) is type(other) and one == other)
