"""The main navigation: rooms register their entries and the sources of a person's roles.

With no source of roles registered, nobody has a role, and only entries shown to everybody appear.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.functional import Promise

# An entry shown to this word is shown to all, signed in or not.
EVERYONE = "everyone"


@dataclass(frozen=True)
class NavItem:
    """One entry of the navigation.

    ``shown_to`` holds role names of the access room, "member", "facilitator" or "everyone";
    ``badge`` counts what waits (0 shows nothing); ``place`` is "rail" (the bar) or "foot".
    ``under`` holds further beginnings of addresses whose pages belong to the entry.
    ``url``, ``current`` ("page", "true" or "") and ``count`` are filled in for one request.
    """

    key: str
    label: str | Promise
    icon: str
    url_name: str
    shown_to: frozenset[str]
    order: int = 50
    badge: Callable[[HttpRequest], int] | None = None
    place: str = "rail"
    under: tuple[str, ...] = ()
    url: str = ""
    current: str = ""
    count: int = 0


RoleSource = Callable[[HttpRequest], Iterable[str]]

_items: dict[str, NavItem] = {}
_sources: list[RoleSource] = []


def register(item: NavItem) -> None:
    """Add an entry; one with the same key is replaced."""
    _items[item.key] = item


def register_roles(source: RoleSource) -> None:
    """Add a source that names the roles of the person behind a request."""
    if source not in _sources:
        _sources.append(source)


def roles(request: HttpRequest) -> frozenset[str]:
    """Return the role names of the request, "everyone" included; sources are asked once a request."""
    known: frozenset[str] | None = getattr(request, "_nav_roles", None)
    if known is None:
        known = frozenset({EVERYONE}.union(*(map(str, source(request)) for source in _sources)))
        request._nav_roles = known  # type: ignore[attr-defined]
    return known


def items(request: HttpRequest, place: str = "rail") -> list[NavItem]:
    """Return the entries the person may see, in order, with their addresses and the current one marked.

    An entry whose address does not exist is left out: its room is not installed.
    """
    held = roles(request)
    found = []
    for item in sorted(_items.values(), key=lambda one: (one.order, one.key)):
        if item.place != place or not item.shown_to & held:
            continue
        try:
            found.append(replace(item, url=reverse(item.url_name)))
        except NoReverseMatch:
            continue
    current = _current_key(found, request.path)
    return [_finished(item, request, current) for item in found]


def _current_key(found: list[NavItem], path: str) -> str:
    """Return the key of the entry with the longest beginning that the path lies under; "/" only matches itself."""
    under = [
        (len(start), item.key)
        for item in found
        for start in (item.url, *item.under)
        if path == start or (start != "/" and path.startswith(start))
    ]
    return max(under, default=(0, ""))[1]


def _finished(item: NavItem, request: HttpRequest, current_key: str) -> NavItem:
    current = ""
    if item.key == current_key:
        current = "page" if request.path == item.url else "true"
    # Pages about one's own account say nothing of work that waits elsewhere, and ask nothing about it.
    asks = item.badge if not request.path.startswith("/account/") else None
    return replace(item, current=current, count=asks(request) if asks else 0)
