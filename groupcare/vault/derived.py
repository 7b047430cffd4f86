"""Keys derived from the ring's root: blind indexes, token keys, and small texts without an owner."""

import base64
import hashlib
import hmac
from functools import lru_cache
from uuid import UUID

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from groupcare.vault import ring
from groupcare.vault.envelope import DecryptionError, Envelope, seal, unseal

# The place of the data key's id in an envelope whose key is derived.
_DERIVED = UUID(int=0)


def derive_key(label: str) -> bytes:
    """Return 32 bytes that belong to ``label`` alone (HKDF-SHA256, RFC 5869).

    Raises:
        ImproperlyConfigured: the ring is missing.
    """
    return _derive(ring.current().root, label)


@lru_cache(maxsize=128)
def _derive(root: bytes, label: str) -> bytes:
    return HKDF(algorithm=SHA256(), length=32, salt=None, info=b"groupcare|" + label.encode()).derive(root)


def blind_index(label: str, value: str) -> str:
    """Return the hex HMAC-SHA256 of a value under the label's own key, for exact search.

    The caller normalises the value first: two spellings have two indexes.
    """
    return hmac.new(derive_key(f"blind|{label}"), value.encode(), hashlib.sha256).hexdigest()


def seal_text(label: str, value: str, *, row: object = "") -> str:
    """Return a text encrypted under the label's own key, as URL-safe base64.

    For seeds of second factors and the like, which other packages keep in a text column.
    """
    envelope = seal(AESGCM(derive_key(f"text|{label}")), _DERIVED, value.encode(), label=label, row=row)
    return base64.urlsafe_b64encode(envelope).decode()


def open_text(label: str, value: str, *, row: object = "") -> str:
    """Return the text of ``seal_text``.

    Raises:
        DecryptionError: it was changed, or belongs to another label or row.
    """
    try:
        envelope = Envelope(base64.b64decode(value.encode(), altchars=b"-_", validate=True))
    except ValueError:
        raise DecryptionError("The stored value is no envelope.") from None
    if envelope.key_id != _DERIVED:
        raise DecryptionError("The stored value belongs to a data key.")
    return unseal(AESGCM(derive_key(f"text|{label}")), envelope, label=label, row=row).decode()
