"""`manage.py backup`: data and keys into two encrypted files that lie apart."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from groupcare.access import acting_as_system
from groupcare.backup import container, making
from groupcare.backup.errors import BackupError


class Command(BaseCommand):
    """Writes both backups, or one of them."""

    help = "Back up the data and, into a file of their own, the keys. Runs beside the practice."

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the two folders and the wish for one of the two."""
        parser.add_argument("--to", type=Path, default=Path(settings.BACKUP_DIR), help="Folder for the data.")
        parser.add_argument("--keys-to", type=Path, default=Path(settings.KEYS_BACKUP_DIR), help="Folder for the keys.")
        parser.add_argument("--only", choices=(container.DATA, container.KEYS), help="Make one of the two.")

    def handle(self, *args: Any, **options: Any) -> None:
        """Back up, and print what was written where.

        Raises:
            CommandError: a backup could not be made, or both would lie in the same folder.
        """
        to, keys_to, only = options["to"], options["keys_to"], options["only"]
        if not only and to.resolve() == keys_to.resolve():
            raise CommandError("Data and keys must not lie together: name another folder with --keys-to.")
        try:
            with acting_as_system("backup"):
                if only != container.KEYS:
                    self._say("Data", making.back_up_data(to))
                if only != container.DATA:
                    self._say("Keys", making.back_up_keys(keys_to))
        except BackupError as problem:
            raise CommandError(str(problem)) from None

    def _say(self, what: str, path: Path) -> None:
        self.stdout.write(f"{what}: {path} ({path.stat().st_size} bytes)")
