"""Handlers of the project's error pages; groupcare/urls.py names them."""

import logging
import sys
from typing import Any

from django.core.exceptions import ImproperlyConfigured, RequestDataTooBig, TooManyFieldsSent
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from groupcare.web import responses

log = logging.getLogger(__name__)

# A part that the page needs is away: the database, its disk, the keys. It comes back; the page is not broken.
_AWAY = (OperationalError, InterfaceError, ImproperlyConfigured)


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Return the 400 page; what was too big to be read at all gets a sentence of its own."""
    too_big = isinstance(exception, (RequestDataTooBig, TooManyFieldsSent))
    return render(request, "400.html", {"too_big": too_big}, status=413 if too_big else 400)


def permission_denied(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Return the 403 page."""
    return render(request, "403.html", status=403)


def page_not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Return the one 404 page."""
    return responses.absent(request)


def server_error(request: HttpRequest) -> HttpResponse:
    """Return the 500 page, or the 503 page when a part is away that an administrator brings back."""
    problem = sys.exc_info()[1]
    if isinstance(problem, _AWAY):
        # What is away, and what to do about it, is said by manage.py health; a stranger learns neither.
        log.critical("page.part_away", extra={"reason": type(problem).__name__})
        return responses.out_of_order()
    return responses.broken()


def csrf_failure(request: HttpRequest, reason: str = "", **_: Any) -> HttpResponse:
    """Return the 403 page for a form that was open too long or came from elsewhere."""
    return render(request, "403.html", {"form_too_old": True}, status=403)
