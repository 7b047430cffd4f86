"""The pages that say no: one body for what is absent and what is forbidden."""

import logging

from django.http import HttpRequest, HttpResponse
from django.template import loader

from groupcare.web.context import current_request_id

log = logging.getLogger(__name__)

# Shown when even the error template fails.
_LAST_RESORT = "<!doctype html><html lang=en><title>Error</title><main><h1>This did not work</h1></main></html>"


def absent(request: HttpRequest) -> HttpResponse:
    """Return the page for what is not there; it never says whether it exists for somebody else."""
    return HttpResponse(loader.render_to_string("404.html", {}, request), status=404)


def unavailable(request: HttpRequest | None = None) -> HttpResponse:
    """Return the page for "not now", free of anything the request was about, to be asked again in 30 s (our choice)."""
    return _without_request("503.html", 503, {"Retry-After": "30"})


def out_of_order() -> HttpResponse:
    """Return the page for a part that is away (database, disk, keys); it needs none of them."""
    return _without_request("503.html", 503, {"Retry-After": "30"}, part_away=True)


def broken() -> HttpResponse:
    """Return the page for our own fault; it needs neither database nor session."""
    return _without_request("500.html", 500, {})


def _without_request(template: str, status: int, headers: dict[str, str], **about: object) -> HttpResponse:
    try:
        body: str = loader.render_to_string(template, {**about, "request_id": current_request_id()})
    except Exception:  # noqa: BLE001 - an error page may not fail
        log.error("error_page.failed", extra={"status": status})
        body = _LAST_RESORT
    return HttpResponse(body, status=status, headers=headers)
