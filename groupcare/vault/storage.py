"""Files at rest: sealed documents, evidence and exports, each under its owner's key (foundation F7).

A name says whose key opens the file: ``<owner>/<owner's UUID>/<purpose>/<file's UUID>``. Make one with
``new_name``. The associated data is the name, so a file that was moved does not open.
"""

from __future__ import annotations

import logging
import os
import secrets
import uuid
from pathlib import Path
from typing import IO, Any, NoReturn

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings
from django.core.exceptions import SuspiciousFileOperation
from django.core.files.base import ContentFile, File
from django.core.files.storage import Storage
from django.utils.deconstruct import deconstructible

from groupcare.vault.envelope import OVERHEAD, DecryptionError, Envelope, KeyDestroyed, seal, unseal
from groupcare.vault.kinds import Owner, Purpose

logger = logging.getLogger("groupcare.vault")

_LABEL = "vault.file"
# 32 MB: our choice, because a file is encrypted in memory as one piece.
_MOST = 32 * 1024 * 1024


def new_name(owner: Owner, owner_id: uuid.UUID, purpose: Purpose) -> str:
    """Return a fresh name below which ``EncryptedStorage`` keeps a file of this owner and purpose."""
    return f"{owner.value}/{owner_id}/{purpose.value}/{uuid.uuid4()}"


@deconstructible(path="groupcare.vault.storage.EncryptedStorage")
class EncryptedStorage(Storage):
    """Keeps files encrypted below ``settings.DATA_DIR/files``, readable by their owner only."""

    def __init__(self, location: str | None = None) -> None:
        """Keep where the files lie; by default below the data directory."""
        self._location = location

    @property
    def location(self) -> Path:
        """Return the folder of the files."""
        return Path(self._location) if self._location else Path(settings.DATA_DIR) / "files"

    def _save(self, name: str, content: File[Any]) -> str:
        from groupcare.vault import datakeys

        owner, owner_id, purpose = _parts(name)
        plain = content.read()
        plain = plain.encode() if isinstance(plain, str) else plain
        if len(plain) > _MOST:
            raise ValueError("The file is too large to be encrypted in one piece.")
        key = datakeys.for_writing(owner, owner_id, purpose)
        self._write(self._file(name), seal(key.cipher, key.id, plain, label=_LABEL, row=name))
        return name

    def _open(self, name: str, mode: str = "rb") -> File[Any]:
        if mode != "rb":
            raise ValueError("Encrypted files are read whole, and written with save().")
        envelope = Envelope(self._file(name).read_bytes())
        return ContentFile(self._plain(name, envelope), name=name)

    def _plain(self, name: str, envelope: Envelope) -> bytes:
        from groupcare.vault import datakeys

        try:
            cipher: AESGCM = datakeys.for_reading(envelope.key_id).cipher
            return unseal(cipher, envelope, label=_LABEL, row=name)
        except KeyDestroyed:
            raise
        except DecryptionError:
            logger.critical("vault.decryption_failed", extra={"column": _LABEL, "row": name.rpartition("/")[2]})
            raise

    @staticmethod
    def _write(file: Path, content: bytes) -> None:
        """Write the file whole or not at all; an existing one is never replaced."""
        file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        draft = file.with_name(f".{secrets.token_hex(16)}")
        handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        target: IO[bytes]
        with os.fdopen(handle, "wb") as target:
            target.write(content)
            target.flush()
            os.fsync(target.fileno())
        try:
            os.link(draft, file)
        finally:
            draft.unlink()

    def _file(self, name: str) -> Path:
        _parts(name)
        return self.location / name

    def exists(self, name: str) -> bool:
        """Return whether the file is there."""
        return self._file(name).is_file()

    def size(self, name: str) -> int:
        """Return the length of the plain content in bytes."""
        return self._file(name).stat().st_size - OVERHEAD

    def delete(self, name: str) -> None:
        """Remove the file; absent is fine."""
        self._file(name).unlink(missing_ok=True)

    def get_available_name(self, name: str, max_length: int | None = None) -> str:
        """Return the name itself: names are random, and an existing file is never replaced."""
        return name

    def url(self, name: str | None) -> NoReturn:
        """Refuse: files are served by views that ask who may read them. Raises: NotImplementedError."""
        raise NotImplementedError("Encrypted files have no address of their own.")


def _parts(name: str) -> tuple[Owner, uuid.UUID, Purpose]:
    """Return whose key opens a file.

    Raises:
        SuspiciousFileOperation: the name is not one of ``new_name``.
    """
    try:
        owner, owner_id, purpose, file_id = name.split("/")
        parts = Owner(owner), uuid.UUID(owner_id), Purpose(purpose)
        if f"{owner}/{parts[1]}/{purpose}/{uuid.UUID(file_id)}" != name:
            raise ValueError(name)
    except ValueError:
        raise SuspiciousFileOperation("The file's name does not say whose it is.") from None
    return parts
