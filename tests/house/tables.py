"""What is in the database, table by table, as bytes."""

import hashlib
from collections.abc import Iterable, Iterator

from django.db import connection


def tables() -> list[str]:
    """Return the name of every table, those of no model too."""
    return sorted(connection.introspection.table_names())


def rows(table: str) -> Iterator[tuple[list[str], tuple[bytes, ...]]]:
    """Yield the column names and the raw values of every row of a table, values as bytes."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")
        names = [column[0] for column in cursor.description]
        for row in cursor.fetchall():
            yield names, tuple(raw(value) for value in row)


def raw(value: object) -> bytes:
    """Return a database value as bytes."""
    return bytes(value) if isinstance(value, bytes | memoryview) else str(value).encode()


def fingerprint(table: str) -> str:
    """Return one hash over all rows of a table, whatever their order."""
    hashes = sorted(hashlib.sha256(b"\x00".join(values)).digest() for _, values in rows(table))
    return hashlib.sha256(b"".join(hashes)).hexdigest()


def fingerprints(*, of: Iterable[str] | None = None, without: frozenset[str] = frozenset()) -> dict[str, str]:
    """Return the hash of each table of ``of``, or of every table; those of ``without`` are left out."""
    return {table: fingerprint(table) for table in (tables() if of is None else of) if table not in without}
