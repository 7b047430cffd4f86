"""Triggers that keep append-only tables append-only (foundation F2).

They are installed after every ``migrate``, never by a migration: on SQLite an altered column rebuilds
its table and drops them without a word. Installing twice changes nothing.
"""

from dataclasses import dataclass

from django.apps import apps
from django.db import connection, models

_PREFIX = "gc_append_only"
_FUNCTION = f"{_PREFIX}_refuse"
# What pg_proc keeps of the function; compared with what is installed.
_BODY = "\nBEGIN\n  RAISE EXCEPTION 'append-only: %', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';\nEND\n"
_CREATE_FUNCTION = f"CREATE OR REPLACE FUNCTION {_FUNCTION}() RETURNS trigger LANGUAGE plpgsql AS $gc${_BODY}$gc$"

# tgtype is a bit mask: ROW 1, BEFORE 2, DELETE 8, UPDATE 16, TRUNCATE 32. Source: PostgreSQL, pg_trigger.h.
_POSTGRES = {
    "row": ("BEFORE UPDATE OR DELETE ON {table} FOR EACH ROW", 1 + 2 + 8 + 16),
    "truncate": ("BEFORE TRUNCATE ON {table} FOR EACH STATEMENT", 2 + 32),
}
_SQLITE = ("UPDATE", "DELETE")


@dataclass(frozen=True, order=True)
class Trigger:
    """One trigger: ``shape`` is what must be equal for it to count as installed."""

    table: str
    name: str
    shape: str


def append_only_models() -> list[type[models.Model]]:
    """Return every model that declares ``append_only = True``."""
    return [model for model in apps.get_models() if getattr(model, "append_only", False) and not model._meta.proxy]


def declared_triggers() -> set[Trigger]:
    """Return the triggers that must be there, for the tables that exist by now."""
    present = set(connection.introspection.table_names())
    tables = [model._meta.db_table for model in append_only_models() if model._meta.db_table in present]
    return {trigger for table in tables for trigger in _wanted(table)}


def installed_triggers() -> set[Trigger]:
    """Return the triggers of ours that are in the database and fire."""
    if connection.vendor == "postgresql":
        return _installed_on_postgres()
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT tbl_name, name, sql FROM sqlite_master WHERE type = 'trigger' AND name LIKE %s", [f"{_PREFIX}%"]
        )
        return {Trigger(*row) for row in cursor.fetchall()}


def missing_triggers() -> set[Trigger]:
    """Return the declared triggers that are absent, switched off or changed."""
    missing = declared_triggers() - installed_triggers()
    if connection.vendor != "postgresql":
        with connection.cursor() as cursor:
            # Without it INSERT OR REPLACE deletes the old row and no trigger hears of it.
            cursor.execute("PRAGMA recursive_triggers")
            if not cursor.fetchone()[0]:
                missing.add(Trigger("", "PRAGMA recursive_triggers", "ON"))
    return missing


def install() -> None:
    """Make the database hold what the models declare; changes nothing when it does."""
    missing = declared_triggers() - installed_triggers()
    if not missing:
        return
    postgres = connection.vendor == "postgresql"
    with connection.cursor() as cursor:
        if postgres:
            cursor.execute(_CREATE_FUNCTION)
        for trigger in sorted(missing):
            (_install_on_postgres if postgres else _install_on_sqlite)(cursor, trigger)


def _wanted(table: str) -> set[Trigger]:
    if connection.vendor == "postgresql":
        return {
            Trigger(table, f"{_PREFIX}_{kind}", f"A{mask} {_FUNCTION} {_BODY}") for kind, (_, mask) in _POSTGRES.items()
        }
    names = {event: f"{_PREFIX}_{table}_{event.lower()}" for event in _SQLITE}
    return {Trigger(table, name, _sqlite_sql(table, name, event)) for event, name in names.items()}


def _sqlite_sql(table: str, name: str, event: str) -> str:
    return (
        f'CREATE TRIGGER "{name}" BEFORE {event} ON "{table}" BEGIN SELECT RAISE(ABORT, \'append-only: {table}\'); END'
    )


def _install_on_sqlite(cursor: object, trigger: Trigger) -> None:
    run = cursor.execute  # type: ignore[attr-defined]
    run(f'DROP TRIGGER IF EXISTS "{trigger.name}"')
    run(trigger.shape)


def _install_on_postgres(cursor: object, trigger: Trigger) -> None:
    run = cursor.execute  # type: ignore[attr-defined]
    table, name = connection.ops.quote_name(trigger.table), connection.ops.quote_name(trigger.name)
    kind = trigger.name.removeprefix(f"{_PREFIX}_")
    run(f"DROP TRIGGER IF EXISTS {name} ON {table}")
    run(f"CREATE TRIGGER {name} {_POSTGRES[kind][0].format(table=table)} EXECUTE FUNCTION {_FUNCTION}()")
    # ALWAYS: session_replication_role does not silence it.
    run(f"ALTER TABLE {table} ENABLE ALWAYS TRIGGER {name}")


def _installed_on_postgres() -> set[Trigger]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT c.relname, t.tgname, t.tgenabled::text || t.tgtype::text || ' ' || p.proname || ' ' || p.prosrc "
            "FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid JOIN pg_proc p ON p.oid = t.tgfoid "
            "WHERE NOT t.tgisinternal AND t.tgname LIKE %s AND pg_table_is_visible(c.oid)",
            [f"{_PREFIX}%"],
        )
        return {Trigger(*row) for row in cursor.fetchall()}
