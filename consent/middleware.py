"""A device of the practice that was handed to a member: it reaches that member's ceremony and nothing else."""

import math
from collections.abc import Callable
from contextlib import ExitStack
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import Resolver404, resolve, reverse
from django.utils import timezone, translation

from consent.models import KioskHandover
from consent.selectors import running_handover
from groupcare.access import acting_as
from groupcare.access.middleware import refuse
from groupcare.accounts import stepup
from groupcare.vault import unlock

# In the sealed session: the id of the handover. Such a session has no account.
KIOSK = "consent_kiosk"
# What a browser is told when a device changes hands, so that nothing of one person is left for the next.
CLEARS = '"cache", "storage"'
_FIRST_REDIRECT, _LAST_REDIRECT = 300, 399
_SIGNS = frozenset({"consent:agreement-sign", "consent:agreement-review"})
# What opens on a device that was handed over; every other route is absent there.
OPENS = _SIGNS | {
    "consent:kiosk-home",
    "consent:kiosk-leave",
    "consent:kiosk-over",
    "consent:screen-agree",
    "consent:screen-refuse",
    "consent:agreement-open",
    "consent:agreement-whom",
    "consent:agreement-read",
    "consent:agreement-present",
    "consent:agreement-understood",
    "consent:agreement-ask",
    "consent:agreement-decide",
    "consent:agreement-talk",
    "consent:agreement-decline",
    "consent:act-detail",
}


class KioskMiddleware:
    """Lets the member of a running handover be at work, in their language; ends the session with the handover.

    Each page that is shown meanwhile leads away by itself when the time is over, without any script.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        """Keep the next layer."""
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer as ever, or as the member who holds the device; nothing of it stays in the browser."""
        request.kiosk = None  # type: ignore[attr-defined]
        handover_id = request.session.get(KIOSK)
        if handover_id is None:
            return self.get_response(request)
        found = running_handover(handover_id, _named(request))
        if found is None:
            request.session.flush()
            answer: HttpResponse = redirect("consent:kiosk-over")
            answer.headers["Clear-Site-Data"] = CLEARS
        else:
            answer = self._as_member(request, found)
            if not _FIRST_REDIRECT <= answer.status_code <= _LAST_REDIRECT:
                answer.headers["Refresh"] = f"{_seconds_until(found.expires_at)}; url={reverse('consent:kiosk-over')}"
        answer.headers["Cache-Control"] = "no-store"
        return answer

    def _as_member(self, request: HttpRequest, handed: KioskHandover) -> HttpResponse:
        person = handed.person
        unlock(person)
        request.kiosk, request.person = handed, person  # type: ignore[attr-defined]
        with ExitStack() as at_work:
            # With no role, whoever they are besides: what is in their hands is a device of the practice, and a member's.
            at_work.enter_context(acting_as(person, held=frozenset()))
            at_work.enter_context(timezone.override(ZoneInfo(person.time_zone)))
            at_work.enter_context(translation.override(person.language))
            request.LANGUAGE_CODE = translation.get_language()
            return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> Any:
        """Return None to go on, or the one answer for what is absent.

        On the device there is what the group of the handover, and the practice as a whole, ask of the member; what
        another group of theirs asks is as absent as what does not exist. Staff knew who sits there and nobody proves
        more, so the question who it is counts as answered on this device; the evidence says by whom.
        """
        handed: KioskHandover | None = request.kiosk  # type: ignore[attr-defined]
        if handed is None:
            return None
        name = request.resolver_match.view_name if request.resolver_match else ""
        if name not in OPENS or not handed.is_here:  # type: ignore[attr-defined]
            return refuse(request, name)
        if name in _SIGNS and not stepup.is_fresh(request):
            shown = {"method": "known_to_staff", "at": timezone.now().timestamp(), "event": str(handed.pk)}
            request.session[stepup.KEY] = shown
        return None


def _named(request: HttpRequest) -> dict[str, Any]:
    """Return what the address names; nothing where it leads nowhere."""
    try:
        return resolve(request.path_info).kwargs
    except Resolver404:
        return {}


def _seconds_until(end: datetime) -> int:
    """Return in how many whole seconds a moment is over; never before it."""
    return max(0, math.ceil((end - timezone.now()).total_seconds())) + 1
