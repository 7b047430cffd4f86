"""The backup of the keys: every key file, encrypted for the recovery sheet; and the key of the data's backups."""

import hashlib
import os
import secrets
from pathlib import Path

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from groupcare.audit.keys import problem, write_once
from groupcare.backup import container, recovery
from groupcare.backup.errors import BackupError
from groupcare.backup.recovery import Sheet
from groupcare.vault import ring

#: The key of the data's backups; it lies with the other keys, and so in their backup.
BACKUP_KEY = "backup.key"
_BYTES = 32
# A sheet that does not count yet, and the demo's printed accounts, are no keys.
_LEFT_OUT = frozenset({recovery.PENDING, "demo-accounts.txt"})


def backup_key() -> bytes:
    """Return the key of the data's backups, made at the first backup.

    Raises:
        BackupError: its file is broken, may be read by others, or cannot be written.
    """
    path = Path(settings.KEYS_DIR) / BACKUP_KEY
    try:
        write_once(path, secrets.token_hex(_BYTES))
    except OSError as failed:
        raise BackupError(f"The key of the backups cannot be written to {path.parent}: {failed.strerror}.") from None
    wrong = problem(path)
    if wrong:
        raise BackupError(wrong)
    return parse_key(path.read_bytes())


def parse_key(text: bytes) -> bytes:
    """Return the key that a key file holds. Raises: BackupError when it holds none."""
    try:
        key = bytes.fromhex(text.decode("ascii").strip())
    except ValueError:
        key = b""
    if len(key) != _BYTES:
        raise BackupError(f"{BACKUP_KEY} holds no key. Restore it from the backup of the keys.")
    return key


def name_of(key: bytes) -> str:
    """Return what names a backup key without telling it."""
    return hashlib.sha256(b"groupcare backup key|" + key).hexdigest()[:16]


def key_files() -> dict[str, bytes]:
    """Return the content of every key file by name; a ring given by the environment stands as its file would.

    Raises:
        BackupError: the key ring is missing or broken.
    """
    backup_key()
    try:
        ring.current()
    except ImproperlyConfigured as missing:
        raise BackupError(str(missing)) from None
    files = sorted(Path(settings.KEYS_DIR).iterdir())
    found = {file.name: file.read_bytes() for file in files if _is_key(file)}
    if ring.from_environment():
        found[ring.FILE] = os.environ["GROUPCARE_VAULT_RING"].encode()
    return found


def newest_change() -> float:
    """Return when a key file was last written, in seconds since 1970; 0 without keys."""
    files = (file for file in Path(settings.KEYS_DIR).glob("*") if _is_key(file))
    return max((file.stat().st_mtime for file in files), default=0.0)


def write(path: Path, sheet: Sheet) -> None:
    """Write every key file into a new backup that the code of ``sheet`` opens. Raises: BackupError."""
    files, key = key_files(), secrets.token_bytes(_BYTES)
    fields = {"sheet": recovery.to_fields(sheet), "key": sheet.wrap(key)}
    with container.create(path, container.KEYS, fields, key) as sealer:
        for name, content in files.items():
            container.write_entry(sealer, name, [content])


def read(path: Path, code: str) -> dict[str, bytes]:
    """Return the key files of a backup.

    Raises:
        BackupError: wrong code, wrong, damaged or newer file.
    """
    with container.reading(path) as (head, source):
        if head.kind != container.KEYS:
            raise BackupError(f"{path.name} is a backup of the data. Name the backup of the keys with --keys.")
        try:
            sheet, wrapped = Sheet(**head.fields["sheet"]), head.fields["key"]
        except (KeyError, TypeError):
            raise BackupError(f"{path.name} is damaged at its beginning. Take another copy.") from None
        opened = container.opener(head, source, sheet.unwrap(wrapped, code))
        return {str(label["name"]): b"".join(pieces) for label, pieces in container.entries(opened)}


def _is_key(file: Path) -> bool:
    return file.is_file() and not file.name.startswith(".") and file.name not in _LEFT_OUT
