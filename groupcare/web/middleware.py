"""Request ids, discreet mode, and the security headers of every response (SEC-64)."""

import uuid
from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from groupcare.web import context

GetResponse = Callable[[HttpRequest], HttpResponse]

# Features no page of ours uses; passkeys (publickey-credentials-*) stay allowed for ourselves.
_FEATURES_OFF = (
    "accelerometer",
    "autoplay",
    "camera",
    "display-capture",
    "geolocation",
    "gyroscope",
    "magnetometer",
    "microphone",
    "midi",
    "payment",
    "screen-wake-lock",
    "serial",
    "usb",
)
HEADERS = {
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": ", ".join(f"{feature}=()" for feature in _FEATURES_OFF),
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "X-Permitted-Cross-Domain-Policies": "none",
    "X-Robots-Tag": "noindex, nofollow",
    # Answers given before the CSP middleware is reached still get a policy: nothing at all.
    "Content-Security-Policy": "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
}


class RequestIdMiddleware:
    """Gives each request a random id of its own; an id sent by the caller is ignored, so nobody can forge log lines."""

    def __init__(self, get_response: GetResponse) -> None:
        """Keep the next layer."""
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer with the id set for logs and trail, and named in the response."""
        request_id = str(uuid.uuid4())
        token = context.set_request_id(request_id)
        try:
            response = self.get_response(request)
        finally:
            context.reset_request_id(token)
        response.headers["X-Request-ID"] = request_id
        return response


class DiscreetMiddleware:
    """Tells the templates whether this device asked for initials in place of names."""

    def __init__(self, get_response: GetResponse) -> None:
        """Keep the next layer."""
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer with the choice of this device taken up, and forget it afterwards."""
        token = context.set_initials_only(request)
        try:
            return self.get_response(request)
        finally:
            context.reset_initials_only(token)


class SecurityHeadersMiddleware:
    """Sets the headers of SEC-64 on every response and forbids storing all but static files."""

    def __init__(self, get_response: GetResponse) -> None:
        """Keep the next layer."""
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer with the headers set; a header a view set on purpose stays, except for caching."""
        _name_own_origin(request)
        response = self.get_response(request)
        for name, value in HEADERS.items():
            response.headers.setdefault(name, value)
        if not request.path.startswith(str(settings.STATIC_URL)):
            response.headers["Cache-Control"] = "no-store"
        if settings.SECURE_HSTS_SECONDS and request.is_secure():
            response.headers.setdefault(
                "Strict-Transport-Security", f"max-age={settings.SECURE_HSTS_SECONDS}; includeSubDomains; preload"
            )
        return response


def _name_own_origin(request: HttpRequest) -> None:
    """Put our own origin where the browser wrote "null", when it also says that the form came from ourselves.

    Under ``no-referrer`` browsers send ``Origin: null`` with every form, which Django's CSRF check refuses.
    ``Sec-Fetch-Site`` cannot be set by a page; the CSRF token is still checked afterwards.
    Source: Fetch standard, "append a request Origin header"; Fetch Metadata section 2.3.
    """
    if request.headers.get("Origin") == "null" and request.headers.get("Sec-Fetch-Site") == "same-origin":
        request.META["HTTP_ORIGIN"] = f"{request.scheme}://{request.META.get('HTTP_HOST', '')}"
