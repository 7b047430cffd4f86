"""Say which part is not well."""

import sys
from typing import Any

from django.core.management.base import BaseCommand

from groupcare.web import health


class Command(BaseCommand):
    """Prints every health check and exits 1 when one is not well."""

    help = "Print what each health check finds. Exits 1 when one is not well."
    requires_system_checks: list[str] = []

    def handle(self, *args: Any, **options: Any) -> None:
        """Run all checks and print one line each."""
        found = health.run()
        for finding in found:
            self.stdout.write(f"{finding.name}: {finding.reason or 'well'}")
        if any(finding.reason for finding in found):
            sys.exit(1)
