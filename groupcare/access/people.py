"""What the access room knows of a person: an id and, perhaps, a login."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Protocol, cast
from uuid import UUID

from django.http import HttpRequest

from groupcare.exceptions import Refused


class Person(Protocol):
    """Anyone the rules may be asked about; ``accounts.Person`` is one."""

    @property
    def id(self) -> UUID | None:
        """The person's id; None only for the system."""

    @property
    def login(self) -> Any:
        """The person's user, or None when they cannot sign in."""


@dataclass(frozen=True)
class SystemActor:
    """The machine itself at work: a sweep, a command, the first set-up. It sees no object."""

    name: str
    id: None = None
    login: None = None


def is_system(person: Person) -> bool:
    """Return whether ``person`` is the system."""
    return isinstance(person, SystemActor)


def viewer_from(request: HttpRequest) -> Person:
    """Return the person behind the request.

    Raises:
        Refused: nobody is signed in, or the login has no person.
    """
    person = getattr(request, "person", None)
    if person is None:
        raise Refused("page.open", "session")
    return cast(Person, person)


def role_names(request: HttpRequest) -> Iterable[str]:
    """Return the roles of the person behind the request, for the navigation; none when nobody is at work.

    Who works here in no role is shown what members are shown: it costs no query, and the pages of a member
    show nothing to somebody without a place.
    """
    from groupcare.access import acting
    from groupcare.access.selectors import roles_of

    person = getattr(request, "person", None)
    if person is None or not acting.is_at_work(person):
        return frozenset()
    return roles_of(person) or frozenset({"member"})
