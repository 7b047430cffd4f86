"""What a higher room must answer for the groups: who may come in, and which answers were never theirs.

``consent`` registers the gate when it starts. With nothing registered everybody is refused
(foundation F8).
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol, TypeAlias, runtime_checkable
from uuid import UUID

from django.db.models import Model, Subquery
from django.db.models.expressions import Combinable
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from groupcare.accounts.models import Person


@dataclass(frozen=True)
class Reason:
    """One thing that keeps the gate shut: what is missing, and where to mend it ("" if nowhere)."""

    text: str | Promise
    url: str = ""


@dataclass(frozen=True)
class Clearance:
    """The gate's answer for one person. ``state`` is one of the ten standings, or "" if unknown."""

    cleared: bool
    state: str = ""
    reasons: Sequence[Reason] = field(default_factory=tuple)


@runtime_checkable
class ClearancePort(Protocol):
    """An object that knows who may come to a group's sessions now."""

    def clearances(self, group_id: UUID, person_ids: Sequence[UUID]) -> Mapping[UUID, Clearance]:
        """Return one answer for each person, with a fixed number of queries."""
        ...


ClearanceFunction: TypeAlias = Callable[[UUID, Sequence[UUID]], Mapping[UUID, Clearance]]

REFUSED = Clearance(
    cleared=False,
    reasons=(Reason(_("We cannot check your agreements just now. Please call the practice.")),),
)

_registered: list[ClearancePort | ClearanceFunction] = []


def register_clearance(port: ClearancePort | ClearanceFunction) -> None:
    """Make ``port`` the gate, in place of the one before."""
    _registered[:] = [port]


def clearances(group_id: UUID, person_ids: Iterable[UUID]) -> dict[UUID, Clearance]:
    """Return the gate's answer for every one of ``person_ids``; refused where there is none."""
    wanted = list(dict.fromkeys(person_ids))
    found: Mapping[UUID, Clearance] = {}
    if _registered and wanted:
        port = _registered[0]
        ask = port.clearances if isinstance(port, ClearancePort) else port
        found = ask(group_id, wanted)
    return {person_id: found.get(person_id, REFUSED) for person_id in wanted}


def clearance(group_id: UUID, person_id: UUID) -> Clearance:
    """Return the gate's answer for one person."""
    return clearances(group_id, [person_id])[person_id]


#: One more column of the query that reads a group's own page, for a viewer; it may refer to ``OuterRef("group_id")``.
GroupColumn: TypeAlias = Callable[[Person], Combinable | Subquery]

_columns: dict[str, GroupColumn] = {}


def register_group_column(name: str, make: GroupColumn) -> None:
    """Have the group's own page read ``name`` with the group itself; a panel finds it there and asks no query."""
    _columns[name] = make


def group_columns(viewer: Person) -> dict[str, Combinable | Subquery]:
    """Return the registered columns by their names, as ``viewer`` may see them."""
    return {name: make(viewer) for name, make in _columns.items()}


@dataclass(frozen=True)
class Clause:
    """One part of a group's agreement, to be read aloud."""

    key: str
    title: str
    lines: tuple[str, ...]
    language: str


#: Returns the parts of a group's agreement in force, in a language or the nearest; the caller has checked who asks. The
#: rows that come along are unlocked in the same query.
Clauses: TypeAlias = Callable[[UUID, str, Sequence[Model]], Sequence[Clause]]

_clauses: list[Clauses] = []


def register_clauses(port: Clauses) -> None:
    """Let ``port`` say what stands in a group's agreement, in place of the one before."""
    _clauses[:] = [port]


def agreement_clauses(group_id: UUID, language: str, also: Sequence[Model] = ()) -> Sequence[Clause]:
    """Return the parts of a group's agreement, in order; nothing where it has none, or nobody can say.

    Args:
        group_id: the group.
        language: of the reader.
        also: rows of the same page, whose keys are fetched with those of the agreement.
    """
    return _clauses[0](group_id, language, also) if _clauses else ()


#: Marks a person's answers in a group as not valid, with a reason code; called inside a unit of work.
Invalidate: TypeAlias = Callable[[UUID, Person, Person, str], None]

_invalidates: list[Invalidate] = []


def register_invalidation(port: Invalidate) -> None:
    """Let ``port`` mark answers as not valid, in place of the one before."""
    _invalidates[:] = [port]


def invalidate_answers(group_id: UUID, of: Person, by: Person, reason: str) -> None:
    """Mark the answers of ``of`` in a group as not valid.

    Raises:
        RuntimeError: nobody can; what was signed by a stranger must not stand.
    """
    if not _invalidates:
        raise RuntimeError("Nothing is registered that marks answers as not valid.")
    _invalidates[0](group_id, of, by, reason)
