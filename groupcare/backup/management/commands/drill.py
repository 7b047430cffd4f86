"""`manage.py drill`: does the backup come back? Restored into an empty place, looked at, measured."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from groupcare.access import acting_as_system
from groupcare.backup.drilling import Given, Step, drill
from groupcare.backup.management.commands.restore import code_from


class Command(BaseCommand):
    """Prints each step with its time; exits 1 when one failed."""

    help = "Restore a fresh backup, or given files, into an empty temporary place and check everything."

    def add_arguments(self, parser: CommandParser) -> None:
        """Take files to be tried instead of a fresh backup."""
        parser.add_argument("--data", type=Path, help="A backup of the data to try.")
        parser.add_argument("--keys", type=Path, help="The backup of the keys that belongs to it.")
        parser.add_argument("--code-file", type=Path, help="A file that holds the code; else it is asked for.")

    def handle(self, *args: Any, **options: Any) -> None:
        """Run the drill.

        Raises:
            CommandError: a step failed, or only one of the two files was named.
        """
        data, keys = options["data"], options["keys"]
        if (data is None) != (keys is None):
            raise CommandError("Name both files, --data and --keys, or none for a fresh backup.")
        given = Given(data.resolve(), keys.resolve(), code_from(options["code_file"])) if data else None
        seconds: list[float] = []

        def say(step: Step) -> None:
            seconds.append(step.seconds)
            self.stdout.write(
                f"{'passed' if step.passed else 'FAILED'}  {step.seconds:6.1f} s  {step.name}: {step.said}"
            )

        with acting_as_system("drill"):
            passed = drill(given, say)
        self.stdout.write(f"{sum(seconds):14.1f} s  altogether")
        if not given:
            self.stdout.write("To try the sheet's own code too: make drill with --data, --keys and the code.")
        if not passed:
            raise CommandError("The drill failed. The practice itself was not touched.")
