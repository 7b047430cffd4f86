"""A member's own pages. They never show another member, a count of members, or the group's label."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import get_language
from django.views.decorators.http import require_GET, require_http_methods

from groupcare.access import Audience, policy
from groupcare.accounts.joining import before_joining
from groupcare.accounts.models import Person
from groupcare.exceptions import InvalidTransition, NotCleared
from groupcare.practice.selectors import practice
from groups import selectors, services
from groups.forms import PlaceForm, RulesForm
from groups.policies import in_words
from groups.selectors import Phase
from groups.selectors.sessions import coming
from groups.views.common import page, part_of, viewer


@require_GET
@policy(Audience.SIGNED_IN)
def home_member(request: HttpRequest) -> HttpResponse:
    """Show a member what comes next and what to do for it."""
    person = viewer(request)
    following, way = selectors.first_with_way(person, coming(selectors.my_sessions(person)))
    entry = selectors.entry_for(person, following) if following else None
    joining = None if entry and entry.clearance.cleared else before_joining(person.language)
    return page(request, "home_member", {"entry": entry, "practice": practice(), "joining": joining, "way": way})


@require_GET
@policy(Audience.SIGNED_IN)
def my_sessions(request: HttpRequest) -> HttpResponse:
    """List a member's sessions to come."""
    part = part_of(request, selectors.my_sessions(viewer(request)))
    return page(request, "my_sessions", {"part": part, "now": timezone.now()})


@require_http_methods(["GET", "POST"])
@policy(Audience.SIGNED_IN)
def session_join(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Show what keeps the member outside, the ground rules, or where to go; or take the promise."""
    person = viewer(request)
    entry = selectors.entry(person, pk)
    form = RulesForm(request.POST if request.method == "POST" else None, promise=entry.rules.promise)
    if request.method == "POST" and form.is_valid():
        try:
            services.acknowledge_ground_rules(session_id=pk, by=person)
        except NotCleared:
            return not_cleared(request, person, selectors.entry(person, pk))
        except InvalidTransition as error:
            messages.error(request, error.message)
            return redirect("groups:session-join", pk=pk)
        return redirect("groups:session-room", pk=pk)
    if entry.phase == Phase.NOT_CLEARED:
        return not_cleared(request, person, entry)
    context = {
        "entry": entry,
        "session": entry.session,
        "form": form,
        "place_form": PlaceForm(),
        "policies": in_words(entry.session.group.policies, get_language() or person.language),
        "practice": practice(),
    }
    return page(request, "session_join", context, status=422 if form.errors else 200)


def not_cleared(request: HttpRequest, person: Person, entry: selectors.Entry) -> HttpResponse:
    """Return the page that says what is missing and where to mend it; the try is recorded."""
    services.record_not_cleared(session_id=entry.session.pk, by=person)
    context: dict[str, Any] = {"entry": entry, "session": entry.session, "practice": practice()}
    return page(request, "session_not_cleared", context, status=NotCleared.http_status)


@require_GET
@policy(Audience.SIGNED_IN)
def session_room(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Show where to go, while the door is open; else lead back to what is missing."""
    person = viewer(request)
    try:
        room = services.reveal_link(session_id=pk, by=person)
    except NotCleared:
        return not_cleared(request, person, selectors.entry(person, pk))
    except InvalidTransition:
        return redirect("groups:session-join", pk=pk)
    return page(request, "session_room", {"room": room, "session": room.session, "practice": practice()})
