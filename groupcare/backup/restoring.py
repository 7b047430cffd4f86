"""Restoring into an empty place: everything is opened and checked first, then put in place, or nothing is."""

import json
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor

from groupcare.audit import checkpoints
from groupcare.audit.keys import write_once
from groupcare.backup import container, keyfile
from groupcare.backup.errors import BackupError
from groupcare.backup.loading import loader
from groupcare.backup.making import CHECKPOINTS, FILES, MANIFEST
from groupcare.backup.stream import Opener
from groupcare.vault import EncryptedStorage

_VENDORS = {"sqlite": "SQLite", "postgresql": "PostgreSQL"}
# Made by starting any command in an empty place; it signs sessions only and gives way to the restored one.
_GIVES_WAY = "session.key"


@dataclass
class Restored:
    """What came back, for the report."""

    manifest: dict[str, Any]
    keys: list[str]
    files: int = 0

    @property
    def rows(self) -> int:
        """Return how many rows came back."""
        return sum(self.manifest["counts"].values())


@dataclass
class _Placed:
    """How to take back what was put in place so far."""

    undo: list[Callable[[], object]] = field(default_factory=list)

    def take_back(self) -> None:
        for step in reversed(self.undo):
            step()


def restore(*, data: Path, keys: Path, code: str) -> Restored:
    """Restore a practice into an empty place and bring its triggers and newer migrations.

    Args:
        data: the backup of the data.
        keys: the backup of the keys.
        code: the code of the recovery sheet.

    Raises:
        BackupError: the place is not empty, the code is wrong, a file does not fit, or the database failed.
    """
    _check_empty()
    found = keyfile.read(keys, code)
    _check_keys(found)
    key = keyfile.parse_key(found.get(keyfile.BACKUP_KEY, b""))
    placed = _Placed()
    try:
        with container.reading(data) as (head, source), _scratch() as scratch:
            _check_head(head, data, key)
            return _restore(container.opener(head, source, key), found, scratch, placed)
    except (DatabaseError, OSError) as problem:
        placed.take_back()
        raise BackupError(f"Nothing was restored: {problem}") from problem
    except BaseException:
        placed.take_back()
        raise


def _restore(opened: Opener, keys: dict[str, bytes], scratch: Path, placed: _Placed) -> Restored:
    entries = container.entries(opened)
    label, pieces = next(entries, ({"name": ""}, iter(())))
    if label["name"] != MANIFEST:
        raise BackupError("The backup does not begin with its manifest. Take another one.")
    restored = Restored(json.loads(b"".join(pieces)), sorted(keys))
    _check_manifest(restored.manifest)
    with loader(scratch, restored.manifest) as database:
        for label, pieces in entries:
            if str(label["name"]).startswith((FILES, CHECKPOINTS)):
                restored.files += _write(scratch / label["name"], pieces)
            else:
                database.take(label, pieces)
        database.finish()
        # The database waits for its last step only; now the rest goes into place.
        _place(scratch, keys, placed)
    return restored


# --- what is refused before anything is written --------------------------------------------------------------
def _check_empty() -> None:
    with connection.cursor() as cursor:
        tables = connection.introspection.table_names(cursor)
    connection.close()
    if tables:
        raise BackupError("The database is not empty. Restore into an empty one, so that nothing is written over.")
    for folder in (EncryptedStorage().location, checkpoints.folder()):
        if folder.is_dir() and any(folder.iterdir()):
            raise BackupError(f"{folder} is not empty. Restore into an empty place, so that nothing is written over.")


def _check_keys(found: dict[str, bytes]) -> None:
    """Refuse to write over keys; the very same ones may lie there already."""
    for name, content in found.items():
        file = Path(settings.KEYS_DIR) / name
        if name != _GIVES_WAY and file.exists() and file.read_bytes() != content:
            raise BackupError(f"Other keys lie in {file.parent} already ({name}). Restore into an empty place.")


def _check_head(head: container.Head, data: Path, key: bytes) -> None:
    if head.kind != container.DATA:
        raise BackupError(f"{data.name} is a backup of the keys. Name the backup of the data with --data.")
    if head.fields.get("key") != keyfile.name_of(key):
        raise BackupError("These two files do not belong together: the data was backed up under other keys.")


def _check_manifest(manifest: dict[str, Any]) -> None:
    here, there = connection.vendor, str(manifest["database"])
    if here != there:
        raise BackupError(
            f"This backup was made on {_VENDORS.get(there, there)} and this installation runs on {_VENDORS[here]}. "
            "Restore it on the same kind of database."
        )
    if manifest["is_demo"] is not None and manifest["is_demo"] != settings.DEMO:
        raise BackupError(f"Set GROUPCARE_DEMO={int(manifest['is_demo'])}: what the backup holds is not what is set.")
    known = MigrationExecutor(connection).loader.disk_migrations or {}
    connection.close()
    if [node for node in manifest["migrations"] if tuple(node) not in known]:
        raise BackupError("The backup was made by a newer GroupCare. Install that version first, then restore.")


# --- files -------------------------------------------------------------------------------------------------------
@contextmanager
def _scratch() -> Iterator[Path]:
    """Yield a folder on the disk of the data, gone afterwards."""
    Path(settings.DATA_DIR).mkdir(parents=True, exist_ok=True, mode=0o700)
    with tempfile.TemporaryDirectory(dir=settings.DATA_DIR, prefix=".restore-") as folder:
        yield Path(folder)


def _write(file: Path, pieces: Iterator[bytes]) -> int:
    """Write one file; an empty entry stands for one that was deleted while the backup was made."""
    if ".." in file.parts:
        raise BackupError("The backup names a file outside of its place. Take another one.")
    first = next(pieces, b"")
    if not first:
        return 0
    file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as target:
        target.write(first)
        for piece in pieces:
            target.write(piece)
        target.flush()
        os.fsync(target.fileno())
    return 1


def _place(scratch: Path, keys: dict[str, bytes], placed: _Placed) -> None:
    """Put keys, files and checkpoints where they belong, and remember how to take them back."""
    Path(settings.KEYS_DIR).mkdir(parents=True, exist_ok=True, mode=0o700)
    for name, content in keys.items():
        file = Path(settings.KEYS_DIR) / name
        if name == _GIVES_WAY:
            file.unlink(missing_ok=True)
        if write_once(file, content.decode("ascii")):
            placed.undo.append(file.unlink)
    for prefix, home in ((FILES, EncryptedStorage().location), (CHECKPOINTS, checkpoints.folder())):
        if (scratch / prefix).is_dir():
            if home.is_dir():
                home.rmdir()
            (scratch / prefix).rename(home)
            placed.undo.append(lambda folder=home: shutil.rmtree(folder))  # type: ignore[misc]
