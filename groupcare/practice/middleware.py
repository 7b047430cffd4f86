"""Keeps a demo on the machine on which it runs."""

from collections.abc import Callable

from django.conf import settings
from django.core.exceptions import MiddlewareNotUsed
from django.http import HttpRequest, HttpResponse

from groupcare.practice.demo_guard import stays_here


class DemoGuardMiddleware:
    """Answers 400 to any request to a demo that does not come from this machine; a real practice has no use for it."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        if not settings.DEMO:
            raise MiddlewareNotUsed
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Return the page, or 400."""
        if stays_here(request.META):
            return self.get_response(request)
        return HttpResponse(
            "This is a demo. Open it on the machine where it runs, as localhost.\n",
            status=400,
            content_type="text/plain; charset=utf-8",
            headers={
                "Cache-Control": "no-store",
                "Content-Security-Policy": "default-src 'none'",
                "X-Content-Type-Options": "nosniff",
            },
        )
