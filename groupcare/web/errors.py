"""Handlers of the project's error pages; groupcare/urls.py names them."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from groupcare.web import responses


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Return the 400 page."""
    return render(request, "400.html", status=400)


def permission_denied(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Return the 403 page."""
    return render(request, "403.html", status=403)


def page_not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Return the one 404 page."""
    return responses.absent(request)


def server_error(request: HttpRequest) -> HttpResponse:
    """Return the 500 page."""
    return responses.broken()


def csrf_failure(request: HttpRequest, reason: str = "", **_: Any) -> HttpResponse:
    """Return the 403 page for a form that was open too long or came from elsewhere."""
    return render(request, "403.html", {"form_too_old": True}, status=403)
