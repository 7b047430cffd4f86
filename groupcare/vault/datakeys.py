"""Data keys: made on first use, unwrapped, kept for at most 60 seconds in a process."""

import logging
import os
import threading
import time
from collections import OrderedDict
from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.db import IntegrityError, transaction
from django.utils import timezone

from groupcare.vault import ring
from groupcare.vault.envelope import NONCE_BYTES, DecryptionError, KeyDestroyed, decrypt, encrypt
from groupcare.vault.kinds import Owner, Purpose
from groupcare.vault.models import DataKey

logger = logging.getLogger("groupcare.vault")

# Source: foundation F6, "Keys live at most 60 s in a process".
_SECONDS = 60
# Our choice, because 10,000 ciphers take about 10 MB.
_MOST = 10_000
# AES-256. Source: FIPS 197.
_KEY_BYTES = 32


@dataclass(frozen=True)
class LiveKey:
    """An unwrapped data key."""

    id: UUID
    cipher: AESGCM


@dataclass(frozen=True)
class _Known:
    key: LiveKey | None  # None: destroyed
    until: float


class _Cache:
    """Keys by id, each for 60 seconds; a destroyed one is remembered as such."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._known: OrderedDict[UUID, _Known] = OrderedDict()

    def get(self, key_id: UUID) -> _Known | None:
        with self._lock:
            known = self._known.get(key_id)
            if known and known.until <= time.monotonic():
                del self._known[key_id]
                return None
            return known

    def put(self, key_id: UUID, key: LiveKey | None) -> None:
        with self._lock:
            self._known[key_id] = _Known(key, time.monotonic() + _SECONDS)
            self._known.move_to_end(key_id)
            while len(self._known) > _MOST:
                self._known.popitem(last=False)

    def drop(self, key_id: UUID) -> None:
        with self._lock:
            self._known.pop(key_id, None)

    def clear(self) -> None:
        with self._lock:
            self._known.clear()


_cache = _Cache()


def forget(key_id: UUID | None = None) -> None:
    """Drop one key, or all, from this process."""
    if key_id is None:
        _cache.clear()
    else:
        _cache.drop(key_id)


def load(key_ids: Iterable[UUID]) -> None:
    """Fetch the keys in one query, whatever is cached, so that each is checked against the table."""
    wanted = set(key_ids)
    if not wanted:
        return
    found = DataKey.objects.in_bulk(list(wanted))
    for key_id in wanted:
        row = found.get(key_id)
        if row is None:
            _cache.drop(key_id)
        else:
            _cache.put(key_id, None if row.destroyed_at else _unwrap(row))


def for_reading(key_id: UUID) -> LiveKey:
    """Return a key by its id, from memory for at most 60 seconds after it was read from the table.

    Raises:
        KeyDestroyed: it was destroyed.
        DecryptionError: it is not there or does not unwrap.
    """
    known = _cache.get(key_id)
    if known is None:
        load([key_id])
        known = _cache.get(key_id)
    if known is None:
        raise DecryptionError("The data key of the stored value is missing.")
    if known.key is None:
        raise KeyDestroyed("The stored value is erased: its key was destroyed.")
    return known.key


def for_writing(owner: Owner, owner_id: UUID, purpose: Purpose) -> LiveKey:
    """Return the live key of an owner and purpose, made now if there is none.

    The table is asked every time: a key that was rolled back or destroyed elsewhere must never
    protect new data.
    """
    kind = {"owner_kind": owner.value, "owner_id": owner_id, "purpose": purpose.value}
    row = DataKey.objects.filter(**kind, destroyed_at__isnull=True).first()
    if row is None:
        row = _make(owner, owner_id, purpose)
    known = _cache.get(row.id)
    return known.key if known and known.key else _unwrap(row)


def wrap(row: DataKey, key: bytes, keys: ring.Ring) -> None:
    """Set the row's ``wrapped`` and ``kek_id`` to ``key`` under the ring's current key."""
    row.kek_id = keys.current
    nonce = os.urandom(NONCE_BYTES)
    row.wrapped = nonce + encrypt(keys.cipher(row.kek_id), nonce, key, _binding(row))


def unwrap_bytes(row: DataKey) -> bytes:
    """Return the data key itself.

    Raises:
        DecryptionError: the row was changed, or the ring's key is another.
    """
    wrapped = bytes(row.wrapped)
    try:
        return decrypt(ring.current().cipher(row.kek_id), wrapped[:NONCE_BYTES], wrapped[NONCE_BYTES:], _binding(row))
    except (DecryptionError, ValueError):
        logger.critical("vault.key_does_not_unwrap", extra={"data_key": row.id, "kek": row.kek_id})
        raise DecryptionError("A data key does not unwrap.") from None


def _unwrap(row: DataKey) -> LiveKey:
    return LiveKey(row.id, AESGCM(unwrap_bytes(row)))


def _make(owner: Owner, owner_id: UUID, purpose: Purpose) -> DataKey:
    row = DataKey(owner_kind=owner.value, owner_id=owner_id, purpose=purpose.value, created_at=timezone.now())
    wrap(row, os.urandom(_KEY_BYTES), ring.current())
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError:
        # Another process made it in the same moment.
        return DataKey.objects.get(
            owner_kind=owner.value, owner_id=owner_id, purpose=purpose.value, destroyed_at__isnull=True
        )
    return row


def _binding(row: DataKey) -> bytes:
    """Return what a wrapped key is bound to, so that nobody can hand one owner's key to another."""
    return f"datakey|{row.id}|{row.owner_kind}|{row.owner_id}|{row.purpose}|{row.kek_id}".encode()
