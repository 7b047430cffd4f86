"""A place of its own for one run: a temporary folder, and on PostgreSQL a database that is dropped at the end."""

import logging
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

_LOOPBACK = {"127.0.0.1", "localhost", "::1"}
# What could lead to somebody else's keys, mail or broker.
_FOREIGN = (
    *("GROUPCARE_KEYS_DIR", "GROUPCARE_VAULT_RING", "GROUPCARE_TEST_ROOT", "REDIS_URL", "SMTP_HOST"),
    *("CELERY_BROKER_URL", "GROUPCARE_APP_DB_ROLE"),
)


@contextmanager
def scratch() -> Iterator[Path]:
    """Make the place, point the settings at it before they are read, and take everything away afterwards.

    Raises:
        SystemExit: DATABASE_URL names another machine.
    """
    folder = Path(tempfile.mkdtemp(prefix="groupcare-bench-"))
    for name in _FOREIGN:
        os.environ.pop(name, None)
    os.environ |= {
        "GROUPCARE_VAR": str(folder),
        "GROUPCARE_MODE": "embedded",
        "GROUPCARE_DEMO": "0",
        "GROUPCARE_LOG_LEVEL": "ERROR",
        "DJANGO_SETTINGS_MODULE": "groupcare.settings",
    }
    url = os.environ.get("DATABASE_URL", "")
    try:
        if not url:
            yield folder
            return
        with _database(url) as own:
            os.environ["DATABASE_URL"] = own
            yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def _database(url: str) -> Iterator[str]:
    """Create a database beside the one that the URL names, and drop it with its copies."""
    import psycopg

    parts = urlsplit(url)
    if parts.hostname not in _LOOPBACK:
        raise SystemExit("The benchmark runs on this machine only. Let DATABASE_URL name 127.0.0.1.")
    name = f"groupcare_bench_{os.getpid()}"
    server = urlunsplit(parts._replace(scheme="postgresql", path="/postgres"))
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}"')
    try:
        yield urlunsplit(parts._replace(path=f"/{name}"))
    finally:
        with psycopg.connect(server, autocommit=True) as connection:
            for database in (name, f"{name}_full"):
                connection.execute(f'DROP DATABASE IF EXISTS "{database}" WITH (FORCE)')


def prepare() -> None:
    """Load Django in the place made by ``scratch``: tables, keys, the small practice."""
    import django
    from django.conf import settings

    # What is measured is never the cost of a password hash; the floor signs in with Django's own backend.
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    settings.AUTHENTICATION_BACKENDS = [*settings.AUTHENTICATION_BACKENDS, "django.contrib.auth.backends.ModelBackend"]
    django.setup()
    # The walk over all addresses meets pages that are not for everybody; that is no news.
    logging.getLogger("django.request").setLevel(logging.ERROR)
    from django.core.management import call_command

    from groupcare.audit import keys
    from groupcare.vault import ring

    keys.make_missing()
    ring.make_missing()
    from benchmarks import mass, story

    # What is made before anything is measured need not reach the disk.
    with mass.not_waiting():
        call_command("migrate", verbosity=0)
        story.world()
