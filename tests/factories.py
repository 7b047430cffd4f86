"""Makes people and rights for tests, as short as a sentence. Everything else goes through the services."""

from datetime import datetime

from allauth.account.models import EmailAddress
from django.utils import timezone

from groupcare.access import Role, RoleHolding
from groupcare.accounts.models import Person, User

PASSWORD = "lantern-harbour-quiet"


def make_person(name: str, *, language: str = "en", zone: str = "America/New_York") -> Person:
    """Return a person without an account."""
    return Person.objects.create(used_name=name, language=language, time_zone=zone)


def make_user(person: Person, *, superuser: bool = False) -> User:
    """Return the account of ``person`` with PASSWORD and a verified address of their own."""
    email = f"{person.used_name.split()[0].lower()}@example.org"
    user = User.objects.create_user(email, PASSWORD, person=person, is_superuser=superuser)
    EmailAddress.objects.create(user=user, email=email, verified=True, primary=True)
    return user


def make_member(name: str, *, language: str = "en") -> Person:
    """Return a person with an account and no role."""
    person = make_person(name, language=language)
    make_user(person)
    return person


def make_staff(name: str, *roles: Role, since: datetime | None = None, superuser: bool = False) -> Person:
    """Return a person with an account, a second factor and ``roles``."""
    person = make_person(name)
    user = make_user(person, superuser=superuser)
    add_second_factor(user)
    for role in roles:
        RoleHolding.objects.create(person=person, role=role, valid_from=since or timezone.now())
    return person


def add_second_factor(user: User) -> None:
    """Give ``user`` an authenticator app, as the set-up page would."""
    from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret

    from groupcare.accounts.sealing import secrets_of

    with secrets_of(user):
        TOTP.activate(user, generate_totp_secret())
