"""`manage.py make_demo`: fills an empty database with the demo practice and prints its accounts."""

import secrets
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from groupcare.demo.story import Story, is_empty

# Letters and digits that cannot be mistaken for one another.
_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"


class Command(BaseCommand):
    """Makes the demo practice (foundation F11)."""

    help = "Fill an empty database with the demo practice and print its accounts."

    def handle(self, *args: Any, **options: Any) -> None:
        """Make the demo.

        Raises:
            CommandError: this is no demo installation, or the database is not empty.
        """
        if not settings.DEMO:
            raise CommandError("Demo mode is off. Set GROUPCARE_DEMO=1 in an empty place.")
        if not is_empty():
            raise CommandError("The database holds people already. A demo needs an empty one.")
        password = "-".join("".join(secrets.choice(_LETTERS) for _ in range(4)) for _ in range(4))
        story = Story.read(password)
        story.tell()
        self.stdout.write("Demo accounts (nobody in this practice exists; never enter a real person):")
        for entry in story.script["staff"]:
            self.stdout.write(f"  {entry['key']}@demo.example".ljust(28) + ", ".join(entry["roles"]).replace("_", " "))
        members = ", ".join(entry["key"] for entry in story.script["members"])
        self.stdout.write(f"  members (the same @demo.example): {members}")
        guardians = ", ".join(entry["key"] for entry in story.script["guardians"] if "key" in entry)
        self.stdout.write(f"  guardians of young people (the same @demo.example): {guardians}")
        self.stdout.write(f"Password of every account, made for this installation: {password}")
        self.stdout.write("Mail goes to the tray: /demo/mail/")
