"""Lifts the append-only triggers around the one thing that needs it: the flush after a transactional test.

Nothing in the product can do this. ``tests/conftest.py`` opens ``dropped_around_flush()`` once.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connection
from django.test import TransactionTestCase

from groupcare.audit import installation, triggers


def drop() -> None:
    """Drop every append-only trigger of the test database."""
    with connection.cursor() as cursor:
        for trigger in triggers.installed_triggers():
            on = f" ON {connection.ops.quote_name(trigger.table)}" if connection.vendor == "postgresql" else ""
            cursor.execute(f"DROP TRIGGER {connection.ops.quote_name(trigger.name)}{on}")


@contextmanager
def lifted() -> Iterator[None]:
    """Run the block without triggers, as somebody with the owner's password could."""
    drop()
    try:
        yield
    finally:
        triggers.install()


@contextmanager
def dropped_around_flush() -> Iterator[None]:
    """Until the block ends, lift the triggers around the flush of every transactional test."""
    flush = TransactionTestCase._fixture_teardown

    def teardown(self: Any) -> None:
        drop()
        try:
            flush(self)
        finally:
            installation.install()

    TransactionTestCase._fixture_teardown = teardown
    try:
        yield
    finally:
        TransactionTestCase._fixture_teardown = flush
