"""`manage.py restore`: a practice from its two backups and the code of the recovery sheet."""

import getpass
import json
import sys
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from groupcare.backup.errors import BackupError
from groupcare.backup.restoring import restore


class Command(BaseCommand):
    """Restores into an empty place; a place that holds anything is refused."""

    help = "Restore a practice into an empty place: --data FILE --keys FILE. Asks for the code of the recovery sheet."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the two files and where the code stands."""
        parser.add_argument("--data", type=Path, required=True, help="The backup of the data.")
        parser.add_argument("--keys", type=Path, required=True, help="The backup of the keys.")
        parser.add_argument("--code-file", type=Path, help="A file that holds the code; else it is asked for.")
        parser.add_argument("--json", action="store_true", help="Print what came back for a program.")

    def handle(self, *args: Any, **options: Any) -> None:
        """Restore, and print what came back and what to do next.

        Raises:
            CommandError: nothing was restored; the sentence says why.
        """
        try:
            found = restore(data=options["data"], keys=options["keys"], code=code_from(options["code_file"]))
        except BackupError as problem:
            raise CommandError(str(problem)) from None
        if options["json"]:
            self.stdout.write(json.dumps({"manifest": found.manifest, "files": found.files, "keys": found.keys}))
            return
        made = found.manifest["made_at"][:16].replace("T", " ")
        self.stdout.write(
            f"Restored: {found.rows} rows, {found.files} files and {len(found.keys)} keys, as of {made} UTC."
        )
        self.stdout.write("What happened after that moment is not in it. Next: manage.py verify_audit, then start.")


def code_from(file: Path | None) -> str:
    """Return the code from a file, the terminal or standard input. Raises: CommandError without one."""
    try:
        if file is not None:
            return file.read_text(encoding="utf-8").strip()
        return getpass.getpass("Recovery code: ") if sys.stdin.isatty() else sys.stdin.readline().strip()
    except (OSError, ValueError):
        raise CommandError(
            f"The code cannot be read from {file}. Name a file that holds nothing but the code."
        ) from None
