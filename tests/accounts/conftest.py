"""A small practice of its own: an administrator, a facilitator, two members."""

import re
from collections.abc import Callable, Iterator
from types import SimpleNamespace

import pytest
from django.core.cache import caches
from django.test import Client

from groupcare.access import Role, acting_as, acting_as_system, give_role
from groupcare.accounts import factors, ports, services
from groupcare.accounts.models import Invitation, Person
from groupcare.accounts.tokens import invitation_token
from groupcare.audit import recording

PASSWORD = "four plain words here"
# RFC 6238, appendix B: this secret (ASCII 12345678901234567890) gives 94287082 at 59 s, of which an app shows
# the last six digits; 07081804 at 1111111109 s and 14050471 at 1111111111 s, one step later.
SECRET = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
MOMENT, CODE, NEXT_MOMENT, NEXT_CODE = 1111111109, "081804", 1111111111, "050471"
PREFIX = "/account/"


@pytest.fixture(autouse=True)
def _fresh_limits() -> Iterator[None]:
    caches["limits"].clear()
    yield
    caches["limits"].clear()


@pytest.fixture(autouse=True)
def _no_demo() -> Iterator[None]:
    kept = list(ports._demo)
    ports.register_demo(lambda: False)
    yield
    ports._demo[:] = kept


def enter(name: str, role: Role | None = None, *, factor: bool = True) -> Person:
    """Bring somebody in as the product does: person, invitation, acceptance."""
    email = f"{name.lower()}@example.org"
    with recording(), acting_as_system("test") as system:
        person = services.create_person(used_name=name, by=system)
        invitation = services.invite(person=person, email=email, by=system, role=role)
    token = invitation_token(invitation.pk, invitation.issue)
    user = services.accept_invitation(invitation_id=invitation.pk, token=token, password=PASSWORD)
    if factor and role:
        factors.give_app(user, SECRET)
    return Person.objects.get(pk=person.pk)


@pytest.fixture
def office(db: None) -> SimpleNamespace:
    return SimpleNamespace(
        ada=enter("Ada", Role.ADMINISTRATOR),
        nadia=enter("Nadia", Role.FACILITATOR),
        ben=enter("Ben"),
        chiara=enter("Chiara"),
    )


@pytest.fixture
def at_desk() -> Callable[[Person], Client]:
    def signed_in(person: Person) -> Client:
        client = Client()
        client.force_login(person.login)
        return client

    return signed_in


@pytest.fixture
def invited(office: SimpleNamespace) -> Callable[..., tuple[Invitation, str]]:
    def make(name: str = "Tom", role: Role | None = Role.FACILITATOR) -> tuple[Invitation, str]:
        with recording(), acting_as(office.ada):
            person = services.create_person(used_name=name, by=office.ada)
            row = services.invite(person=person, email=f"{name}@example.org", by=office.ada, role=role)
        return row, f"{PREFIX}invitation/{row.pk}/{invitation_token(row.pk, row.issue)}/"

    return make


def plain(response: object) -> str:
    """Return a page without what differs between two requests for it."""
    text = response.content.decode()  # type: ignore[attr-defined]
    text = re.sub(r'name="csrfmiddlewaretoken" value="[^"]*"', "", text)
    return re.sub(
        r'"x-csrftoken": "[^"]*"|request[^<]*[0-9a-f]{8}-[0-9a-f-]{27}|[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f-]{22}', "", text
    )


def give(person: Person, role: Role) -> None:
    with recording(), acting_as_system("test") as system:
        give_role(person=person, role=role, by=system)
