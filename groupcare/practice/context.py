"""What every page knows of the practice."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from groupcare.practice.selectors import find_practice, public_name


def practice(request: HttpRequest) -> dict[str, Any]:
    """Return the neutral name, the zone and whether this is a demo; asks the database once, if the page does."""
    del request
    return {
        "practice_name": SimpleLazyObject(public_name),
        "practice_zone": SimpleLazyObject(_zone),
        "is_demo": settings.DEMO,
    }


def _zone() -> str:
    found = find_practice()
    return found.time_zone if found else settings.TIME_ZONE
