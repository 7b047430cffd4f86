"""The key ring: key-encryption keys and the root of derived keys, outside the database.

``vault.json`` in ``settings.KEYS_DIR`` (mode 0600), or the same JSON in ``GROUPCARE_VAULT_RING``:
``{"version": 1, "current": "<id>", "keys": {"<id>": "<base64>"}, "root": "<base64>"}``.
``root`` never rotates: blind indexes and derived tokens must stay findable.
"""

import base64
import json
import os
import secrets
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from groupcare.audit.keys import problem, write_once

FILE = "vault.json"
_VARIABLE = "GROUPCARE_VAULT_RING"

# AES-256. Source: FIPS 197.
_BYTES = 32


@dataclass(frozen=True)
class Ring:
    """The keys in use: ``current`` wraps new data keys, the others still open old ones."""

    current: str
    ciphers: dict[str, AESGCM]
    root: bytes

    def cipher(self, kek_id: str) -> AESGCM:
        """Return the cipher of one key-encryption key.

        Raises:
            ImproperlyConfigured: the ring does not hold it.
        """
        try:
            return self.ciphers[kek_id]
        except KeyError:
            raise ImproperlyConfigured(
                f"The key ring lacks the key {kek_id}. Restore {FILE} from the backup of the keys."
            ) from None


_loaded: dict[str, tuple[tuple[int, int, int], Ring]] = {}


def path() -> Path:
    """Return where the ring's file lies."""
    return Path(settings.KEYS_DIR) / FILE


def from_environment() -> bool:
    """Return whether the ring is given by the environment instead of the file."""
    return bool(os.environ.get(_VARIABLE))


def current() -> Ring:
    """Return the ring, read again whenever its file has changed.

    Raises:
        ImproperlyConfigured: it is missing or broken; the message names the fix.
    """
    given = os.environ.get(_VARIABLE)
    if given:
        return _parse(given, _VARIABLE)
    file = path()
    try:
        found = file.stat()
    except FileNotFoundError:
        raise ImproperlyConfigured(problem(file) or "") from None
    stamp = (found.st_mtime_ns, found.st_size, found.st_ino)
    known = _loaded.get(str(file))
    if known and known[0] == stamp:
        return known[1]
    wrong = problem(file)
    if wrong:
        raise ImproperlyConfigured(wrong)
    ring = _parse(file.read_text(encoding="utf-8"), FILE)
    _loaded[str(file)] = (stamp, ring)
    return ring


def make_missing() -> bool:
    """Write a new ring when there is none; return whether one was written."""
    if from_environment():
        return False
    first = _new_id()
    content = {"version": 1, "current": first, "keys": {first: _new_key()}, "root": _new_key()}
    return write_once(path(), json.dumps(content))


def add_key() -> str:
    """Add a key-encryption key to the file, make it the current one, and return its id.

    Raises:
        ImproperlyConfigured: the ring comes from the environment and is changed there.
    """
    content = _read_file()
    new = _new_id()
    content["keys"][new] = _new_key()
    content["current"] = new
    _replace(content)
    return new


def retire(unused: set[str]) -> None:
    """Remove key-encryption keys from the file; the caller has made sure that they wrap nothing."""
    content = _read_file()
    content["keys"] = {key: value for key, value in content["keys"].items() if key not in unused}
    _replace(content)


def _read_file() -> dict[str, Any]:
    if from_environment():
        raise ImproperlyConfigured(f"The key ring is given by {_VARIABLE}. Change it there, then run rotate_keys.")
    current()
    content: dict[str, Any] = json.loads(path().read_text(encoding="utf-8"))
    return content


def _replace(content: dict[str, Any]) -> None:
    """Put a new ring in place of the old one at once; a reader sees either."""
    draft = path().with_name(f".{FILE}.{secrets.token_hex(8)}")
    write_once(draft, json.dumps(content))
    draft.replace(path())


def _new_id() -> str:
    return f"k{secrets.token_hex(6)}"


def _new_key() -> str:
    return base64.b64encode(secrets.token_bytes(_BYTES)).decode()


def _parse(text: str, source: str) -> Ring:
    try:
        content = json.loads(text)
        keys = {str(key): base64.b64decode(value, validate=True) for key, value in content["keys"].items()}
        root = base64.b64decode(content["root"], validate=True)
        ring = Ring(content["current"], {key: AESGCM(value) for key, value in keys.items()}, root)
    except (ValueError, KeyError, TypeError, AttributeError):
        raise ImproperlyConfigured(f"{source} is no key ring. Restore it from the backup of the keys.") from None
    if ring.current not in ring.ciphers or any(len(key) != _BYTES for key in [root, *keys.values()]):
        raise ImproperlyConfigured(f"{source} is no key ring. Restore it from the backup of the keys.")
    return ring
