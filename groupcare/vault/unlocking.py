"""Fetching of all data keys of a list at once."""

from collections.abc import Iterable, Iterator
from uuid import UUID

from django.db import models

from groupcare.vault.fields import sealed_values


def unlock(*rows: models.Model | Iterable[models.Model]) -> None:
    """Fetch the data keys of the rows' encrypted values in one query; nothing is decrypted yet.

    Takes rows and lists of rows of any models, and follows what ``select_related`` and
    ``prefetch_related`` have loaded. Afterwards each value decrypts on first access without a query.
    Call it in selectors that return rows.
    """
    from groupcare.vault import datakeys

    seen: set[int] = set()
    ids: set[UUID] = set()
    for row in _flat(rows):
        ids.update(_key_ids(row, seen))
    datakeys.load(ids)


def _flat(rows: Iterable[models.Model | Iterable[models.Model]]) -> Iterator[models.Model]:
    for row in rows:
        if isinstance(row, models.Model):
            yield row
        else:
            yield from row


def _key_ids(row: models.Model, seen: set[int]) -> Iterator[UUID]:
    if id(row) in seen:
        return
    seen.add(id(row))
    for value in sealed_values(row):
        yield value.envelope.key_id
    for related in _loaded(row):
        yield from _key_ids(related, seen)


def _loaded(row: models.Model) -> Iterator[models.Model]:
    """Yield the related rows that are in memory already."""
    for value in row._state.fields_cache.values():
        if isinstance(value, models.Model):
            yield value
    for rows in getattr(row, "_prefetched_objects_cache", {}).values():
        yield from rows
