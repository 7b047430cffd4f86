"""What other rooms add to the first run of the practice.

A precaution is what a practice should have before the first real person is entered: a backup, mail
that arrives, keys that lie apart. It stops nobody; the page says what is missing until it is there.
"""

from collections.abc import Callable
from dataclasses import dataclass

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
