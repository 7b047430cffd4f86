"""Secrets of second factors, which a library keeps in a column of its own: sealed by the vault.

The text itself is the envelope: a version, whose it is, and the vault's envelope bound to that account.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any
from uuid import UUID

from groupcare.vault import DecryptionError, open_text, seal_text

VERSION, LABEL = "gc1", "accounts.factor"
_owner: ContextVar[UUID | None] = ContextVar("accounts_secret_owner", default=None)


@contextmanager
def secrets_of(user: Any) -> Iterator[None]:
    """Say whose second factor is read or written, where no signed-in request says it."""
    token = _owner.set(user.pk)
    try:
        yield
    finally:
        _owner.reset(token)


def seal_factor(text: str, *, signed_in: UUID | None) -> str:
    """Return the secret of a second factor, bound to the account it belongs to.

    Raises:
        DecryptionError: nobody said whose secret it is.
    """
    owner = _owner.get() or signed_in
    if owner is None:
        raise DecryptionError("A second factor without an account cannot be kept.")
    return f"{VERSION}:{owner}:{seal_text(LABEL, text, row=owner)}"


def unseal_factor(envelope: str, *, signed_in: UUID | None) -> str:
    """Return the secret of a second factor.

    Raises:
        DecryptionError: the envelope belongs to another account, or is damaged.
    """
    version, _, rest = envelope.partition(":")
    owner, _, sealed = rest.partition(":")
    expected = _owner.get() or signed_in
    if version != VERSION or (expected is not None and owner != str(expected)):
        raise DecryptionError("A second factor belongs to another account.")
    return open_text(LABEL, sealed, row=owner)
