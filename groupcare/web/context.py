"""What every page is given, and the id of the request that is being answered."""

import zoneinfo
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

_request_id: ContextVar[str] = ContextVar("request_id", default="")


def current_request_id() -> str:
    """Return the id of the request being answered; empty outside a request."""
    return _request_id.get()


def set_request_id(value: str) -> Any:
    """Set the id of the request and return the token that takes it back."""
    return _request_id.set(value)


def reset_request_id(token: Any) -> None:
    """Take back what ``set_request_id`` set."""
    _request_id.reset(token)


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
        "request_id": current_request_id(),
    }
