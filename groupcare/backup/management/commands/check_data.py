"""`manage.py check_data`: rows, triggers, and whether encrypted values open."""

import json
from dataclasses import asdict
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from groupcare.backup.inspecting import SAMPLE, inspect


class Command(BaseCommand):
    """Prints what was found; exits 1 when something is wrong. No content is printed."""

    help = "Count rows, compare triggers, and open a sample of every encrypted field. Exits 1 on a problem."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        """Take how much is opened, and whether a program reads."""
        parser.add_argument("--all", action="store_true", help="Open every value instead of a sample.")
        parser.add_argument("--json", action="store_true", help="Print for a program; problems are in it.")

    def handle(self, *args: Any, **options: Any) -> None:
        """Inspect and report.

        Raises:
            CommandError: something is wrong.
        """
        found = inspect(0 if options["all"] else SAMPLE)
        if options["json"]:
            self.stdout.write(json.dumps(asdict(found)))
            return
        for name, opened in found.opened.items():
            self.stdout.write(f"{name}: {opened} opened")
        self.stdout.write(f"{sum(found.counts.values())} rows in {len(found.counts)} tables, {found.triggers} triggers")
        self.stdout.write(f"{found.files} files opened, {found.erased} values erased on purpose")
        if found.problems:
            raise CommandError("\n".join(found.problems))
