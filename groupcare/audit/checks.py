"""System checks and health of the trail."""

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core import checks
from django.core.exceptions import ImproperlyConfigured
from django.db import OperationalError, ProgrammingError

from groupcare.audit import grants, keys, triggers
from groupcare.audit.events import Event, chained_mac
from groupcare.audit.models import ChainHead, TrailEvent


def require_keys() -> None:
    """Stop a production process that has no keys; only ``init_keys`` and ``restore`` may run without.

    Raises:
        ImproperlyConfigured: a key file is missing or open to others; the message names the fix.
    """
    if settings.PRODUCTION and not {"init_keys", "restore"} & set(sys.argv[1:2]):
        for problem in _key_problems():
            raise ImproperlyConfigured(problem)


def check_keys(**_: Any) -> list[checks.CheckMessage]:
    """Return an error for each key file that is missing or may be read by others."""
    return [checks.Error(problem, id="audit.E001") for problem in _key_problems(absent_counts=settings.PRODUCTION)]


def check_database(databases: Sequence[str] | None = None, **_: Any) -> list[checks.CheckMessage]:
    """Return warnings for triggers that are not installed, and for a process that runs as the owner.

    Warnings, because ``migrate`` mends the first and must be able to start; ``/healthz`` answers 503.
    """
    if not databases or "default" not in databases:
        return []
    found: list[checks.CheckMessage] = [
        checks.Warning(
            f"{trigger.name} is not installed on {trigger.table or 'the connection'}.",
            hint="Run manage.py migrate.",
            id="audit.W001",
        )
        for trigger in sorted(triggers.missing_triggers())
    ]
    if settings.PRODUCTION and "migrate" not in sys.argv[1:2] and grants.runs_as_owner():
        hint = "Connect as the role that deploy/postgres/roles.sql makes for the application."
        found.append(checks.Warning("The application may change the trail.", hint=hint, id="audit.W002"))
    return found


def trail_health() -> str | None:
    """Return None when the chain has its head and its last event opens under the key, else the reason."""
    try:
        head = ChainHead.objects.first()
        if head is None:
            return "trail.head_missing"
        last = TrailEvent.objects.filter(sequence=head.sequence).first()
        key = keys.trail_key()
    except (OperationalError, ProgrammingError):
        return "trail.no_tables"
    except ImproperlyConfigured:
        return "trail.key_missing"
    if head.sequence == 0:
        return None
    if last is None:
        return "trail.tail_missing"
    well = last.mac == head.mac == chained_mac(key, last.sequence, last.previous, event_of(last))
    return None if well else "trail.last_event_does_not_fit"


def trigger_health() -> str | None:
    """Return None when every declared trigger is installed."""
    return "triggers.missing" if triggers.missing_triggers() else None


def event_of(row: TrailEvent) -> Event:
    """Return the part of a row that its MAC covers besides its place."""
    return Event(
        row.at,
        row.actor,
        row.role,
        row.action,
        row.object_type,
        row.object_id,
        row.purpose,
        row.result,
        row.request,
    )


def _key_problems(*, absent_counts: bool = True) -> list[str]:
    files = [Path(settings.KEYS_DIR) / name for name in (keys.TRAIL, keys.CHECKPOINT)]
    found = [keys.problem(file) for file in files if absent_counts or file.exists()]
    return [problem for problem in found if problem]
