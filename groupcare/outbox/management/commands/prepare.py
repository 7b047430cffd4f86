"""`manage.py prepare`: keys, tables, and the demo practice on the first start."""

import os
from io import StringIO
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.management import call_command, get_commands
from django.core.management.base import BaseCommand, CommandError

from groupcare.runtime.main import ACCOUNTS_FILE


class Command(BaseCommand):
    """Makes what `run` needs; safe to run again."""

    help = "Make keys, tables and, in a demo, the demo practice of the embedded default."
    requires_system_checks: list[str] = []

    def handle(self, **options: Any) -> None:
        """Prepare, in this order: keys, tables, demo.

        Raises:
            CommandError: production, or a demo without a way to make it.
        """
        if settings.PRODUCTION:
            raise CommandError("In production keys are given and `migrate` is run by the owner's role.")
        call_command("init_keys", verbosity=0)
        call_command("migrate", interactive=False, verbosity=0)
        call_command("check", fail_level="ERROR", verbosity=0)
        Path(settings.STATIC_ROOT).mkdir(parents=True, exist_ok=True)
        if settings.DEMO and not get_user_model()._default_manager.exists():
            self.make_demo()

    def make_demo(self) -> None:
        """Make the demo practice; keep the accounts it prints beside the keys, to show at every start."""
        if "make_demo" not in get_commands():
            raise CommandError("There is no demo to make. Start with GROUPCARE_DEMO=0.")
        self.stdout.write("Making the demo practice ...")
        self.stdout.flush()
        printed = StringIO()
        call_command("make_demo", stdout=printed)
        path = Path(settings.KEYS_DIR) / ACCOUNTS_FILE
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as file:
            file.write(printed.getvalue())
