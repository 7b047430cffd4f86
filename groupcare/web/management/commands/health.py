"""Say which part is not well."""

import sys
from typing import Any

from django.core.management.base import BaseCommand

from groupcare.web import health

# What to do about a reason; the rooms that give the reasons cannot know the commands of those above them.
NEXT = {
    "database.no_answer": "Start the database, or mend DATABASE_URL. Is the data gone? manage.py restore brings it back.",
    "migrations.waiting": "Run manage.py migrate.",
    "trail.no_tables": "The database is empty or gone. Run manage.py migrate for a new practice, manage.py restore else.",
    "trail.key_missing": "Restore trail.key from the backup of the keys.",
    "trail.head_missing": "Run manage.py verify_audit, then restore the database from its backup.",
    "triggers.missing": "Run manage.py migrate.",
    "vault.ring_missing": "Restore vault.json from the backup of the keys.",
    "beat_silent": "Start beat and a worker again.",
    "backup.older_than_48_hours": "Run make backup, and look why its timer did not.",
}


class Command(BaseCommand):
    """Prints every health check and exits 1 when one is not well."""

    help = "Print what each health check finds. Exits 1 when one is not well."
    requires_system_checks: list[str] = []

    def handle(self, *args: Any, **options: Any) -> None:
        """Run all checks and print one line each."""
        found = health.run()
        for finding in [*found, *health.advices()]:
            self.stdout.write(f"{finding.name}: {finding.reason or 'well'}{_next_step(finding.reason)}")
        if any(finding.reason for finding in found):
            sys.exit(1)


def _next_step(reason: str | None) -> str:
    return f". {NEXT[reason]}" if reason in NEXT else ""
