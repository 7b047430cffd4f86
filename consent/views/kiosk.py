"""A device of the practice in a member's hands: handed over by staff, given back with nothing left on it."""

from datetime import timedelta
from uuid import UUID

from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import rotate_token
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from consent import selectors, services
from consent.middleware import CLEARS, KIOSK
from consent.permissions import check_can_record
from consent.views.common import kiosk_of, person_of
from consent.views.kept import agreement_rows
from groupcare.access import Audience, policy
from groupcare.vault import unlock

# How long a device that was handed over is known after its time. Our choice, because nobody leaves one lying for longer.
_KNOWN_FOR = timedelta(days=1)


@require_http_methods(["GET", "POST"])
@policy(Audience.STAFF, step_up=True)
def kiosk_begin(request: HttpRequest, group_id: UUID, membership_id: UUID) -> HttpResponse:
    """Say what handing the device over means, or do it: the staff session ends and one for this member begins."""
    person = person_of(request)
    place = check_can_record(person, group_id, membership_id, "kiosk.hand_over")
    if request.method == "POST":
        handed = services.hand_over(group_id=group_id, membership_id=membership_id, by=person)
        logout(request)
        request.session[KIOSK] = str(handed.pk)
        # Longer than the handover: a device that asks after its time is told to forget what it holds.
        request.session.set_expiry(services.HANDED_FOR + _KNOWN_FOR)
        rotate_token(request)
        answer = redirect("consent:kiosk-home")
        answer.headers["Clear-Site-Data"] = CLEARS
        return answer
    unlock(place)
    context = {"place": place, "group": place.group, "minutes": services.HANDED_FOR.seconds // 60}
    return render(request, "consent/kiosk_begin.html", context)


@require_GET
@policy(Audience.SIGNED_IN)
def kiosk_home(request: HttpRequest) -> HttpResponse:
    """Show the member what the group of the handover asks of them; who signed in has their own list."""
    handed = kiosk_of(request)
    if handed is None:
        return redirect("consent:agreement-list")
    person = person_of(request)
    mine = [one for one in selectors.my_agreements(person) if one.membership.group_id == handed.group_id]
    rows = agreement_rows(person, mine)
    return render(request, "consent/kiosk_home.html", {"rows": rows})


@require_POST
@policy(Audience.SIGNED_IN)
def kiosk_leave(request: HttpRequest) -> HttpResponse:
    """End the handover and leave nothing behind; who signed in keeps their session."""
    handed = kiosk_of(request)
    if handed is None:
        return redirect("consent:agreement-list")
    services.give_back(handover_id=handed.pk, by=person_of(request))
    request.session.flush()
    answer = redirect("consent:kiosk-over")
    answer.headers["Clear-Site-Data"] = CLEARS
    return answer


@require_GET
@policy(Audience.PUBLIC)
def kiosk_over(request: HttpRequest) -> HttpResponse:
    """Say that the device goes back; going on needs somebody who signs in."""
    answer = render(request, "consent/kiosk_over.html")
    answer.headers["Cache-Control"] = "no-store"
    return answer
