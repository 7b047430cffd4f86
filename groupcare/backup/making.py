"""Making of backups: the data in one file, the keys in another, never both in one."""

import json
import secrets
import tomllib
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection
from django.utils import timezone

from groupcare.audit import checkpoints, record, unit_of_work
from groupcare.backup import container, keyfile, recovery, snapshot
from groupcare.backup.errors import BackupError
from groupcare.backup.recovery import Sheet
from groupcare.vault import EncryptedStorage

MANIFEST, FILES, CHECKPOINTS = "manifest.json", "files/", "checkpoints/"
#: Words of the trail: is the backup on another disk than the practice?
ELSEWHERE, SAME_DISK = "other_disk", "same_disk"


def back_up_data(folder: Path) -> Path:
    """Write a backup of the data into ``folder``, note it in the trail, and return its path.

    Raises:
        BackupError: the folder lies below the data, cannot be written, or its disk is full.
    """
    _check_place(folder)
    path = folder / _name(container.DATA)
    write_data(path)
    _note(container.DATA, path)
    return path


def back_up_keys(folder: Path) -> Path:
    """Write a backup of the keys into ``folder``, note it in the trail, and return its path.

    Raises:
        BackupError: as ``back_up_data``, or there is no recovery sheet to encrypt for.
    """
    _check_place(folder)
    sheet = recovery.current()
    if sheet is None:
        raise BackupError(
            "The keys were not backed up: nothing could ever open them. Make the recovery sheet first: "
            "manage.py recovery_sheet, or Settings, First run."
        )
    path = folder / _name(container.KEYS)
    write_keys(path, sheet)
    _note(container.KEYS, path)
    return path


def write_data(path: Path) -> None:
    """Write the database, the encrypted files and the signed checkpoints to a new file. Raises: BackupError."""
    key = keyfile.backup_key()
    fields = {"key": keyfile.name_of(key)}
    # Before the snapshot: a checkpoint speaks of events that the database of its time holds already.
    signed = sorted(checkpoints.folder().glob("*.json"))
    with snapshot.take() as found, container.create(path, container.DATA, _salted(fields), key) as sealer:
        container.write_entry(sealer, MANIFEST, [json.dumps(_manifest(found)).encode()])
        for name, about, pieces in found.entries:
            container.write_entry(sealer, name, pieces, **about)
        # After the snapshot: a file is written before the row that names it, and never changed.
        for name, file in [*_below(EncryptedStorage().location, FILES), *((CHECKPOINTS + f.name, f) for f in signed)]:
            container.write_entry(sealer, name, _content(file))


def write_keys(path: Path, sheet: Sheet) -> None:
    """Write the keys to a new file that the code of ``sheet`` opens. Raises: BackupError."""
    keyfile.write(path, sheet)


def _manifest(found: snapshot.Snapshot) -> dict[str, Any]:
    return {
        "format": container.FORMAT,
        "made_at": timezone.now().isoformat(),
        "version": _version(),
        "commit": _commit(),
        "database": connection.vendor,
        "is_demo": found.is_demo,
        "migrations": found.migrations,
        "trail": found.trail,
        "counts": found.counts,
        "sequences": found.sequences,
    }


def _below(folder: Path, prefix: str) -> Iterator[tuple[str, Path]]:
    for file in sorted(folder.rglob("*")):
        # Drafts of a file that is just being written begin with a dot.
        if file.is_file() and not file.name.startswith("."):
            yield prefix + file.relative_to(folder).as_posix(), file


def _content(path: Path) -> Iterator[bytes]:
    """Yield a file's content; one that was deleted meanwhile is left out as an empty entry."""
    try:
        file = path.open("rb")
    except FileNotFoundError:
        return
    with file:
        yield from container.pieces_of(file)


def _check_place(folder: Path) -> None:
    inside = folder.resolve()
    for name, place in (("data", Path(settings.DATA_DIR)), ("keys", Path(settings.KEYS_DIR))):
        if inside.is_relative_to(place.resolve()):
            raise BackupError(f"{folder} lies below the {name} of the practice. Name another folder, on another disk.")


def _note(kind: str, path: Path) -> None:
    """Write into the trail that a backup was made, and whether it lies on another disk than the practice."""
    home = Path(settings.DATA_DIR if kind == container.DATA else settings.KEYS_DIR)
    where = ELSEWHERE if path.stat().st_dev != home.stat().st_dev else SAME_DISK
    with unit_of_work():
        record("backup.make", object_type="backup", object_id=kind, purpose=where)


def _salted(fields: dict[str, Any]) -> dict[str, Any]:
    """Return the head's fields with a fresh salt, so that each file has a key of its own."""
    return {**fields, "salt": secrets.token_hex(16)}


def _name(kind: str) -> str:
    now: datetime = timezone.now()
    return f"groupcare-{kind}-{now:%Y%m%dT%H%M%S%f}Z.gcb"


def _version() -> str:
    try:
        text = (Path(settings.BASE_DIR) / "pyproject.toml").read_text(encoding="utf-8")
        return str(tomllib.loads(text)["project"]["version"])
    except (OSError, ValueError, KeyError):
        return ""


def _commit() -> str:
    """Return the commit of a checkout, or an empty text."""
    git = Path(settings.BASE_DIR) / ".git"
    try:
        head = (git / "HEAD").read_text(encoding="utf-8").strip()
        return (git / head[5:]).read_text(encoding="utf-8").strip() if head.startswith("ref: ") else head
    except OSError:
        return ""
