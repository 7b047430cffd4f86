"""What hung on a promise and ends with it: a list that every room may join.

Most of what hangs on a promise is never stored: the gate, links to sessions, a running time to sign and what may be
shared are all computed from the ledger, so they end with the act itself. Only what is a row of its own is undone here.
"""

from collections.abc import Callable

from consent.models import Act
from groupcare.accounts.models import Person

#: Undoes what hung on a promise that is being taken back by a person, inside their unit of work; returns how many.
Unwind = Callable[[Act, Person], int]

_unwinds: dict[str, Unwind] = {}


def register_unwind(name: str, undo: Unwind) -> None:
    """Let ``undo`` run whenever a promise is taken back.

    Args:
        name: what it undoes, a word that is kept with the act.
        undo: told the promise and who takes it back.

    Raises:
        ValueError: another function stands under this name.
    """
    if _unwinds.get(name, undo) is not undo:
        raise ValueError(f"Two functions undo {name!r}.")
    _unwinds[name] = undo


def unwind(promise: Act, *, by: Person) -> dict[str, int]:
    """Undo everything that hung on a promise; return how many of what, without what was none."""
    done = {name: undo(promise, by) for name, undo in sorted(_unwinds.items())}
    return {name: many for name, many in done.items() if many}
