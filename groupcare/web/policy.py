"""How a view of the bottom room says who may open it, without importing the access room above."""

from collections.abc import Callable
from typing import Any, TypeVar

View = TypeVar("View", bound=Callable[..., Any])

# The access room reads this word as its audience PUBLIC.
PUBLIC = "public"


def open_to_all(view: View) -> View:
    """Return ``view`` marked as open to everybody, signed in or not."""
    view.policy = PUBLIC  # type: ignore[attr-defined]
    return view
