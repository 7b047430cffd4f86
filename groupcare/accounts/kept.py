"""A form that is sent after its session ended: what was typed is kept for its author, and for nobody else (SEC-46).

Whose text it is must be certain. It is taken from the session that has just ended, as the browser still shows it, or
from the mark which that session left behind when another tab noticed the end first. Django's CSRF check runs before:
the token in the form must fit the cookie, and the cookie was made anew at the sign-in of that very session. So a page
from elsewhere can put no words among somebody's own, and a form that was opened before somebody else signed in on the
same device fits no longer. Signing in takes the mark away: what comes later belongs to whoever signed in.
"""

import re
from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.crypto import constant_time_compare
from django.utils.translation import gettext as _
from django_htmx.http import HttpResponseClientRedirect

from groupcare.access.middleware import is_api
from groupcare.access.policies import Audience, policy_of_match
from groupcare.accounts import services
from groupcare.accounts.models import Person, User
from groupcare.accounts.selectors import kept_text, kept_texts
from groupcare.web.context import filled_with

# In the sealed session: whose session ended in this browser; and the forms that wait, as path -> until when.
BEFORE, WAITS = "gc_before", "gc_waits"
# Names of fields that hold what proves somebody, or what the page itself puts in anew.
_SECRET = re.compile(
    r"pass(word|phrase)|(^|[-_])(code|otp|token|secret|credential|csrfmiddlewaretoken|form_key)$|^again$|^next$"
)
# Where a form is sent on to, when it was not taken in.
_NOT_TAKEN = ("account_login", "accounts:step-up", "mfa_index")


def is_secret(name: str) -> bool:
    """Return whether a field of this name is never kept."""
    return _SECRET.search(name.lower()) is not None


def typed_in(data: QueryDict) -> dict[str, list[str]]:
    """Return what of a sent form may be kept; nothing when nothing was typed."""
    found = {name: [str(value) for value in values] for name, values in data.lists() if not is_secret(name)}
    return found if any(value.strip() for values in found.values() for value in values) else {}


def after_the_end(request: HttpRequest, left: Any) -> HttpResponse | None:
    """Say that the session is over; keep what its person ``left`` sent too late, and mark whose session it was."""
    if isinstance(left, User) and left.is_active:
        mark = {"user": str(left.pk), "hash": left.get_session_auth_hash(), "at": timezone.now().timestamp()}
        request.session[BEFORE] = mark
        answer = _keep(request, left)
        if answer is not None:
            return answer
    messages.info(request, _("You were signed out because of a longer pause. Sign in to go on."))
    return None


def keep_late(request: HttpRequest) -> HttpResponse | None:
    """Keep a form that comes after another tab noticed the end of the session; nothing without its mark."""
    mark = request.session.get(BEFORE) if request.method == "POST" else None
    if not mark or timezone.now().timestamp() - mark["at"] >= services.KEPT_FOR.total_seconds():
        return None
    user = User.objects.select_related("person").filter(pk=mark["user"], is_active=True).first()
    if user is None or not constant_time_compare(mark["hash"], user.get_session_auth_hash()):
        return None
    return _keep(request, user)


def _keep(request: HttpRequest, user: User) -> HttpResponse | None:
    """Keep what was sent, and return the way to the sign-in page; None when nothing may be kept."""
    data = typed_in(request.POST) if _is_form_of_ours(request) else {}
    if not data:
        return None
    services.keep_text(path=request.path, data=data, by=user.person)
    messages.info(request, _("You were signed out because of a longer pause. Sign in to go on with what you typed."))
    # Without the way back: whoever signs in with another account learns nothing of it.
    if getattr(request, "htmx", False):
        return HttpResponseClientRedirect(reverse("account_login"))
    return redirect("account_login")


def _is_form_of_ours(request: HttpRequest) -> bool:
    """Return whether this is a form for people who are signed in; the library's pages and proofs hold secrets only."""
    if request.headers.get("accept") == "application/json":  # a script that keeps and sends again by itself
        return False
    match = request.resolver_match
    declared = policy_of_match(match) if match is not None else None
    if request.method != "POST" or match is None or declared is None or is_api(request) or not match.namespace:
        return False
    closed = declared.audience in {Audience.PUBLIC, Audience.NOBODY} or declared.quiet
    return not closed and not (match.view_name or "").startswith("accounts:step-up")


def note_what_waits(session: Any, user: User) -> None:
    """Note in a session that has just begun which forms wait for its person, so that no page has to ask."""
    waiting = {row.content["path"]: row.expires_at.timestamp() for row in kept_texts(user.person)}
    if waiting:
        session[WAITS] = waiting


def way_back(session: Any) -> str:
    """Return where the newest form that waits was, or nothing."""
    return next(iter(waiting(session)), "")


def waiting(session: Any) -> list[str]:
    """Return the paths of the forms that wait, as the session knows them."""
    now = timezone.now().timestamp()
    return [path for path, until in session.get(WAITS, {}).items() if until > now]


class KeptTextMiddleware:
    """Fills a form with what was typed into it before, and forgets that once it was sent."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        """Keep the next layer."""
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer; a page of which nothing waits costs no query."""
        person = getattr(request, "person", None)
        if person is None or request.path not in waiting(request.session):
            return self.get_response(request)
        if request.method == "POST":
            return self._sent(request, person)
        row = kept_text(person, request.path)
        if row is None:
            return self.get_response(request)
        return self._filled(request, row.content["data"])

    def _filled(self, request: HttpRequest, data: dict[str, list[str]]) -> HttpResponse:
        """Return the page with its form filled; where there is no such page any more, the one that shows the text."""
        typed = QueryDict(mutable=True)
        for name, values in data.items():
            typed.setlist(name, values)
        request.kept_here = True  # type: ignore[attr-defined]
        with filled_with(typed):
            response = self.get_response(request)
        return redirect("accounts:kept-list") if response.status_code in (404, 405) else response

    def _sent(self, request: HttpRequest, person: Person) -> HttpResponse:
        """Return the answer; a form that was taken in is led on, and needs its text no more."""
        response = self.get_response(request)
        onward = response.headers.get("Location", "").partition("?")[0]
        if response.status_code in (302, 303) and onward not in {reverse(name) for name in _NOT_TAKEN}:
            forget(request, request.path, person)
        return response


def forget(request: HttpRequest, path: str, person: Person) -> None:
    """Wipe what is kept for a form, in the database and in this session."""
    services.discard_text(path=path, by=person)
    left = {known: until for known, until in request.session.get(WAITS, {}).items() if known != path}
    request.session[WAITS] = left
