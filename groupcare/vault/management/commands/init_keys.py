"""Command that makes the key files of a new installation."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import OperationalError, ProgrammingError

from groupcare.audit import keys
from groupcare.audit.models import TrailEvent
from groupcare.vault import ring
from groupcare.vault.models import DataKey


class Command(BaseCommand):
    """Writes the key files that are missing, mode 0600; never replaces one."""

    help = "Make the missing key files of a new installation."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the word that production asks for."""
        parser.add_argument("--new-installation", action="store_true", help="Make keys for production, once.")

    def handle(self, *args: Any, **options: Any) -> None:
        """Make the keys and print their names.

        Raises:
            CommandError: production without --new-installation, or data that other keys encrypted.
        """
        if settings.PRODUCTION and not options["new_installation"]:
            raise CommandError("Production gets its keys from you. For a new installation add --new-installation.")
        missing = [name for name in (keys.TRAIL, ring.FILE) if not (ring.path().parent / name).exists()]
        if missing and not ring.from_environment() and _in_use():
            raise CommandError(f"The database was written with other keys. Restore {' and '.join(missing)} instead.")
        made = keys.make_missing() + ([ring.FILE] if ring.make_missing() else [])
        self.stdout.write(f"Made {', '.join(made)} in {settings.KEYS_DIR}." if made else "All keys are there.")


def _in_use() -> bool:
    try:
        return DataKey.objects.exists() or TrailEvent.objects.exists()
    except (OperationalError, ProgrammingError):
        return False
