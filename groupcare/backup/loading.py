"""Loading of a backup into an empty database: complete and up to date, or not at all."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Protocol

from django.core.management import call_command
from django.db import connection, transaction
from django.db.migrations.executor import MigrationExecutor

from groupcare.backup import snapshot
from groupcare.backup.errors import BackupError

_LACKING = "The restored database does not hold what the backup promised. Nothing was kept."


class Loader(Protocol):
    """Takes the database's entries one by one, then checks them and brings the tables up to date."""

    def take(self, label: dict[str, Any], pieces: Iterator[bytes]) -> None:
        """Take one entry. Raises: BackupError when it is unknown here."""

    def finish(self) -> None:
        """Check what was taken, then bring newer migrations, triggers and rights. Raises: BackupError."""


@contextmanager
def loader(scratch: Path, manifest: dict[str, Any]) -> Iterator[Loader]:
    """Yield what loads this kind of database; its last step is done when the block ends well, and undone else."""
    if connection.vendor == "sqlite":
        found = _SQLite(scratch, manifest)
        yield found
        found.put_in_place()
        return
    with transaction.atomic():
        yield _PostgreSQL(manifest)


class _SQLite:
    """Loads into a file beside, which takes the database's place at the end."""

    def __init__(self, scratch: Path, manifest: dict[str, Any]) -> None:
        self.file, self.manifest = scratch / snapshot.SQLITE_FILE, manifest

    def take(self, label: dict[str, Any], pieces: Iterator[bytes]) -> None:
        if label["name"] != snapshot.SQLITE_FILE:
            raise _unknown(label)
        with self.file.open("xb") as file:
            for piece in pieces:
                file.write(piece)

    def finish(self) -> None:
        self._check()
        home = connection.settings_dict["NAME"]
        connection.close()
        connection.settings_dict["NAME"] = str(self.file)
        try:
            call_command("migrate", interactive=False, verbosity=0)
            with connection.cursor() as cursor:
                cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        finally:
            connection.close()
            connection.settings_dict["NAME"] = home

    def put_in_place(self) -> None:
        """Rename the file; what an empty database left beside its name goes."""
        home = Path(connection.settings_dict["NAME"])
        for rest in ("-wal", "-shm"):
            home.with_name(home.name + rest).unlink(missing_ok=True)
        self.file.replace(home)

    def _check(self) -> None:
        if not self.file.exists():
            raise BackupError(_LACKING)
        copy = sqlite3.connect(self.file)
        try:
            whole = copy.execute("PRAGMA integrity_check").fetchone()[0] == "ok"
            held = {row[0] for row in copy.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
            there = {table: _count(copy, table) for table in self.manifest["counts"] if table in held}
        finally:
            copy.close()
        if not whole or there != self.manifest["counts"]:
            raise BackupError(_LACKING)


class _PostgreSQL:
    """Loads inside of one transaction: the tables of the backup's time, their rows, then newer migrations."""

    def __init__(self, manifest: dict[str, Any]) -> None:
        self.manifest = manifest
        executor = MigrationExecutor(connection)
        wanted = {tuple(node) for node in manifest["migrations"]}
        graph = executor.loader.graph
        # The last migrations that the backup knew: those that none of its others builds upon.
        leaves = [node for node in wanted if not _followers(graph, node) & wanted]
        executor.migrate(sorted(leaves))
        with connection.cursor() as cursor:
            self.tables = set(connection.introspection.table_names(cursor))
            # What migrations loaded comes from the backup.
            cursor.execute(f"TRUNCATE {', '.join(map(snapshot.quoted, sorted(self.tables)))} CASCADE")
            # Migrations left some constraints immediate; the tables come in no order of theirs.
            cursor.execute("SET CONSTRAINTS ALL DEFERRED")

    def take(self, label: dict[str, Any], pieces: Iterator[bytes]) -> None:
        table = str(label["name"]).removeprefix(snapshot.TABLE)
        if table not in self.tables:
            raise _unknown(label)
        columns = ", ".join(map(snapshot.quoted, label["columns"]))
        with (
            connection.wrap_database_errors,
            connection.cursor() as cursor,
            cursor.copy(f"COPY {snapshot.quoted(table)} ({columns}) FROM STDIN") as copy,
        ):
            for piece in pieces:
                copy.write(piece)

    def finish(self) -> None:
        with connection.cursor() as cursor:
            for name, last in self.manifest["sequences"].items():
                cursor.execute("SELECT setval(%s::regclass, %s)", [snapshot.quoted(name), last])
            # Checks every foreign key now; later migrations could not alter tables with checks still waiting.
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            counts = {}
            for table in sorted(self.tables):
                cursor.execute(f"SELECT count(*) FROM {snapshot.quoted(table)}")  # noqa: S608
                counts[table] = cursor.fetchone()[0]
        if counts != self.manifest["counts"]:
            raise BackupError(_LACKING)
        call_command("migrate", interactive=False, verbosity=0)


def _followers(graph: Any, node: tuple[str, ...]) -> set[tuple[str, ...]]:
    """Return the migrations of the same app that build upon this one."""
    return {child.key for child in graph.node_map[node].children if child.key[0] == node[0]}


def _count(copy: sqlite3.Connection, table: str) -> int:
    return int(copy.execute(f"SELECT count(*) FROM {snapshot.quoted(table)}").fetchone()[0])  # noqa: S608


def _unknown(label: dict[str, Any]) -> BackupError:
    return BackupError(f"The backup holds a part that is unknown here ({label['name']}). Use the version that made it.")
