"""Writes of the vault: erasure of a purpose's key, and rotation of the ring."""

from functools import partial
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from groupcare.audit import record, unit_of_work
from groupcare.vault.kinds import Owner, Purpose

# Rows per transaction. Source: foundation F1, bulk work flushes once per batch of at most 500 rows.
_BATCH = 500


@unit_of_work()
def destroy_key(*, owner: Owner, owner_id: UUID, purpose: Purpose) -> int:
    """Destroy the live key of an owner and purpose, and return how many keys that were (0 or 1).

    What it encrypted can never be read again: not here, and not from a backup of the database whose
    keys are gone. This process forgets the key at once, others within 60 seconds; lists that go
    through ``unlock`` refuse at once everywhere. Who may erase is the caller's to check.
    """
    from groupcare.vault import datakeys
    from groupcare.vault.models import DataKey

    live = DataKey.objects.select_for_update(no_key=True).filter(
        owner_kind=owner.value, owner_id=owner_id, purpose=purpose.value, destroyed_at__isnull=True
    )
    ids = [row.id for row in live]
    DataKey.objects.filter(id__in=ids).update(wrapped=b"", destroyed_at=timezone.now())
    for key_id in ids:
        datakeys.forget(key_id)
        transaction.on_commit(partial(datakeys.forget, key_id))
        record("data_key.destroy", object_type="vault.DataKey", object_id=key_id, purpose=purpose.value)
    return len(ids)


def rotate_keys(*, add: bool = True, limit: int | None = None) -> int:
    """Wrap all data keys with the newest key of the ring, and return how many were wrapped again.

    Runs beside the practice, in batches, and may be stopped and started again: what is not done yet
    is found by its ``kek_id``. Ciphertext is never rewritten. Old keys of the ring stay readable.

    Args:
        add: put a new key on the ring first; False resumes an interrupted rotation.
        limit: stop after so many rows.

    Raises:
        ImproperlyConfigured: the ring is missing, or a new key is wanted and the environment gives the ring.
    """
    from groupcare.vault import ring

    if add:
        ring.add_key()
    done = 0
    while limit is None or done < limit:
        batch = _rewrap_batch(_BATCH if limit is None else min(_BATCH, limit - done))
        if not batch:
            break
        done += batch
    return done


@unit_of_work()
def _rewrap_batch(size: int) -> int:
    from groupcare.vault import datakeys, ring
    from groupcare.vault.models import DataKey

    keys = ring.current()
    rows = list(
        DataKey.objects.select_for_update(no_key=True)
        .filter(destroyed_at__isnull=True)
        .exclude(kek_id=keys.current)
        .order_by("id")[:size]
    )
    for row in rows:
        datakeys.wrap(row, datakeys.unwrap_bytes(row), keys)
        row.save(update_fields=["kek_id", "wrapped"])
    if rows:
        record("key_ring.rotate", object_type="vault.KeyRing", object_id=keys.current)
    return len(rows)


def unfinished() -> bool:
    """Return whether a data key is still wrapped by an older key of the ring."""
    from groupcare.vault import ring
    from groupcare.vault.models import DataKey

    return DataKey.objects.filter(destroyed_at__isnull=True).exclude(kek_id=ring.current().current).exists()


def retire_unused() -> list[str]:
    """Remove from the ring the keys that wrap nothing any more, and return their ids."""
    from groupcare.vault import ring
    from groupcare.vault.models import DataKey

    keys = ring.current()
    used = set(DataKey.objects.filter(destroyed_at__isnull=True).values_list("kek_id", flat=True).distinct())
    unused = set(keys.ciphers) - used - {keys.current}
    if unused:
        ring.retire(unused)
    return sorted(unused)
