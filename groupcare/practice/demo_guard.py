"""A demo is a fact of the database, and stays on this machine (foundation F11)."""

from collections.abc import Mapping
from ipaddress import ip_address
from typing import Any

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import connection

from groupcare.accounts.models import Person
from groupcare.practice.models import Installation, Practice

# Source: foundation F11. Passkeys need localhost; the two addresses are the same machine.
LOCAL_HOSTS = frozenset({"localhost", "127.0.0.1", "[::1]"})


def is_demo_database() -> bool:
    """Return whether this database was made as a demo."""
    return Installation.objects.filter(is_demo=True).exists()


def verify_start() -> None:
    """Return when settings and database agree on what this is.

    An empty database agrees with both: the fact is written when the practice is made.

    Raises:
        ImproperlyConfigured: a demo database without demo mode, a real one in demo mode, or people
            in a database that does not say what it is.
    """
    try:
        _compare()
    finally:
        # A server that forks after this must not share the connection.
        if not connection.in_atomic_block:
            connection.close()


def _compare() -> None:
    with connection.cursor() as cursor:
        tables = connection.introspection.table_names(cursor)
    if Installation._meta.db_table not in tables:
        return
    found = Installation.objects.first()
    if found is None:
        if Practice.objects.exists() or Person.objects.exists():
            raise ImproperlyConfigured("The database holds people but does not say whether it is a demo. Restore it.")
        return
    if found.is_demo and (settings.PRODUCTION or not settings.DEMO):
        raise ImproperlyConfigured(
            "This database is a demo and stays one. Set GROUPCARE_DEMO=1, or give an empty database for real work."
        )
    if not found.is_demo and settings.DEMO:
        raise ImproperlyConfigured(
            "This database holds a real practice. Set GROUPCARE_DEMO=0, or give an empty database for the demo."
        )


def require_demo() -> None:
    """Return when the database is a demo; called by what may only touch one, such as the reset.

    Raises:
        ImproperlyConfigured: it is not.
    """
    if not (settings.DEMO and is_demo_database()):
        raise ImproperlyConfigured("This works on a demo database only, and this is none.")


def stays_here(headers: Mapping[str, Any]) -> bool:
    """Return whether a request with these WSGI headers comes from this machine and names it.

    A forwarded header means that something stands between: a tunnel or a proxy that shows the demo
    to others.
    """
    if any(name.startswith("HTTP_X_FORWARDED") or name in {"HTTP_FORWARDED", "HTTP_X_REAL_IP"} for name in headers):
        return False
    host = str(headers.get("HTTP_HOST") or headers.get("SERVER_NAME", "")).lower()
    if not host.endswith("]"):
        host = host.rpartition(":")[0] or host
    if host not in LOCAL_HOSTS:
        return False
    try:
        return ip_address(str(headers.get("REMOTE_ADDR", ""))).is_loopback
    except ValueError:
        return False
