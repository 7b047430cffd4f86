"""Every request: how long a session lives, whose it is, and whether staff has a second factor."""

import zoneinfo
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from django.conf import settings
from django.contrib.auth import SESSION_KEY, get_user, logout
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import redirect
from django.utils import timezone, translation

from groupcare.access import acting_as, roles_of
from groupcare.access.middleware import is_api
from groupcare.access.policies import Audience, policy_of_match
from groupcare.access.selectors import marked_roles
from groupcare.accounts import kept, ports, services
from groupcare.accounts.factors import has_second_factor
from groupcare.accounts.models import Person, User
from groupcare.accounts.selectors import SEEN, STARTED

Respond = Callable[[HttpRequest], HttpResponse]
# Seconds. Source: SEC-46.
IDLE = {True: 15 * 60, False: 30 * 60}
ABSOLUTE = {True: 8 * 3600, False: 12 * 3600}
# Our choice, because an exact last use says more about a person than the limit needs.
RESOLUTION = 60
STAFF = "gc_staff"
BOUND = "gc_bound"

# What somebody without a second factor may still open: what sets one up, and the way out.
SET_UP_ROUTES = frozenset(
    {
        "mfa_index",
        "mfa_activate_totp",
        "mfa_add_webauthn",
        "mfa_list_webauthn",
        "mfa_view_recovery_codes",
        "mfa_download_recovery_codes",
        "account_logout",
        "accounts:step-up",
    }
)


def begin(session: Any) -> None:
    """Mark a session as begun now, and forget whose ended in this browser before; called at sign-in."""
    session.pop(kept.BEFORE, None)
    session[STARTED] = session[SEEN] = int(timezone.now().timestamp())


def is_over(session: Any) -> bool:
    """Return whether the session has lived or rested too long; one without a beginning is over."""
    now, staff = timezone.now().timestamp(), bool(session.get(STAFF, True))
    started, seen = session.get(STARTED, 0), session.get(SEEN, 0)
    return bool(now - started >= ABSOLUTE[staff] or now - seen >= IDLE[staff])


class SessionLimitsMiddleware:
    """Ends a session after its time; notes its last use, except on quiet routes (foundation F5)."""

    def __init__(self, get_response: Respond) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Treat an over-long session as nobody's, and note a session that was made by this request."""
        request.session_is_over = SESSION_KEY in request.session and is_over(request.session)  # type: ignore[attr-defined]
        if request.session_is_over:  # type: ignore[attr-defined]
            request.user = AnonymousUser()
        response = self.get_response(request)
        self._bind(request)
        return response

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> HttpResponse | None:
        """Flush what is over, and note the use of what is not; a quiet route does neither.

        A form that comes too late is not lost: see ``groupcare.accounts.kept``.
        """
        if is_quiet(request):
            return None
        if SESSION_KEY not in request.session:
            return kept.keep_late(request)
        if request.session_is_over:  # type: ignore[attr-defined]
            left = get_user(request)
            request.session.flush()
            return kept.after_the_end(request, left)
        if not is_passive(request) and timezone.now().timestamp() - request.session[SEEN] >= RESOLUTION:
            request.session[SEEN] = int(timezone.now().timestamp())
        return None

    def _bind(self, request: HttpRequest) -> None:
        """Note whose session this is, once for each key it has had."""
        key, user = request.session.session_key, request.user
        if key is None or not isinstance(user, User) or request.session.get(BOUND) == key or is_quiet(request):
            return
        services.keep_record(user=user, session_key=key, started_at=request.session.get(STARTED, 0))
        request.session[BOUND] = key


class ActingMiddleware:
    """Sets ``request.person`` and lets them be at work for the whole request."""

    def __init__(self, get_response: Respond) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer the request as the person behind it; an account that is off, or has no person, is signed out."""
        request.person = None  # type: ignore[attr-defined]
        user = request.user
        if not user.is_authenticated:
            return self.get_response(request)
        person = getattr(user, "person", None)
        if person is None or not user.is_active:
            logout(request)
            return self.get_response(request)
        request.person = person  # type: ignore[attr-defined]
        at_work = acting_as(person, held=marked_roles(user))
        with at_work, timezone.override(zoneinfo.ZoneInfo(person.time_zone)), _spoken(request, person):
            return self.get_response(request)


@contextmanager
def _spoken(request: HttpRequest, person: Person) -> Iterator[None]:
    """Speak the person's language, unless they chose another one on this device."""
    if settings.LANGUAGE_COOKIE_NAME in request.COOKIES:
        yield
        return
    with translation.override(person.language):
        request.LANGUAGE_CODE = translation.get_language()
        yield


class SecondFactorMiddleware:
    """Leads staff, and whoever lost a second factor, to set one up; nothing else opens (SEC-43)."""

    def __init__(self, get_response: Respond) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Pass the request on; the work is done when the view is known."""
        for flag in ("second_factor_waived", "second_factor_missing"):
            setattr(request, flag, False)
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> HttpResponseBase | None:
        """Return None to go on, or the answer to send."""
        user, person = request.user, getattr(request, "person", None)
        if person is None or not isinstance(user, User):
            return None
        staff = bool(roles_of(person))
        if request.session.get(STAFF) is not staff and not is_quiet(request):
            request.session[STAFF] = staff
        request.account_layout = f"layouts/{'staff' if staff else 'member'}.html"  # type: ignore[attr-defined]
        if not (staff or getattr(user, "must_set_up", False)) or has_second_factor(user):
            return None
        if user.demo_exempt and ports.is_demo():
            request.second_factor_waived = True  # type: ignore[attr-defined]
            return None
        request.account_layout = "layouts/reading.html"  # type: ignore[attr-defined]
        request.second_factor_missing = True  # type: ignore[attr-defined]
        if _is_open(request):
            return None
        if is_api(request):
            return JsonResponse({"detail": "Set up a second factor first.", "code": "second_factor_needed"}, status=403)
        return redirect("mfa_index")


def is_quiet(request: HttpRequest) -> bool:
    """Return whether the resolved route leaves no trace of the visit."""
    match = request.resolver_match
    declared = policy_of_match(match) if match is not None else None
    return declared is not None and declared.quiet


def is_passive(request: HttpRequest) -> bool:
    """Return whether a screen asked by itself: looking does not keep a session awake (SEC-46)."""
    match = request.resolver_match
    declared = policy_of_match(match) if match is not None else None
    return declared is not None and declared.passive


def _is_open(request: HttpRequest) -> bool:
    """Return whether the route serves somebody without a second factor: set-up, the way out, and public pages."""
    match = request.resolver_match
    declared = policy_of_match(match) if match is not None else None
    public = declared is not None and declared.audience == Audience.PUBLIC
    return public or (match is not None and match.view_name in SET_UP_ROUTES)
