"""Panels: a higher room shows its part on a lower room's page, rendered in the same request (foundation F8)."""

from collections.abc import Callable, Sequence
from typing import Any

from django.http import HttpRequest
from django.utils.safestring import SafeString, mark_safe

Render = Callable[[HttpRequest, Sequence[Any]], dict[Any, SafeString]]

_renders: dict[str, list[tuple[int, Render]]] = {}


def register(slot: str, render: Render, *, order: int = 50) -> None:
    """Let ``render`` fill ``slot``: it is given the whole list and returns HTML by primary key (None: no object)."""
    entries = _renders.setdefault(slot, [])
    if all(known is not render for _, known in entries):
        entries.append((order, render))
        entries.sort(key=lambda entry: entry[0])


def collect(request: HttpRequest, slot: str, objects: Sequence[Any]) -> dict[Any, SafeString]:
    """Return the HTML of every panel of ``slot`` by primary key; each renderer runs once for the whole list.

    A list page calls this once, so that the number of queries does not grow with its rows.
    """
    html: dict[Any, list[SafeString]] = {getattr(one, "pk", None): [] for one in objects}
    for _, render in _renders.get(slot, ()):
        for key, part in render(request, objects).items():
            html.setdefault(key, []).append(part)
    # The parts are SafeString already: each renderer escaped its own content.
    return {key: mark_safe("".join(parts)) for key, parts in html.items()}  # noqa: S308


def render(request: HttpRequest, slot: str, objects: Any) -> SafeString:
    """Return all panels of ``slot`` for one object, or for a list one after another."""
    several = objects if isinstance(objects, (list, tuple)) else [objects]
    return mark_safe("".join(collect(request, slot, several).values()))  # noqa: S308 - parts are SafeString
