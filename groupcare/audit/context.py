"""Who acts now: one actor per request, task or command, kept in a context variable."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass


@dataclass(frozen=True)
class Actor:
    """Who a trail event is about: ids only, never a name.

    ``id`` is a person's UUID, ``system:<name>`` for a task or command, or ``reporter``.
    """

    id: str
    role: str = ""
    request: str = ""


_actor: ContextVar[Actor | None] = ContextVar("groupcare_actor", default=None)


def current_actor() -> Actor | None:
    """Return who acts now, or None outside ``acting``."""
    return _actor.get()


@contextmanager
def acting(actor: Actor) -> Iterator[Actor]:
    """Make ``actor`` the one who acts until the block ends; may be used as a decorator."""
    token = _actor.set(actor)
    try:
        yield actor
    finally:
        _actor.reset(token)
