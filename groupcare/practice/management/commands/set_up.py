"""``manage.py set_up``: the first start of a real practice."""

from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError

from groupcare.access import Role, SystemActor, acting_as_system
from groupcare.accounts.models import Invitation
from groupcare.accounts.services import create_person, invite
from groupcare.audit import unit_of_work
from groupcare.outbox.ports import build_link
from groupcare.practice.services import set_up_practice


class Command(BaseCommand):
    """Makes the practice, invites its first administrator and prints the link."""

    help = "Make the practice and invite its first administrator. Run it once, on an empty database."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Add what must be known at the first start."""
        parser.add_argument("--name", required=True, help="the practice's own name; only staff see it")
        parser.add_argument("--public-name", required=True, help="the neutral name that members see")
        parser.add_argument("--time-zone", required=True, help="an IANA zone, for example Europe/Dublin")
        parser.add_argument("--language", default="en", choices=[code for code, _label in settings.LANGUAGES])
        parser.add_argument("--administrator-name", required=True, help="the first administrator's used name")
        parser.add_argument("--administrator-email", required=True, help="where the invitation goes")

    def handle(self, *args: Any, **options: Any) -> None:
        """Make everything in one transaction and print the link.

        Raises:
            CommandError: this is demo mode, there is a practice already, or a value is wrong.
        """
        if settings.DEMO:
            raise CommandError("This is demo mode. Set GROUPCARE_DEMO=0 to set up a real practice.")
        try:
            with acting_as_system("set_up") as system:
                invitation = _set_up(system, options)
        except ValidationError as error:
            raise CommandError("\n".join(error.messages)) from None
        link = settings.PUBLIC_URL + build_link("invitation", invitation.id, invitation.issue)
        self.stdout.write("The practice is there. Open this link and set up the first administrator:")
        self.stdout.write(link)
        self.stdout.write("Then sign in and name an external reviewer under Settings: no group can be made before.")


@unit_of_work()
def _set_up(system: SystemActor, options: dict[str, Any]) -> Invitation:
    set_up_practice(
        name=options["name"],
        public_name=options["public_name"],
        time_zone=options["time_zone"],
        language=options["language"],
        by=system,
    )
    person = create_person(
        used_name=options["administrator_name"],
        language=options["language"],
        time_zone=options["time_zone"],
        by=system,
    )
    return invite(person=person, email=options["administrator_email"], role=Role.ADMINISTRATOR, by=system)
