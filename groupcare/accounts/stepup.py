"""Step-up: a fresh proof of who sits at the keyboard, before something that counts (foundation F9, SEC-48).

The proof stands in the (sealed) session: how, when, and the id of its event in the trail.
"""

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import wraps
from typing import Any

from allauth.mfa.models import Authenticator
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme, urlencode

from groupcare.access.middleware import is_api
from groupcare.accounts.factors import factors_of, has_second_factor
from groupcare.accounts.models import User
from groupcare.accounts.selectors import STARTED
from groupcare.audit import record, unit_of_work
from groupcare.exceptions import StepUpNeeded
from groupcare.outbox.selectors import current_address

# Source: SEC-48.
FRESH_FOR = timedelta(minutes=5)
KEY = "gc_step_up"
PASSWORD, PASSKEY, CODE, SECOND_FACTOR = "password", "passkey", "code", "second_factor"


@dataclass(frozen=True)
class StepUp:
    """A proof: how it was given, when (UTC), and the id under which the trail knows it."""

    method: str
    at: datetime
    event: str

    @property
    def is_fresh(self) -> bool:
        """Return whether it still counts."""
        return timedelta(0) <= timezone.now() - self.at < FRESH_FOR


def latest(request: HttpRequest) -> StepUp | None:
    """Return the last proof of this session, fresh or not."""
    kept = request.session.get(KEY)
    if not kept:
        return None
    return StepUp(kept["method"], datetime.fromtimestamp(kept["at"], tz=UTC), kept["event"])


def is_fresh(request: HttpRequest) -> bool:
    """Return whether the session holds a fresh proof."""
    found = latest(request)
    return found is not None and found.is_fresh


def proof(request: HttpRequest) -> StepUp:
    """Return the fresh proof of this session, to be kept as evidence.

    Raises:
        StepUpNeeded: there is none.
    """
    found = latest(request)
    if found is None or not found.is_fresh:
        raise StepUpNeeded("Show first that it is you.")
    return found


def remember(request: HttpRequest, method: str) -> StepUp:
    """Keep a proof just given, in the session and in the trail, and return it; the session gets a new key (SEC-52)."""
    found = StepUp(method, timezone.now(), str(uuid.uuid4()))
    with unit_of_work():
        record("step_up.prove", object_type="step_up", object_id=found.event, purpose=method)
    request.session.cycle_key()
    request.session[KEY] = {"method": method, "at": found.at.timestamp(), "event": found.event}
    return found


def methods_for(user: User) -> list[str]:
    """Return how this account can prove itself now, strongest first; empty means: refused.

    A code by e-mail is for those without a second factor: whoever reads their mail must not pass for them.
    """
    kinds = set(factors_of(user).values_list("type", flat=True))
    found = [PASSKEY] if Authenticator.Type.WEBAUTHN in kinds else []
    if kinds & {Authenticator.Type.TOTP, Authenticator.Type.RECOVERY_CODES}:
        found.append(SECOND_FACTOR)
    if user.has_usable_password():
        found.append(PASSWORD)
    if not kinds and current_address(user.person) is not None:
        found.append(CODE)
    return found


def check(request: HttpRequest) -> HttpResponse | None:
    """Return None when the proof is fresh, else the answer to send; what routes with ``step_up=True`` ask.

    Raises:
        StepUpNeeded: the caller is a program, which cannot be led anywhere.
    """
    if is_fresh(request):
        return None
    if is_api(request):
        raise StepUpNeeded("Show first that it is you: open the step-up page in the browser.")
    return ask(request)


def ask(request: HttpRequest) -> HttpResponseRedirect:
    """Return the way to the step-up page and back; content of a form is never kept on the way (F9)."""
    back = request.get_full_path() if request.method == "GET" else request.path
    return redirect(f"{reverse('accounts:step-up')}?{urlencode({'next': back})}")


def next_of(request: HttpRequest, otherwise: str = "home") -> str:
    """Return where the request wants to go on, if that is one of our own pages."""
    wanted = request.POST.get("next") or request.GET.get("next") or ""
    if url_has_allowed_host_and_scheme(wanted, allowed_hosts=None, require_https=request.is_secure()):
        return wanted
    return reverse(otherwise)


def step_up_required(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Return the view behind a fresh proof."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        answer = check(request)
        return view(request, *args, **kwargs) if answer is None else answer

    return guarded


def before_change_of_factors(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Return the view behind a fresh proof; who has just signed in and has no second factor yet may add the first."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        began = request.session.get(STARTED, 0)
        just_in = timezone.now().timestamp() - began < FRESH_FOR.total_seconds()
        first = isinstance(request.user, User) and not has_second_factor(request.user)
        answer = None if just_in and first else check(request)
        return view(request, *args, **kwargs) if answer is None else answer

    return guarded
