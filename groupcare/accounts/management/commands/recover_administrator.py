"""``manage.py recover_administrator``: two colleagues at the server bring in another administrator."""

import getpass
from argparse import ArgumentParser
from collections.abc import Callable
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError

from groupcare.access import acting_as
from groupcare.accounts.models import Person, Recovery, User
from groupcare.accounts.recovery_kinds import Check, kinds
from groupcare.accounts.services import approve_recovery, open_recovery
from groupcare.audit import record_refusal
from groupcare.exceptions import Refused

KIND = "administrator_gone"


class Command(BaseCommand):
    """For the day on which nobody can sign in: the same two people and the same wait as on the pages."""

    help = "Bring in another administrator when the only one is gone. Two colleagues type their passwords."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Add the three addresses and how identity was checked."""
        parser.add_argument("--for", dest="whom", required=True, help="sign-in address of the new administrator")
        parser.add_argument("--asked-by", required=True, help="sign-in address of who asks")
        parser.add_argument("--agreed-by", required=True, help="sign-in address of the second person")
        choices = [choice for choice in Check.values if choice in kinds()[KIND].checks]
        parser.add_argument("--check", choices=choices, default=Check.IN_PERSON.value)

    def handle(self, *args: Any, **options: Any) -> None:
        """Ask both for their passwords, then ask and agree as them, and say when it takes effect.

        Raises:
            CommandError: somebody is unknown, a password does not fit, or they may not.
        """
        asks, agrees = (self._known(options[name]) for name in ("asked_by", "agreed_by"))
        whom = _person(options["whom"])
        row = _as(asks, lambda: open_recovery(kind=KIND, person=whom, check_made=options["check"], by=asks))
        row = _as(agrees, lambda: approve_recovery(recovery_id=row.pk, by=agrees))
        assert row.due_at is not None  # noqa: S101 - it was agreed to just now
        self.stdout.write(f"It takes effect at {row.due_at:%Y-%m-%d %H:%M} UTC. Until then it can be stopped.")

    def _known(self, email: str) -> Person:
        """Return the person of this address, who has typed their password."""
        person = _person(email)
        typed = getpass.getpass(f"Password of {email}: ")
        if person.login is None or not person.login.check_password(typed):
            raise CommandError(f"The password of {email} does not fit.")
        return person


def _as(person: Person, act: Callable[[], Recovery]) -> Recovery:
    """Do it as this person; a refusal is in the trail under their name."""
    with acting_as(person):
        try:
            return act()
        except Refused as error:
            record_refusal(error)
            raise CommandError("Somebody may not do this: nobody asks for themselves or agrees alone.") from None
        except ValidationError as error:
            raise CommandError("\n".join(error.messages)) from None


def _person(email: str) -> Person:
    """Return the person who signs in with this address."""
    found = User.objects.select_related("person").filter(email=email.strip().lower(), is_active=True).first()
    if found is None:
        raise CommandError(f"Nobody signs in with {email}.")
    return found.person
