"""The envelope: version, data key id, nonce, ciphertext; bound to a label and a row.

AES-256-GCM. The associated data is ``label | primary key | version``, so a ciphertext moved to another
row or column does not open.
"""

import os
from typing import Self
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

#: Version of the envelope's form; its first byte.
VERSION = 1
# Source: NIST SP 800-38D, section 5.2.1.1 (96 bit nonce) and 5.2.1.2 (128 bit tag).
NONCE_BYTES, TAG_BYTES = 12, 16
_KEY_ID = slice(1, 17)
_NONCE = slice(17, 17 + NONCE_BYTES)
#: Bytes that the envelope adds to the plain text.
OVERHEAD = 17 + NONCE_BYTES + TAG_BYTES


class DecryptionError(Exception):
    """A stored value did not open: it was changed, moved, or its key is not the right one.

    Never answered with an empty text: pages show an error and the log carries an alert.
    """


class KeyDestroyed(DecryptionError):
    """The key of a value was destroyed on purpose: the value is erased."""


class Envelope(bytes):
    """Bytes made by ``seal``: the only thing an encrypted column accepts."""

    __slots__ = ()

    @property
    def key_id(self) -> UUID:
        """Return the id of the data key.

        Raises:
            DecryptionError: the bytes are no envelope of a version known here.
        """
        if len(self) < OVERHEAD or self[0] != VERSION:
            raise DecryptionError("The stored value is no envelope of a known version.")
        return UUID(bytes=bytes(self[_KEY_ID]))

    @classmethod
    def pack(cls, key_id: UUID, nonce: bytes, ciphertext: bytes) -> Self:
        """Return the parts as one envelope of the newest version."""
        return cls(bytes([VERSION]) + key_id.bytes + nonce + ciphertext)


def associated_data(label: str, row: object) -> bytes:
    """Return what a ciphertext is bound to: frozen label, primary key, version."""
    return f"{label}|{row}|{VERSION}".encode()


def seal(cipher: AESGCM, key_id: UUID, plain: bytes, *, label: str, row: object) -> Envelope:
    """Return ``plain`` encrypted under a fresh random nonce."""
    nonce = os.urandom(NONCE_BYTES)
    return Envelope.pack(key_id, nonce, encrypt(cipher, nonce, plain, associated_data(label, row)))


def unseal(cipher: AESGCM, envelope: Envelope, *, label: str, row: object) -> bytes:
    """Return the plain bytes of an envelope.

    Raises:
        DecryptionError: it was changed or moved, or the key is another.
    """
    return decrypt(cipher, envelope[_NONCE], envelope[_NONCE.stop :], associated_data(label, row))


def encrypt(cipher: AESGCM, nonce: bytes, plain: bytes, aad: bytes) -> bytes:
    """Return ciphertext and tag; never call it twice with the same nonce and key."""
    return cipher.encrypt(nonce, plain, aad)


def decrypt(cipher: AESGCM, nonce: bytes, ciphertext: bytes, aad: bytes) -> bytes:
    """Return the plain bytes.

    Raises:
        DecryptionError: the tag does not fit.
    """
    try:
        return cipher.decrypt(nonce, ciphertext, aad)
    except InvalidTag:
        raise DecryptionError("The stored value does not open under its key, row and column.") from None
