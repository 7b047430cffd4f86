"""The database's own guard over the order of steps: no entry leaves a state that was not reached.

The tables take no UPDATE and no DELETE already (groupcare.audit); this one looks at what is inserted.
Installed after every migration, as foundation F2 asks, because SQLite drops triggers when it rebuilds
a table.
"""

from typing import Any

from django.db import connections

from incidents.models import ConcernEntry
from incidents.states import INITIAL

NAME = "incidents_step_order"
_TABLE = ConcernEntry._meta.db_table
_REACHED = f"SELECT 1 FROM {_TABLE} WHERE concern_id = NEW.concern_id AND to_state = NEW.from_state"  # noqa: S608
_WORDS = "a concern takes its steps in order"

_SQLITE = [
    f"DROP TRIGGER IF EXISTS {NAME}",
    f"CREATE TRIGGER {NAME} BEFORE INSERT ON {_TABLE} "
    f"WHEN NEW.from_state <> '{INITIAL.value}' AND NOT EXISTS ({_REACHED}) "
    f"BEGIN SELECT RAISE(ABORT, '{_WORDS}'); END",
]
_POSTGRESQL = [
    f"CREATE OR REPLACE FUNCTION {NAME}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
    f"IF NEW.from_state <> '{INITIAL.value}' AND NOT EXISTS ({_REACHED}) THEN "
    f"RAISE EXCEPTION '{_WORDS}' USING ERRCODE = 'check_violation'; END IF; RETURN NEW; END $$",
    f"DROP TRIGGER IF EXISTS {NAME} ON {_TABLE}",
    f"CREATE TRIGGER {NAME} BEFORE INSERT ON {_TABLE} FOR EACH ROW EXECUTE FUNCTION {NAME}()",
]
_FIND = {
    "sqlite": "SELECT count(*) FROM sqlite_master WHERE type = 'trigger' AND name = %s",
    "postgresql": "SELECT count(*) FROM pg_trigger WHERE tgname = %s AND tgenabled = 'O'",
}


def install(*, using: str = "default", **kwargs: Any) -> None:
    """Install the trigger on the database ``using``; running it again changes nothing."""
    del kwargs
    connection = connections[using]
    if _TABLE not in connection.introspection.table_names():
        return
    with connection.cursor() as cursor:
        for statement in _SQLITE if connection.vendor == "sqlite" else _POSTGRESQL:
            cursor.execute(statement)


def is_installed(*, using: str = "default") -> bool:
    """Return whether the database ``using`` has the trigger and obeys it."""
    connection = connections[using]
    with connection.cursor() as cursor:
        cursor.execute(_FIND[connection.vendor], [NAME])
        return bool(cursor.fetchone()[0])
