"""Rows by the hundred thousand: written with COPY or one prepared INSERT, encrypted fields sealed here."""

import itertools
import json
import uuid
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime
from functools import lru_cache
from typing import Any

from django.db import connection, models, transaction

from groupcare.vault import Owner, Purpose, datakeys
from groupcare.vault.datakeys import LiveKey
from groupcare.vault.envelope import seal
from groupcare.vault.fields import EncryptedField

# One owner whose key seals every mass row: opening asks for the key by its id, whoever's it is.
_OWNER = uuid.UUID(int=1, version=4)
_PART = 20_000


@lru_cache(maxsize=1)
def _key() -> LiveKey:
    return datakeys.for_writing(Owner.GROUP, _OWNER, Purpose.CLINICAL)


def insert(model: type[models.Model], rows: Iterable[dict[str, Any]]) -> None:
    """Write rows given as attribute -> value; what is left out takes the field's default.

    Neither signals nor foreign keys are looked at: the data is the benchmark's own.
    """
    fields = [field for field in model._meta.concrete_fields if not isinstance(field, models.AutoField)]
    columns = ", ".join(connection.ops.quote_name(field.column) for field in fields)
    table = connection.ops.quote_name(model._meta.db_table)
    marks = ", ".join(["%s"] * len(fields))
    whole = _ready(fields, rows)
    # In parts, made before they are sent: inside of a COPY the connection answers nothing else.
    while part := list(itertools.islice(whole, _PART)):
        if connection.vendor == "postgresql":
            _copy(f"COPY {table} ({columns}) FROM STDIN", part)
        else:
            _insert(f"INSERT INTO {table} ({columns}) VALUES ({marks})", part)


def _copy(sql: str, rows: list[tuple[Any, ...]]) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        with cursor.copy(sql) as copy:
            for row in rows:
                copy.write_row(row)
        cursor.execute("SET session_replication_role = DEFAULT")


def _insert(sql: str, rows: list[tuple[Any, ...]]) -> None:
    with connection.constraint_checks_disabled(), transaction.atomic(), connection.cursor() as cursor:
        cursor.executemany(sql, rows)


def _ready(fields: list[Any], rows: Iterable[dict[str, Any]]) -> Iterator[tuple[Any, ...]]:
    sqlite = connection.vendor == "sqlite"
    defaults = {field.attname: field.get_default for field in fields}
    plain = [field.attname for field in fields if isinstance(field, models.JSONField)]
    sealed = [field for field in fields if isinstance(field, EncryptedField)]
    for row in rows:
        whole = {name: row[name] if name in row else default() for name, default in defaults.items()}
        for field in sealed:
            if whole[field.attname] is not None:
                text = field.dumped(whole[field.attname])
                key = _key()
                whole[field.attname] = bytes(
                    seal(key.cipher, key.id, text.encode(), label=field.bound_as, row=whole["id"])
                )
        for name in plain:
            whole[name] = json.dumps(whole[name])
        yield tuple(_for_sqlite(value) for value in whole.values()) if sqlite else tuple(whole.values())


def _for_sqlite(value: Any) -> Any:
    """Return a value as Django keeps it in SQLite."""
    if isinstance(value, uuid.UUID):
        return value.hex
    if isinstance(value, datetime):
        return str(connection.ops.adapt_datetimefield_value(value))
    return str(value) if isinstance(value, str) else value


@contextmanager
def not_waiting() -> Iterator[None]:
    """Let this connection's commits return before the disk has them, until the block ends."""
    with _set("SET synchronous_commit = {}", "PRAGMA synchronous = {}", {"off": "on"}, {"OFF": "FULL"}):
        yield


@contextmanager
def filling() -> Iterator[None]:
    """As ``not_waiting``, with enough memory for the indexes of many rows."""
    sizes = {"-262144": "-2000"}  # KB; SQLite's own is 2,000
    with not_waiting(), _set("SET work_mem = {}", "PRAGMA cache_size = {}", {"'16MB'": "DEFAULT"}, sizes):
        yield


@contextmanager
def _set(postgres: str, sqlite: str, on_postgres: dict[str, str], on_sqlite: dict[str, str]) -> Iterator[None]:
    sql, pairs = (postgres, on_postgres) if connection.vendor == "postgresql" else (sqlite, on_sqlite)
    (inside, after), *_ = pairs.items()
    with connection.cursor() as cursor:
        cursor.execute(sql.format(inside))
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute(sql.format(after))


def analyze() -> None:
    """Let PostgreSQL count its rows, as its own daemon would have done by now."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")
