"""A group that meets already comes here: its members, its past sessions, an address that somebody gets later."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from groupcare.access import Audience, Right, policy
from groupcare.accounts.forms import AddressTwiceForm
from groupcare.exceptions import InvalidTransition
from groupcare.vault import unlock
from groups import selectors, services
from groups.forms.going_live import MOST_ROWS, AlreadyForm, PastSessionsForm
from groups.localtime import practice_zone
from groups.views.common import page, put_errors, viewer


@require_http_methods(["GET", "POST"])
@policy(Audience.SIGNED_IN)
def member_already(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Show the form for people who belong to the group already, or give all of them their places."""
    person = viewer(request)
    group = selectors.get_group(person, pk, Right.MANAGE_GROUP, "membership.enter")
    form = AlreadyForm()
    if request.method == "POST":
        form = AlreadyForm.longer(request.POST) if "more" in request.POST else AlreadyForm.asked(request.POST)
    if form.is_bound and form.is_valid():
        rows, members = form.members()
        try:
            made = services.add_members(group=group, members=members, by=person)
        except ValidationError as error:
            put_errors(form, _in_rows(error, rows))
        else:
            told = ngettext("%(count)s person has a place now.", "%(count)s people have a place now.", len(made))
            messages.success(request, told % {"count": len(made)})
            return redirect("groups:member-list", pk=group.pk)
    context = {"form": form, "group": group, "can_grow": form.count < MOST_ROWS}
    return page(request, "member_already", context, status=422 if form.errors else 200)


def _in_rows(error: ValidationError, rows: list[int]) -> ValidationError:
    """Return the service's errors under the rows of the form: empty rows stand between them."""
    found: dict[str, Any] = {}
    for key, wrong in error.error_dict.items():
        row, _line, name = key.partition("_")
        found[f"{rows[int(row)]}_{name}" if row.isdecimal() else key] = wrong
    return ValidationError(found)


@require_http_methods(["GET", "POST"])
@policy(Audience.SIGNED_IN)
def member_address(request: HttpRequest, pk: UUID, membership_pk: UUID) -> HttpResponse:
    """Show the form for an address, or invite somebody who was entered with a name only."""
    person = viewer(request)
    group = selectors.get_group(person, pk, Right.MANAGE_GROUP, "membership.give_address")
    place = selectors.membership_of(person, group, membership_pk, "membership.give_address")
    form = AddressTwiceForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        email = form.cleaned_data["email"].strip().lower()
        try:
            services.give_address(membership_id=place.pk, group=group, email=email, by=person)
        except InvalidTransition as error:
            messages.info(request, error.message)
            return redirect("groups:member-list", pk=group.pk)
        except ValidationError as error:
            put_errors(form, error)
        else:
            messages.success(request, _("One message is on its way. It names neither the group nor the reason."))
            return redirect("groups:member-list", pk=group.pk)
    unlock(group, place, place.person)
    context = {"form": form, "group": group, "place": place}
    return page(request, "member_address", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
@policy(Audience.SIGNED_IN)
def session_past(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Show the form for sessions that were held, or enter them."""
    person = viewer(request)
    group = selectors.get_group(person, pk, Right.MANAGE_GROUP, "session.enter_past")
    form = PastSessionsForm(request.POST if request.method == "POST" else None, zone=practice_zone())
    if form.is_bound and form.is_valid():
        try:
            made = services.enter_past_sessions(group=group, by=person, **form.cleaned_data)
        except ValidationError as error:
            put_errors(form, error)
        else:
            told = ngettext("The session is entered.", "%(count)s sessions are entered.", len(made))
            messages.success(request, told % {"count": len(made)})
            return redirect("groups:session-list", pk=group.pk)
    return page(request, "session_past", {"form": form, "group": group}, status=422 if form.errors else 200)
