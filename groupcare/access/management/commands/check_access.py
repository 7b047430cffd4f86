"""``manage.py check_access``: compares the stored rights with what explains them."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from groupcare.access.acting import acting_as_system
from groupcare.access.findings import findings


class Command(BaseCommand):
    """Prints each finding by id and exits 1, or says that all is well."""

    help = "Compare stored rights with what explains them; exit 1 on any finding."

    def handle(self, *args: Any, **options: Any) -> None:
        """Print the findings.

        Raises:
            CommandError: there is at least one.
        """
        with acting_as_system("check_access"):
            found = findings()
        for line in found:
            self.stdout.write(line)
        if found:
            raise CommandError(f"{len(found)} findings. See docs/operations.md, check_access.", returncode=1)
        self.stdout.write("Every right is explained.")
