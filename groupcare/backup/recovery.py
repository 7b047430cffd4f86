"""The recovery sheet: a code that opens the backups of the keys, kept by nobody but its holder.

The installation keeps a public key that belongs to the code (X25519, from Argon2id over the code). It can
encrypt for the sheet at any time and compare a typed code with it, and it can open nothing.
"""

import json
import secrets
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from argon2.low_level import Type, hash_secret_raw
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hpke
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from django.conf import settings
from django.utils import timezone

from groupcare.audit import record, unit_of_work
from groupcare.audit.keys import write_once
from groupcare.backup import codes
from groupcare.backup.errors import BackupError

FILE, PENDING = "recovery.json", "recovery-new.json"
# Source: RFC 9106, section 4, second recommended option: t=3, p=4, 64 MiB, a salt of 128 bits.
_COST = {"time_cost": 3, "memory_cost": 65536, "parallelism": 4}
# Source: RFC 9180 (HPKE), DHKEM(X25519, HKDF-SHA256), HKDF-SHA256, AES-256-GCM.
_SUITE = hpke.Suite(hpke.KEM.X25519, hpke.KDF.HKDF_SHA256, hpke.AEAD.AES_256_GCM)
_INFO = b"groupcare recovery sheet 1"


class Unwritable(BackupError):
    """The folder of the keys cannot be written from here."""


@dataclass(frozen=True)
class Sheet:
    """What is kept of a recovery sheet: enough to encrypt for it, not to open anything."""

    public: str
    salt: str
    made_at: str

    def wrap(self, key: bytes) -> str:
        """Return ``key`` encrypted for whoever holds the code, as hexadecimal text."""
        public = X25519PublicKey.from_public_bytes(bytes.fromhex(self.public))
        return _SUITE.encrypt(key, public, _INFO).hex()

    def unwrap(self, wrapped: str, code: str) -> bytes:
        """Return the key that ``wrap`` encrypted.

        Raises:
            BackupError: the code is wrong, or the file was changed.
        """
        private = self._private(code)
        if private is None:
            raise BackupError(f"This code does not open the keys. They need the sheet made at {self.made_at[:16]} UTC.")
        try:
            return bytes(_SUITE.decrypt(bytes.fromhex(wrapped), private, _INFO))
        except (InvalidTag, ValueError):
            raise BackupError("The file of the keys was changed or is damaged. Take another copy.") from None

    def fits(self, code: str) -> bool:
        """Return whether a typed code is the one on the sheet. Raises: BackupError when it is no code at all."""
        return self._private(code) is not None

    def _private(self, code: str) -> X25519PrivateKey | None:
        private = _private_key(codes.normal(code), bytes.fromhex(self.salt))
        return private if private.public_key().public_bytes_raw().hex() == self.public else None


def new_sheet() -> tuple[Sheet, str]:
    """Return a new sheet and its code; nothing is kept yet."""
    code, salt = codes.new_code(), secrets.token_bytes(16)
    public = _private_key(codes.normal(code), salt).public_key().public_bytes_raw().hex()
    return Sheet(public, salt.hex(), timezone.now().isoformat()), code


def make_sheet() -> str:
    """Make a sheet and return its code, shown once. It counts when it was typed back; until then the old one does.

    Raises:
        BackupError: the folder of the keys cannot be written.
    """
    sheet, code = new_sheet()
    with unit_of_work():
        record("recovery_sheet.make", object_type="backup", object_id="sheet", result="made")
        _keep(sheet)
    return code


def confirm(code: str) -> bool:
    """Let the newest sheet count if ``code`` is the one on it; return whether it is.

    Raises:
        BackupError: there is no new sheet, the code has a slip in it, or the keys' folder cannot be written.
    """
    sheet = pending()
    if sheet is None:
        raise BackupError("There is no new sheet to confirm. Make one first.")
    if not sheet.fits(code):
        return False
    with unit_of_work():
        record("recovery_sheet.confirm", object_type="backup", object_id="sheet")
        try:
            _path(PENDING).replace(_path(FILE))
        except OSError as problem:
            raise Unwritable(_unwritable(problem)) from None
    return True


def current() -> Sheet | None:
    """Return the sheet that counts, or None."""
    return _read(_path(FILE))


def pending() -> Sheet | None:
    """Return the sheet that waits to be typed back, or None."""
    return _read(_path(PENDING))


def to_fields(sheet: Sheet) -> dict[str, Any]:
    """Return the sheet as the head of a file keeps it."""
    return asdict(sheet)


def _keep(sheet: Sheet) -> None:
    """Write the sheet beside the keys, in place of one that was never typed back."""
    draft = _path(f".{PENDING}.{secrets.token_hex(8)}")
    try:
        write_once(draft, json.dumps(asdict(sheet)))
        draft.replace(_path(PENDING))
    except OSError as problem:
        raise Unwritable(_unwritable(problem)) from None


def _unwritable(problem: OSError) -> str:
    return (
        f"The folder of the keys cannot be written from here ({problem.strerror}). "
        "Run manage.py recovery_sheet on the server, as the user who owns the keys."
    )


def _read(path: Path) -> Sheet | None:
    try:
        return Sheet(**json.loads(path.read_text(encoding="utf-8")))
    except FileNotFoundError:
        return None
    except (OSError, ValueError, TypeError):
        raise BackupError(f"{path.name} cannot be read. Restore it, or remove it and make a new sheet.") from None


def _path(name: str) -> Path:
    return Path(settings.KEYS_DIR) / name


def _private_key(code: str, salt: bytes) -> X25519PrivateKey:
    seed = hash_secret_raw(code.encode(), salt, hash_len=32, type=Type.ID, **_COST)
    return X25519PrivateKey.from_private_bytes(seed)
