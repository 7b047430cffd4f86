"""The door of every route: it opens only as the route's policy says, and stays shut without one."""

import logging
from collections.abc import Callable
from typing import Any

from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django_htmx.http import HttpResponseClientRedirect

from groupcare.access import ports
from groupcare.access.policies import Audience, Policy, policy_of_match
from groupcare.access.selectors import roles_of
from groupcare.audit import record_refusal
from groupcare.exceptions import Refused, StepUpNeeded
from groupcare.web.responses import absent

logger = logging.getLogger(__name__)


class PolicyMiddleware:
    """Enforces the policy of each route before its view runs, and fails closed."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Pass the request on; the work is done when the view is known."""
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Callable[..., Any], args: list[Any], kwargs: dict[str, Any]
    ) -> HttpResponseBase | None:
        """Return None to let the view run, or the answer to send instead of it."""
        match = request.resolver_match
        declared = policy_of_match(match) if match is not None else None
        request.policy = declared  # type: ignore[attr-defined]
        if declared is None or match is None:
            logger.error("route_without_policy", extra={"route": match.view_name if match else ""})
            return refuse(request, "")
        if declared.audience == Audience.PUBLIC:
            return None
        person = getattr(request, "person", None)
        if person is None:
            return _closed(request) if declared.audience == Audience.NOBODY else ask_to_sign_in(request)
        if not declared.admits(_held(declared, person)):
            return refuse(request, match.view_name)
        return _prove(request, declared, match.view_name)


def _held(declared: Policy, person: Any) -> frozenset[Any]:
    """Return the person's roles, asked for only when the policy needs them."""
    return roles_of(person) if declared.audience in {Audience.STAFF, Audience.ROLES} else frozenset()


def _prove(request: HttpRequest, declared: Policy, name: str) -> HttpResponseBase | None:
    """Return None when no step-up is needed or a fresh proof is there, else the answer to send."""
    if not declared.step_up:
        return None
    try:
        return ports.step_up(request)
    except LookupError:
        logger.error("step_up_not_registered", extra={"route": name})
        return refuse(request, name)
    except StepUpNeeded as error:
        # A program cannot be led to a page; the answer is that of the API's own errors.
        return JsonResponse({"detail": error.message, "code": "step_up_needed"}, status=error.http_status)


def refuse(request: HttpRequest, name: str) -> HttpResponseBase:
    """Record that the signed-in person was refused the route ``name``; return the one 404 answer.

    Strangers are counted by limits instead, so that they cannot fill the trail (foundation F3).
    """
    if getattr(request, "person", None) is not None:
        record_refusal(Refused("page.open", "route", name))
    return _closed(request)


def _closed(request: HttpRequest) -> HttpResponseBase:
    if is_api(request):
        return JsonResponse({"detail": "Not found.", "code": "not_found"}, status=404)
    return absent(request)


def ask_to_sign_in(request: HttpRequest) -> HttpResponseBase:
    """Return what leads a stranger to the sign-in page and back: a redirect, for a fragment one of the whole page."""
    if is_api(request):
        return JsonResponse({"detail": "Sign in first.", "code": "not_signed_in"}, status=401)
    if getattr(request, "htmx", False):
        # The fragment's own address is no page; come back to the page that asked for it.
        asked_from = request.htmx.current_url_abs_path or "/"  # type: ignore[attr-defined]
        return HttpResponseClientRedirect(redirect_to_login(asked_from).url)
    return redirect_to_login(request.get_full_path() if request.method == "GET" else "/")


def is_api(request: HttpRequest) -> bool:
    """Return whether the route is one of the API, which answers in JSON."""
    match = request.resolver_match
    return match is not None and hasattr(match.func, "cls")
