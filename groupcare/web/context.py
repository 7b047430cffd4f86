"""What every page is given, and the id of the request that is being answered."""

import zoneinfo
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils import timezone
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext as _

from groupcare.web import nav

THEME_COOKIE = "theme"
THEMES = ("light", "dark")
# Discreet mode, two cookies of the device: names as initials, and the page covered when its window is left.
NAMES_COOKIE, INITIALS = "names", "initials"
AWAY_COOKIE, COVER = "away", "cover"

_request_id: ContextVar[str] = ContextVar("request_id", default="")
_typed_before: ContextVar[Any] = ContextVar("typed_before", default=None)
_initials_only: ContextVar[bool] = ContextVar("initials_only", default=False)


def current_request_id() -> str:
    """Return the id of the request being answered; empty outside a request."""
    return _request_id.get()


def set_request_id(value: str) -> Any:
    """Set the id of the request and return the token that takes it back."""
    return _request_id.set(value)


def reset_request_id(token: Any) -> None:
    """Take back what ``set_request_id`` set."""
    _request_id.reset(token)


def initials_only() -> bool:
    """Return whether the request being answered asked for initials in place of names; False outside a request."""
    return _initials_only.get()


def set_initials_only(request: HttpRequest) -> Any:
    """Take up what this device asked for and return the token that takes it back."""
    return _initials_only.set(request.COOKIES.get(NAMES_COOKIE) == INITIALS)


def reset_initials_only(token: Any) -> None:
    """Take back what ``set_initials_only`` set."""
    _initials_only.reset(token)


def covers_when_left(request: HttpRequest) -> bool:
    """Return whether this device asked to cover a page as soon as its window is left."""
    return request.COOKIES.get(AWAY_COOKIE) == COVER


def typed_before() -> Any:
    """Return what the reader had typed into this page's form when their session ended, as it was sent; None: nothing."""
    return _typed_before.get()


@contextmanager
def filled_with(typed: Any) -> Iterator[None]:
    """Let the forms of the page that is rendered inside start with ``typed`` (a QueryDict)."""
    token = _typed_before.set(typed)
    try:
        yield
    finally:
        _typed_before.reset(token)


def theme_of(request: HttpRequest) -> str:
    """Return "light" or "dark" when the person chose one on this device, else "" (the device decides)."""
    chosen = request.COOKIES.get(THEME_COOKIE, "")
    return chosen if chosen in THEMES else ""


def zone_label() -> str:
    """Return the name of the zone in which times are shown now, for example "America/New York (EST)"."""
    zone = timezone.get_current_timezone()
    name = zone.key.replace("_", " ") if isinstance(zone, zoneinfo.ZoneInfo) else str(zone)
    short = timezone.localtime().tzname() or ""
    return name if short in ("", name) or short[0] in "+-" else f"{name} ({short})"


def page(request: HttpRequest) -> dict[str, Any]:
    """Return the context of every page; the practice room's processor runs later and refines it.

    Nothing here touches the database until a template asks for it.
    """
    return {
        "person": getattr(request, "person", None),
        "nav_items": SimpleLazyObject(lambda: nav.items(request, "rail")),
        "foot_items": SimpleLazyObject(lambda: nav.items(request, "foot")),
        "reader_zone": SimpleLazyObject(zone_label),
        "practice_name": _("Your practice"),
        "is_demo": settings.DEMO,
        "theme": theme_of(request),
        "cover_when_left": covers_when_left(request),
        "request_id": current_request_id(),
    }
