"""A copy of the whole database as it was at one moment, while the practice goes on working.

SQLite: its own online backup into a file beside the database, then read from there. PostgreSQL: one
REPEATABLE READ transaction and COPY of every table; no program beside Python is needed.
"""

import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection

from groupcare.backup import container
from groupcare.backup.errors import BackupError

#: Entry of the SQLite file; tables of PostgreSQL stand below ``table/``.
SQLITE_FILE, TABLE = "database.sqlite3", "table/"
_COLUMNS = (
    "SELECT column_name FROM information_schema.columns WHERE table_schema = current_schema() "
    "AND table_name = %s AND is_generated = 'NEVER' ORDER BY ordinal_position"
)
_SEQUENCES = "SELECT sequencename, last_value FROM pg_sequences WHERE schemaname = current_schema()"


@dataclass
class Snapshot:
    """What the database held: for the manifest, and its content as entries."""

    migrations: list[list[str]]
    trail: list[Any]
    is_demo: bool | None
    counts: dict[str, int]
    sequences: dict[str, int] = field(default_factory=dict)
    entries: Iterator[tuple[str, dict[str, Any], Iterator[bytes]]] = field(default_factory=lambda: iter(()))


@contextmanager
def take() -> Iterator[Snapshot]:
    """Take the snapshot; its entries are read inside of the block."""
    with _sqlite() if connection.vendor == "sqlite" else _postgresql() as found:
        yield found


@contextmanager
def _sqlite() -> Iterator[Snapshot]:
    with tempfile.TemporaryDirectory(dir=settings.DATA_DIR, prefix=".backup-") as folder:
        file = Path(folder) / SQLITE_FILE
        source = sqlite3.connect(connection.settings_dict["NAME"], timeout=20)
        copy = sqlite3.connect(file)
        try:
            source.backup(copy)
            tables = [row[0] for row in copy.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
            found = _facts(lambda sql: copy.execute(sql).fetchall(), [t for t in tables if t != "sqlite_sequence"])
        except sqlite3.Error as problem:
            raise BackupError(
                f"The database could not be copied ({problem}). The copy needs as much free space in "
                f"{settings.DATA_DIR} as the database itself; if the disk is full, free some and try again."
            ) from None
        finally:
            copy.close()
            source.close()
        found.entries = iter([(SQLITE_FILE, {}, _file(file))])
        yield found


def _file(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        yield from container.pieces_of(file)


@contextmanager
def _postgresql() -> Iterator[Snapshot]:
    # A connection of its own: the snapshot must be the first thing that its transaction does.
    own = connection.copy()
    try:
        with own.cursor() as cursor:
            cursor.execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
            tables = sorted(own.introspection.table_names(cursor))
            columns = {table: _column_names(cursor, table) for table in tables}
            found = _facts(lambda sql: _rows(cursor, sql), tables)
            found.entries = (
                (f"{TABLE}{table}", {"columns": columns[table]}, _copied(cursor, table, columns[table]))
                for table in tables
            )
            # Sequences know no snapshot: read first, they may be behind the rows; read here, at most ahead of them.
            found.sequences = {name: int(last) for name, last in _rows(cursor, _SEQUENCES) if last is not None}
            yield found
            cursor.execute("ROLLBACK")
    finally:
        own.close()


def _rows(cursor: Any, sql: str) -> list[Any]:
    cursor.execute(sql)
    return list(cursor.fetchall())


def _column_names(cursor: Any, table: str) -> list[str]:
    cursor.execute(_COLUMNS, [table])
    return [row[0] for row in cursor.fetchall()]


def _copied(cursor: Any, table: str, columns: list[str]) -> Iterator[bytes]:
    with cursor.copy(f"COPY {quoted(table)} ({', '.join(map(quoted, columns))}) TO STDOUT") as copy:
        for piece in copy:
            yield bytes(piece)


def quoted(name: str) -> str:
    """Return the name as SQL takes it."""
    return f'"{name.replace(chr(34), chr(34) * 2)}"'


def _facts(ask: Any, tables: list[str]) -> Snapshot:
    there = set(tables)
    head = ask("SELECT sequence, mac FROM audit_chainhead") if "audit_chainhead" in there else []
    demo = ask("SELECT is_demo FROM practice_installation") if "practice_installation" in there else []
    return Snapshot(
        migrations=[list(row) for row in ask("SELECT app, name FROM django_migrations ORDER BY app, name")],
        trail=list(head[0]) if head else [],
        is_demo=bool(demo[0][0]) if demo else None,
        counts={table: ask(f"SELECT count(*) FROM {quoted(table)}")[0][0] for table in sorted(tables)},  # noqa: S608
    )
