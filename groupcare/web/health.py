"""Is the practice well? Rooms register checks; the answer to strangers is one bit (SEC: no detail outside)."""

import logging
from collections.abc import Callable
from dataclasses import dataclass

from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor

log = logging.getLogger(__name__)

Check = Callable[[], str | None]


@dataclass(frozen=True)
class Finding:
    """What one check found: ``reason`` is None when all is well."""

    name: str
    reason: str | None
    advice: bool = False


_checks: dict[str, Check] = {}
_advice: dict[str, Check] = {}


def register(name: str, check: Check) -> None:
    """Add a check: it returns None when all is well, else the id of a reason for the log."""
    _checks[name] = check


def advise(name: str, check: Check) -> None:
    """Add a check that the command and the log tell of, while the pages go on: they are not the worse for it."""
    _advice[name] = check


def advices() -> list[Finding]:
    """Return what the checks of ``advise`` found."""
    return [Finding(name, _asked(check), advice=True) for name, check in _advice.items()]


def run() -> list[Finding]:
    """Return what every check found; a check that raises is not well."""
    return [Finding(name, _asked(check)) for name, check in _checks.items()]


def well() -> bool:
    """Return whether all checks are well, and log those that are not."""
    bad = [finding for finding in run() if finding.reason]
    for finding in bad:
        log.warning("health.failed", extra={"check": finding.name, "reason": finding.reason})
    return not bad


def _asked(check: Check) -> str | None:
    try:
        return check()
    except Exception as problem:  # noqa: BLE001 - whatever breaks, the answer is "not well"
        return f"raised.{type(problem).__name__}"


def database() -> str | None:
    """Return None when the database answers."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        return "database.no_answer"
    return None


def migrations() -> str | None:
    """Return None when no migration waits."""
    executor = MigrationExecutor(connection)
    waiting = executor.migration_plan(executor.loader.graph.leaf_nodes())
    return "migrations.waiting" if waiting else None
