"""The emergency sheet, what a member keeps with us for it, and where they are tonight."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from groupcare.access import Audience, policy
from groupcare.exceptions import InvalidTransition, NotCleared
from groupcare.practice.selectors import practice
from groupcare.vault import unlock
from groups import selectors, services
from groups.forms import ContactForm, PlaceForm, RollCallForm
from groups.selectors import emergency
from groups.views.common import page, viewer
from groups.views.member import not_cleared


@require_GET
@policy(Audience.SIGNED_IN)
def emergency_sheet(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Show whom to call for each member, to those who run the session, while it lasts."""
    try:
        session, lines = emergency.emergency_sheet(viewer(request), pk)
    except InvalidTransition as error:
        messages.error(request, error.message)
        return redirect("groups:session-detail", pk=pk)
    context = {"session": session, "group": session.group, "lines": lines, "practice": practice()}
    return page(request, "emergency_sheet", context)


@require_http_methods(["GET", "POST"])
@policy(Audience.SIGNED_IN)
def emergency_take_down(request: HttpRequest, pk: UUID, membership_pk: UUID) -> HttpResponse:
    """Take down where a member is and whom to call, as they say it at roll call."""
    person = viewer(request)
    session: Any = selectors.session_to_run(person, pk, "emergency_sheet.write")
    place = emergency.place_of(person, session, membership_pk, "emergency_sheet.write")
    form = RollCallForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            contact = {name: form.cleaned_data[name] for name in ("contact_name", "contact_number")}
            services.take_down(session_id=pk, membership_id=place.pk, where=form.where(), by=person, **contact)
        except InvalidTransition as error:
            messages.error(request, error.message)
            return redirect("groups:session-detail", pk=pk)
        return redirect("groups:emergency-sheet", pk=pk)
    unlock(session, place)
    context = {"session": session, "group": session.group, "place": place, "form": form}
    return page(request, "emergency_take_down", context, status=422 if form.errors else 200)


@require_POST
@policy(Audience.SIGNED_IN)
def session_place(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Keep where the member is tonight, or that they do not want to say; then lead on."""
    person = viewer(request)
    entry = selectors.entry(person, pk, "whereabouts.write")
    form = PlaceForm(request.POST)
    if form.is_valid():
        try:
            services.say_where(session_id=pk, where=form.where(), by=person)
        except NotCleared:
            return not_cleared(request, person, entry)
        except InvalidTransition as error:
            messages.error(request, error.message)
            return redirect("groups:session-join", pk=pk)
        return redirect("groups:session-room", pk=pk)
    context = {"entry": entry, "session": entry.session, "place_form": form, "practice": practice()}
    return page(request, "session_join", context, status=422)


@require_http_methods(["GET", "POST"])
@policy(Audience.SIGNED_IN)
def contact_card(request: HttpRequest) -> HttpResponse:
    """Show a person's own number and emergency contact, or keep them."""
    person = viewer(request)
    form = ContactForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        services.keep_contact_card(by=person, **form.cleaned_data)
        messages.success(request, _("Kept. You can change or empty it at any time."))
        return redirect("groups:contact-card")
    if request.method == "GET" and (card := emergency.own_card(person)):
        unlock(card)
        form.initial = {name: getattr(card, name) for name in form.fields}
    return page(request, "contact_card", {"form": form}, status=422 if form.errors else 200)
