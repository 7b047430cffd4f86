"""Who is at work now. No list is read and no role is asked outside of it (foundation F4)."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from uuid import UUID

from groupcare.access.models import Role
from groupcare.access.people import Person, SystemActor
from groupcare.audit import Actor, acting
from groupcare.web.context import current_request_id


@dataclass
class Acting:
    """The person or system at work, with the roles and their holders already looked up while it works."""

    person_id: UUID | None
    system: str = ""
    roles: dict[UUID, frozenset[Role]] = field(default_factory=dict)
    holders: dict[Role, list[UUID]] = field(default_factory=dict)


_current: ContextVar[Acting | None] = ContextVar("groupcare_acting", default=None)


@contextmanager
def acting_as(person: Person, role: str = "", *, held: frozenset[Role] | None = None) -> Iterator[None]:
    """Let ``person`` be at work inside of the block, for the rules and for the trail.

    Args:
        person: who is at work.
        role: in what part, for the trail.
        held: the roles they hold now, if they were read together with the account.

    Raises:
        RuntimeError: ``person`` is the system; use ``acting_as_system``.
    """
    if person.id is None:
        raise RuntimeError("The system is no person. Use acting_as_system(name).")
    roles = {} if held is None else {person.id: held}
    with _working(Acting(person.id, roles=roles)), acting(Actor(str(person.id), role, current_request_id() or "")):
        yield


@contextmanager
def acting_as_system(name: str) -> Iterator[SystemActor]:
    """Let the system be at work inside of the block, as ``system:<name>`` in the trail; yields it for ``by=``."""
    with _working(Acting(None, name)), acting(Actor(f"system:{name}", "", current_request_id() or "")):
        yield SystemActor(name)


@contextmanager
def _working(state: Acting) -> Iterator[None]:
    token = _current.set(state)
    try:
        yield
    finally:
        _current.reset(token)


def current() -> Acting:
    """Return who is at work.

    Raises:
        RuntimeError: nobody is.
    """
    state = _current.get()
    if state is None:
        raise RuntimeError("Nobody is at work. Wrap the call in acting_as(person) or acting_as_system(name).")
    return state


def require(person: Person, *, system_may_ask: bool) -> Acting:
    """Return who is at work, if it may ask about ``person``.

    Args:
        person: the one asked about.
        system_may_ask: whether the system may ask about anyone.

    Raises:
        RuntimeError: nobody is at work, or somebody else is.
    """
    state = current()
    if state.system and system_may_ask:
        return state
    if person.id is None or state.person_id != person.id:
        raise RuntimeError("Somebody else is at work. Ask only about the person in acting_as(person).")
    return state


def is_at_work(person: Person) -> bool:
    """Return whether it is ``person`` who is at work."""
    state = _current.get()
    return state is not None and person.id is not None and state.person_id == person.id


def forget_roles() -> None:
    """Drop the roles looked up so far; called after a role was given or ended."""
    state = _current.get()
    if state is not None:
        state.roles.clear()
        state.holders.clear()
