"""The file of a backup: a head in clear, then an encrypted stream of named entries.

The head says which format, which of the two kinds, and which key opens it; nothing of the practice.
"""

import errno
import json
import os
import secrets
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from groupcare.backup.errors import BackupError
from groupcare.backup.stream import PIECE, Opener, Sealer

#: Raised when an older GroupCare could not read the file any more.
FORMAT = 1
DATA, KEYS = "data", "keys"
_MAGIC = b"GroupCare backup "
_LONGEST_HEAD = 64 * 1024
_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}


@dataclass(frozen=True)
class Head:
    """What stands in clear at the beginning of a file, and its exact bytes, to which every piece is bound."""

    kind: str
    fields: dict[str, Any]
    raw: bytes


@contextmanager
def create(path: Path, kind: str, fields: dict[str, Any], key: bytes) -> Iterator[Sealer]:
    """Write a new backup file: it appears whole, readable by its owner only, or not at all.

    Raises:
        BackupError: it is there already, the disk is full, or the folder cannot be written.
    """
    body = json.dumps({"kind": kind, **fields}, sort_keys=True).encode()
    head = _MAGIC + f"{FORMAT}\n".encode() + len(body).to_bytes(4, "big") + body
    draft = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "wb") as target:
            target.write(head)
            sealer = Sealer(target, file_key(key, head), head)
            yield sealer
            sealer.finish()
            target.flush()
            os.fsync(target.fileno())
        os.link(draft, path)
        _settle(path.parent)
    except OSError as problem:
        raise BackupError(_said(problem, path.parent)) from problem
    finally:
        draft.unlink(missing_ok=True)


@contextmanager
def reading(path: Path) -> Iterator[tuple[Head, BinaryIO]]:
    """Open a backup file; yields its head and the rest, to be opened with ``opener``.

    Raises:
        BackupError: it is not there, is no backup, or was made by a newer GroupCare.
    """
    try:
        source = path.open("rb")
    except OSError as problem:
        raise BackupError(f"{path} cannot be read: {problem.strerror}. Name the file with its folder.") from None
    with source:
        yield _head(source, path), source


def opener(head: Head, source: BinaryIO, key: bytes) -> Opener:
    """Return the decrypted rest of a file."""
    return Opener(source, file_key(key, head.raw), head.raw)


def file_key(key: bytes, head: bytes) -> bytes:
    """Return the key of one file: HKDF-SHA256 (RFC 5869) over its head, which holds a fresh salt."""
    return HKDF(algorithm=SHA256(), length=32, salt=None, info=b"groupcare backup 1|" + head).derive(key)


def write_entry(sealer: Sealer, name: str, pieces: Iterable[bytes | memoryview], **about: Any) -> None:
    """Write one named entry of unknown length."""
    label = json.dumps({"name": name, **about}).encode()
    sealer.write(len(label).to_bytes(4, "big") + label)
    for piece in pieces:
        if len(piece):
            sealer.write(len(piece).to_bytes(4, "big"))
            sealer.write(piece)
    sealer.write(bytes(4))


def entries(source: Opener) -> Iterator[tuple[dict[str, Any], Iterator[bytes]]]:
    """Yield each entry with its pieces; read them all before the next."""
    while not source.at_end():
        label = json.loads(source.read(int.from_bytes(source.read(4), "big")))
        pieces = _pieces(source)
        yield label, pieces
        for _ in pieces:  # whatever the reader left
            pass


def pieces_of(file: BinaryIO) -> Iterator[bytes]:
    """Yield a file piece by piece."""
    while piece := file.read(PIECE):
        yield piece


def _pieces(source: Opener) -> Iterator[bytes]:
    while size := int.from_bytes(source.read(4), "big"):
        yield source.read(size)


def _head(source: BinaryIO, path: Path) -> Head:
    first = source.readline(len(_MAGIC) + 8)
    number = first.removeprefix(_MAGIC).strip()
    if not first.startswith(_MAGIC) or not number.isdigit():
        raise BackupError(f"{path.name} is no backup of GroupCare. Name a file that manage.py backup has written.")
    if int(number) > FORMAT:
        raise BackupError(f"{path.name} was made by a newer GroupCare. Install that version first, then restore.")
    size = source.read(4)
    body = source.read(min(int.from_bytes(size, "big"), _LONGEST_HEAD))
    try:
        fields = json.loads(body)
        kind = fields.pop("kind")
    except (ValueError, KeyError, AttributeError):
        raise BackupError("The file was changed or is damaged. Take another copy of the backup.") from None
    return Head(kind, fields, first + size + body)


def _settle(folder: Path) -> None:
    """Write the folder's own entry to the disk."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _said(problem: OSError, folder: Path) -> str:
    if problem.errno in _FULL:
        return f"The disk of {folder} is full, and no half backup was left there. Free some space or name another disk."
    return f"The backup could not be written to {folder}: {problem.strerror}. Name a folder that can be written."
