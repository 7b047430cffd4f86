"""Writes docs/concern-states.md from the table of states."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import translation

from incidents.states import diagram


def page() -> Path:
    """Return where the diagram is kept."""
    return Path(settings.BASE_DIR) / "docs" / "concern-states.md"


class Command(BaseCommand):
    """Write the state diagram of concerns, or check that it is current."""

    help = "Writes docs/concern-states.md from incidents/states.py; --check only compares."

    def add_arguments(self, parser: CommandParser) -> None:
        """Add --check."""
        parser.add_argument("--check", action="store_true", help="exit 1 when the page is not current")

    def handle(self, *args: Any, **options: Any) -> None:
        """Write the page, or compare it."""
        with translation.override("en"):
            wanted = diagram()
        if not options["check"]:
            page().write_text(wanted, encoding="utf-8")
        elif not page().is_file() or page().read_text(encoding="utf-8") != wanted:
            raise CommandError("docs/concern-states.md is not current. Run manage.py concern_states.")
