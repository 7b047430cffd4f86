"""`manage.py run`: everything a newcomer needs, under one command."""

import sys
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from groupcare.runtime.main import main


class Command(BaseCommand):
    """Prepares the installation, then runs web, worker and beat until Ctrl-C.

    `manage.py` calls ``groupcare.runtime.main`` directly, without loading the apps; this command is
    the same for whoever comes another way, and makes `manage.py help` list it.
    """

    help = "Open a working practice on http://localhost:PORT (embedded default)."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take the port; PORT of the environment when not given."""
        parser.add_argument("--port", type=int)

    def handle(self, *, port: int | None, **options: Any) -> None:
        """Run until Ctrl-C."""
        sys.exit(main(port))
