"""What the incidents app shows on pages of lower rooms, and in the navigation."""

from collections.abc import Sequence
from typing import Any

from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from incidents import selectors


def speak_up(request: HttpRequest, objects: Sequence[Any]) -> dict[Any, SafeString]:
    """Return the invitation to raise a concern, for each person whose home is shown."""
    panel = render_to_string("incidents/_panel_speak_up.html", {}, request)
    return {person.pk: panel for person in objects}


def open_concern(request: HttpRequest, objects: Sequence[Any]) -> dict[Any, SafeString]:
    """Return the offer to open a concern, beside each mistake that was put right."""
    panel = render_to_string("incidents/_panel_open_concern.html", {}, request)
    return {one.pk: panel for one in objects}


def waiting(request: HttpRequest) -> int:
    """Return how many visible concerns nobody has acknowledged; what is hidden is not counted."""
    return selectors.waiting_concerns(request.person).count()  # type: ignore[attr-defined]
