"""Command that puts a new key on the ring and wraps all data keys with it."""

from typing import Any

from django.core.exceptions import ImproperlyConfigured
from django.core.management.base import BaseCommand, CommandError, CommandParser

from groupcare.audit import Actor, acting
from groupcare.vault import ring, services
from groupcare.vault.envelope import DecryptionError


class Command(BaseCommand):
    """Runs beside the practice; run it again when it was interrupted."""

    help = "Add a key to the ring and wrap every data key with it. Finishes an interrupted rotation first."

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the wish to remove old keys."""
        parser.add_argument("--retire", action="store_true", help="Afterwards remove keys that wrap nothing.")

    def handle(self, *args: Any, **options: Any) -> None:
        """Rotate and print how many data keys were wrapped again.

        Raises:
            CommandError: the ring is missing or given by the environment, or a data key does not unwrap.
        """
        try:
            with acting(Actor("system:rotate_keys")):
                # A ring from the environment was changed there; what is left is wrapping.
                add = not services.unfinished() and not ring.from_environment()
                done = services.rotate_keys(add=add)
                retired = services.retire_unused() if options["retire"] else []
        except (ImproperlyConfigured, DecryptionError) as problem:
            raise CommandError(str(problem)) from None
        self.stdout.write(f"{done} data keys are wrapped by {ring.current().current}.")
        if retired:
            self.stdout.write(f"Removed from the ring: {', '.join(retired)}.")
