"""What higher rooms tell the accounts room; while nothing is registered, the stricter answer counts."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import UUID

from django.db.models import Exists, OuterRef

if TYPE_CHECKING:
    from groupcare.accounts.models import Person, PersonMerge

_demo: list[Callable[[], bool]] = []


def register_demo(check: Callable[[], bool]) -> None:
    """Let ``check`` say whether the database was made as a demo (foundation F11); the last one counts."""
    _demo[:] = [check]


def is_demo() -> bool:
    """Return whether the database is a demo; False while nobody knows."""
    return bool(_demo) and _demo[0]()


@dataclass(frozen=True, slots=True)
class Looked:
    """What a room has of two entries of a person, in plain words by id, and why they cannot be put together."""

    lines: Mapping[UUID, Sequence[str]]
    refusals: Sequence[str] = ()


def _nothing(merge: "PersonMerge", by: "Person") -> None:
    """Do nothing: the room only reads."""


@dataclass(frozen=True, slots=True)
class MergePart:
    """What a room does when two entries of one person are put together.

    ``look`` takes the kept entry and the duplicate and says what hangs on them, counts only; ``merge`` and
    ``unmerge`` run in the unit of work that writes the row.
    """

    look: Callable[[UUID, UUID], Looked]
    merge: Callable[["PersonMerge", "Person"], None] = _nothing
    unmerge: Callable[["PersonMerge", "Person"], None] = _nothing


_parts: dict[str, MergePart] = {}


def register_merge_part(name: str, part: MergePart) -> None:
    """Let a room take part when two entries of one person are put together; one of the same name is replaced."""
    _parts[name] = part


def merge_parts() -> list[MergePart]:
    """Return every registered part, by name.

    Raises:
        RuntimeError: there is none; then nobody knows what hangs on a person, and nothing may be merged.
    """
    if not _parts:
        raise RuntimeError("Nothing is registered that knows what hangs on a person.")
    return [_parts[name] for name in sorted(_parts)]


# What other rooms want to know of whoever is signed in, asked in the account's own query: name -> condition.
_marks: dict[str, Callable[[OuterRef], Exists]] = {}


def register_account_mark(name: str, condition: Callable[[OuterRef], Exists]) -> None:
    """Let every signed-in account carry ``name``, a condition on its person; it costs no query of its own.

    Args:
        name: an attribute that no account has already.
        condition: given the reference to the account's person, returns what is asked.
    """
    _marks[name] = condition


def account_marks(person: OuterRef) -> dict[str, Exists]:
    """Return what was registered, for the account's query."""
    return {name: condition(person) for name, condition in _marks.items()}
