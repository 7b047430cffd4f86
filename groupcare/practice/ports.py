"""What other rooms add to the first run of the practice, and what they know of the places where it works.

A precaution is what a practice should have before the first real person is entered: a backup, mail
that arrives, keys that lie apart. It stops nobody; the page says what is missing until it is there.
"""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Any, Protocol
from uuid import UUID

from django.db.models import Exists, QuerySet
from django.db.models.expressions import Combinable
from django.utils.functional import Promise

# An answer, or a condition on rows (``Exists``, also negated) that is asked together with those of other rooms.
Done = bool | Combinable


@dataclass(frozen=True)
class Precaution:
    """One precaution: what to do, why, where (a named address without arguments, or ""), and whether it is done."""

    key: str
    text: str | Promise
    why: str | Promise
    done: Callable[[], Done]
    url_name: str = ""


_registered: dict[str, Precaution] = {}


def register_precaution(precaution: Precaution) -> None:
    """Show ``precaution`` on the page of the first run; one of the same key is replaced.

    Args:
        precaution: its ``done`` asks nothing of the database by itself beyond what its room reads once a request;
            whatever can be said as a condition on rows is returned as one.
    """
    _registered[precaution.key] = precaution


def precautions() -> list[Precaution]:
    """Return every registered precaution, in the order in which the rooms registered them."""
    return list(_registered.values())


class Places(Protocol):
    """What a higher room knows of the places whose law its work stands under. Places are codes of places.toml."""

    def in_use(self) -> QuerySet[Any, str]:
        """Return the places of all running work, to be asked together with those of the practice's own sites."""
        ...

    def used(self, places: Collection[str]) -> Exists:
        """Return the condition that there is running work at one of these places."""
        ...

    def people_at(self, places: Collection[str]) -> set[UUID]:
        """Return who runs work at one of these places now."""
        ...

    def of_person(self, person_id: UUID) -> set[str]:
        """Return the places of the work that this person runs now."""
        ...


_places: list[Places] = []


def register_places(known: Places) -> None:
    """Let ``known`` say where work is done, in place of the one before."""
    _places[:] = [known]


def working_places() -> Places:
    """Return who knows where work is done.

    Raises:
        RuntimeError: nothing is registered. Nobody may be left untold because of that.
    """
    if not _places:
        raise RuntimeError("Nothing is registered that knows where the practice works.")
    return _places[0]
