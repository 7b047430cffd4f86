"""The trail's own keys: files outside the database, readable by their owner only.

``trail.key`` (HMAC of the chain) and ``checkpoint.key`` (Ed25519 seed of the signed checkpoints) lie
in ``settings.KEYS_DIR``. They are hexadecimal text of 32 bytes.
"""

import os
import secrets
import stat
from functools import lru_cache
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

TRAIL, CHECKPOINT = "trail.key", "checkpoint.key"

# 256 bits. Source: FIPS 198-1 (a key as long as the hash), RFC 8032 section 5.1.5 (a 32 byte seed).
_BYTES = 32


def trail_key() -> bytes:
    """Return the key of the chain.

    Raises:
        ImproperlyConfigured: the file is missing or no key; the message names the fix.
    """
    return _load(Path(settings.KEYS_DIR) / TRAIL)


def checkpoint_key() -> Ed25519PrivateKey:
    """Return the key that signs checkpoints.

    Raises:
        ImproperlyConfigured: the file is missing or no key; the message names the fix.
    """
    return Ed25519PrivateKey.from_private_bytes(_load(Path(settings.KEYS_DIR) / CHECKPOINT))


def make_missing() -> list[str]:
    """Write the key files that are not there yet, mode 0600, and return their names."""
    return [name for name in (TRAIL, CHECKPOINT) if write_once(Path(settings.KEYS_DIR) / name, _new_key())]


def write_once(path: Path, text: str) -> bool:
    """Write ``text`` to a new file of mode 0600; return False, and change nothing, if it is there.

    The file appears with its whole content or not at all, so two processes never see half a key.
    """
    if path.exists():
        return False
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    draft = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w", encoding="ascii") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    try:
        os.link(draft, path)
    except FileExistsError:
        return False
    finally:
        draft.unlink()
    return True


def problem(path: Path) -> str | None:
    """Return what is wrong with a key file, as a sentence with its fix, or None."""
    if not path.is_file():
        return (
            f"The key file {path.name} is missing. Restore it from the backup of the keys; "
            "for a new installation run manage.py init_keys."
        )
    if stat.S_IMODE(path.stat().st_mode) & 0o077:
        return f"The key file {path.name} may be read by others. Run chmod 600 on it."
    return None


def _new_key() -> str:
    return secrets.token_hex(_BYTES)


@lru_cache(maxsize=8)
def _load(path: Path) -> bytes:
    wrong = problem(path)
    if wrong:
        raise ImproperlyConfigured(wrong)
    try:
        key = bytes.fromhex(path.read_text(encoding="ascii").strip())
    except ValueError:
        key = b""
    if len(key) != _BYTES:
        raise ImproperlyConfigured(f"The key file {path.name} holds no key. Restore it from the backup of the keys.")
    return key
