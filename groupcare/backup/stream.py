"""Encryption of a file of any length, piece by piece, with AES-256-GCM.

The construction is STREAM: each piece has its number and the mark of the last one in its nonce, so that
pieces cannot be swapped, repeated, left out or cut off at the end. Source: Hoang, Reyhanitabar, Rogaway,
Vizar, "Online Authenticated-Encryption and its Nonce-Reuse Misuse-Resistance", CRYPTO 2015, section 7.
"""

import os
from typing import BinaryIO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from groupcare.backup.errors import BackupError

#: Plain bytes of one piece. Our choice: small enough for any memory, large enough that tags cost nothing.
PIECE = 64 * 1024
# Source: NIST SP 800-38D. The nonce of 12 bytes is a random prefix, a number and the mark of the last piece.
_PREFIX, _TAG = 7, 16
_MOST = 2**32

_CHANGED = "The file was changed or is damaged. Take another copy of the backup."
_CUT = "The file ends too early, or its end is damaged. Copy it again, or take another backup."


class Sealer:
    """Encrypts what is written; without ``finish`` the file does not open."""

    def __init__(self, target: BinaryIO, key: bytes, bound: bytes) -> None:
        """Begin the stream.

        Args:
            target: where the pieces go.
            key: 32 bytes that encrypt this one file and no other.
            bound: what every piece is bound to: the head of the file.
        """
        self._target, self._cipher, self._bound = target, AESGCM(key), bound
        self._prefix, self._number, self._waiting = os.urandom(_PREFIX), 0, bytearray()
        target.write(self._prefix)

    def write(self, plain: bytes | memoryview) -> None:
        """Encrypt more; the last full piece waits, because it may be the last of all."""
        self._waiting += plain
        while len(self._waiting) > PIECE:
            self._seal(bytes(self._waiting[:PIECE]), last=False)
            del self._waiting[:PIECE]

    def finish(self) -> None:
        """Write the last piece."""
        self._seal(bytes(self._waiting), last=True)
        self._waiting.clear()

    def _seal(self, plain: bytes, *, last: bool) -> None:
        nonce = _nonce(self._prefix, self._number, last=last)
        self._target.write(self._cipher.encrypt(nonce, plain, self._bound))
        self._number += 1


class Opener:
    """Decrypts what ``Sealer`` wrote; gives nothing out of a piece that does not fit."""

    def __init__(self, source: BinaryIO, key: bytes, bound: bytes) -> None:
        """Begin to read; the arguments are those of ``Sealer``."""
        self._source, self._cipher, self._bound = source, AESGCM(key), bound
        self._prefix, self._number, self._waiting = source.read(_PREFIX), 0, bytearray()
        self._next = source.read(PIECE + _TAG)
        self.ended = False
        if len(self._prefix) < _PREFIX:
            raise BackupError(_CUT)

    def read(self, size: int) -> bytes:
        """Return exactly ``size`` bytes.

        Raises:
            BackupError: the file was changed, or ends before them.
        """
        while len(self._waiting) < size:
            if self.ended:
                raise BackupError(_CUT)
            self._open()
        found = bytes(self._waiting[:size])
        del self._waiting[:size]
        return found

    def at_end(self) -> bool:
        """Return whether everything was read, up to the piece that says that it is the last.

        Raises:
            BackupError: the file was changed or cut off.
        """
        while not self._waiting and not self.ended:
            self._open()
        return not self._waiting

    def _open(self) -> None:
        piece, self._next = self._next, self._source.read(PIECE + _TAG)
        last = not self._next
        try:
            self._waiting += self._cipher.decrypt(_nonce(self._prefix, self._number, last=last), piece, self._bound)
        except InvalidTag:
            raise BackupError(_CUT if last and self._fits(piece) else _CHANGED) from None
        self._number += 1
        self.ended = last

    def _fits(self, piece: bytes) -> bool:
        """Return whether the piece is genuine but not the last one: the file was cut between two pieces."""
        try:
            self._cipher.decrypt(_nonce(self._prefix, self._number, last=False), piece, self._bound)
        except InvalidTag:
            # Cut inside of a piece: shorter than one, and nothing follows.
            return len(piece) < PIECE + _TAG
        return True


def _nonce(prefix: bytes, number: int, *, last: bool) -> bytes:
    if number >= _MOST:
        raise BackupError("The backup is too large for one file (256 TiB).")
    return prefix + number.to_bytes(4, "big") + (b"\x01" if last else b"\x00")
