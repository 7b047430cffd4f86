"""What the application's PostgreSQL role may do (foundation F2, SEC-55).

The owner migrates; the application connects as ``settings.APP_DB_ROLE``, which owns nothing. It inserts
into and reads append-only tables, and it cannot switch a trigger off, because only an owner can.
``deploy/postgres/roles.sql`` makes both roles.
"""

from django.conf import settings
from django.db import connection

from groupcare.audit.models import ChainHead
from groupcare.audit.triggers import append_only_models

_ALL, _APPEND, _READ, _HEAD = "SELECT, INSERT, UPDATE, DELETE", "SELECT, INSERT", "SELECT", "SELECT, UPDATE"


def grant() -> None:
    """Give the application's role what it needs and no more; nothing when there is no such role."""
    role = settings.APP_DB_ROLE
    if connection.vendor != "postgresql" or not role or not _role_can_be_granted(role):
        return
    quoted = connection.ops.quote_name(role)
    with connection.cursor() as cursor:
        cursor.execute(f"GRANT USAGE ON SCHEMA public TO {quoted}")
        for table in sorted(connection.introspection.table_names()):
            name = connection.ops.quote_name(table)
            cursor.execute(f"REVOKE ALL ON TABLE {name} FROM {quoted}")
            cursor.execute(f"GRANT {rights_on(table)} ON TABLE {name} TO {quoted}")
        cursor.execute(f"GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {quoted}")


def rights_on(table: str) -> str:
    """Return the rights of the application's role on a table, as SQL."""
    if table in {model._meta.db_table for model in append_only_models()}:
        return _APPEND
    if table == ChainHead._meta.db_table:
        return _HEAD
    return _READ if table == "django_migrations" else _ALL


def runs_as_owner() -> bool:
    """Return whether this connection could change append-only tables: it owns them, or is a superuser."""
    if connection.vendor != "postgresql":
        return False
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT rolsuper OR pg_has_role(current_user, c.relowner, 'USAGE') FROM pg_roles, pg_class c "
            "WHERE rolname = current_user AND c.relname = 'audit_trailevent' AND pg_table_is_visible(c.oid)"
        )
        row = cursor.fetchone()
    return bool(row and row[0])


def _role_can_be_granted(role: str) -> bool:
    """Return whether the role exists and is another than the one that migrates."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT rolname <> current_user FROM pg_roles WHERE rolname = %s", [role])
        row = cursor.fetchone()
    return bool(row and row[0])
