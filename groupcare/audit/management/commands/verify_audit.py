"""Command that reads the whole trail and names its first break."""

from typing import Any

from django.core.exceptions import ImproperlyConfigured
from django.core.management.base import BaseCommand, CommandError

from groupcare.audit.verify import verify


class Command(BaseCommand):
    """Prints what was verified; exits 1 at the first break."""

    help = "Verify the trail against its head and every signed checkpoint. Exits 1 and names the first break."

    def handle(self, *args: Any, **options: Any) -> None:
        """Verify and report.

        Raises:
            CommandError: the trail is broken, or cannot be verified.
        """
        try:
            found = verify()
        except ImproperlyConfigured as missing:
            raise CommandError(str(missing)) from None
        if found.break_:
            raise CommandError(f"First break: {found.break_}")
        self.stdout.write(f"The trail is whole: {found.events} events, {found.checkpoints} checkpoints.")
