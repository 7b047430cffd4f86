"""``manage.py read_bounce < report``: for the mail server's pipe, so that a bounce is known per person."""

import sys
from typing import Any

from django.core.management.base import BaseCommand

from groupcare.audit import Actor, acting
from groupcare.outbox.services import read_bounce

# Our choice, because a report holds a few lines and at most the mail that came back; ours are short.
MOST_BYTES = 1024 * 1024


class Command(BaseCommand):
    """Reads one report; whatever is not about a mail of ours changes nothing and is no error."""

    help = "Read one delivery status notification (RFC 3464) from standard input."

    def handle(self, *args: Any, **options: Any) -> None:
        """Read the report and say in ids what it meant."""
        content = sys.stdin.buffer.read(MOST_BYTES)
        with acting(Actor("system:read_bounce")):
            trouble = read_bounce(content=content)
        if trouble is None:
            self.stdout.write("Nothing of ours, or not for good.")
        else:
            self.stdout.write(f"Mail does not arrive: address {trouble.address_id}, {trouble.code}.")
