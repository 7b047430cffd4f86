"""`manage.py recovery_sheet`: prints the code that opens the backups of the keys, once."""

import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.template.loader import render_to_string
from django.utils import timezone

from groupcare.access import acting_as_system
from groupcare.backup import recovery
from groupcare.backup.errors import BackupError
from groupcare.practice.selectors import public_name


class Command(BaseCommand):
    """Prints a new sheet, then takes its code back; it counts only then."""

    help = "Print a new recovery sheet and take its code back. --confirm only takes the code back."

    def add_arguments(self, parser: CommandParser) -> None:
        """Take whether the sheet is printed already."""
        parser.add_argument("--confirm", action="store_true", help="Type back the code of the sheet printed last.")

    def handle(self, *args: Any, **options: Any) -> None:
        """Print and confirm.

        Raises:
            CommandError: the code is not the one on the newest sheet, or the keys' folder cannot be written.
        """
        try:
            with acting_as_system("recovery_sheet"):
                if not options["confirm"]:
                    self._print(recovery.make_sheet())
                if options["confirm"] or sys.stdin.isatty():
                    self._confirm(input("Type the code back from the sheet: "))
                else:
                    self.stdout.write("It counts when its code was typed back: manage.py recovery_sheet --confirm")
        except BackupError as problem:
            raise CommandError(str(problem)) from None
        except EOFError:
            raise CommandError("No code was typed. Run manage.py recovery_sheet --confirm.") from None

    def _print(self, code: str) -> None:
        self.stdout.write(
            render_to_string("backup/sheet.txt", {"code": code, "name": public_name(), "now": timezone.now()})
        )

    def _confirm(self, typed: str) -> None:
        if not recovery.confirm(typed):
            raise CommandError(
                "That is not the code of the newest sheet. Look again: manage.py recovery_sheet --confirm"
            )
        self.stdout.write("The sheet counts from now on. Make a backup of the keys: make backup")
