"""People of a group: who has a place in it, and who runs it."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from groupcare.access import Audience, Right, policy
from groupcare.exceptions import InvalidTransition
from groupcare.vault import unlock
from groupcare.web import panels
from groups import selectors, services
from groups.forms import EndForm, FacilitatorForm, InviteForm
from groups.localtime import practice_zone
from groups.views.common import page, part_of, put_errors, viewer


@require_GET
@policy(Audience.SIGNED_IN)
def member_list(request: HttpRequest, pk: UUID) -> HttpResponse:
    """List those who have a place in the group, and those who run it."""
    person = viewer(request)
    group, facilitations, _row = selectors.group_with_facilitators(person, pk)
    part = part_of(request, selectors.members_of(person, group), facilitations)
    shown = panels.collect(request, "groups.member_row", part.rows)
    context: dict[str, Any] = {
        "group": group,
        "tab": "people",
        "part": part,
        "rows": [(place, shown.get(place.pk, "")) for place in part.rows],
        "facilitations": facilitations,
        "now": timezone.now(),
    }
    return page(request, "member_list", context)


@require_http_methods(["GET", "POST"])
@policy(Audience.SIGNED_IN)
def member_invite(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Show the form of an invitation, or give a place and write to the person."""
    person = viewer(request)
    group = selectors.get_group(person, pk, Right.MANAGE_GROUP, "membership.invite")
    form = InviteForm(request.POST if request.method == "POST" else None, initial={"language": group.language})
    if request.method == "POST" and form.is_valid():
        wanted = {name: form.cleaned_data[name] for name in ("used_name", "email", "language")}
        try:
            services.invite_member(group=group, by=person, **wanted)
        except ValidationError as error:
            put_errors(form, error)
        else:
            # The same words whoever the address belongs to.
            messages.success(request, _("One message is on its way. It names neither the group nor the reason."))
            return redirect("groups:member-list", pk=group.pk)
    return page(request, "member_invite", {"form": form, "group": group}, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
@policy(Audience.SIGNED_IN)
def member_end(request: HttpRequest, pk: UUID, membership_pk: UUID) -> HttpResponse:
    """Ask why, then end a place in the group."""
    person = viewer(request)
    group = selectors.get_group(person, pk, Right.MANAGE_GROUP, "membership.end")
    place = selectors.membership_of(person, group, membership_pk, "membership.end")
    form = EndForm(request.POST if request.method == "POST" else None, initial={"seen": place.state})
    status = 200
    if request.method == "POST" and form.is_valid():
        try:
            services.end_membership(membership_id=place.pk, group=group, by=person, **form.cleaned_data)
        except ValidationError as error:
            put_errors(form, error)
        except InvalidTransition as error:
            form.add_error(None, error.message)
            status = error.http_status
        else:
            messages.success(request, _("The place has ended. The person keeps their copies."))
            return redirect("groups:member-list", pk=group.pk)
    if form.errors and status == 200:
        status = 422
    unlock(group, place)
    return page(request, "member_end", {"group": group, "place": place, "form": form}, status=status)


@require_http_methods(["GET", "POST"])
@policy(Audience.SIGNED_IN)
def facilitator_add(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Show the form for a colleague, or let them help to run the group."""
    person = viewer(request)
    group = selectors.get_group(person, pk, Right.MANAGE_GROUP, "facilitation.start")
    people = selectors.staff_to_choose_from(person, group)
    form = FacilitatorForm(request.POST if request.method == "POST" else None, people=people)
    if request.method == "POST" and form.is_valid():
        start, end = form.period(practice_zone())
        try:
            services.add_facilitator(
                group=group,
                person=form.chosen(),
                role=form.cleaned_data["role"],
                by=person,
                valid_from=start,
                valid_until=end + timedelta(microseconds=1) if end else None,
            )
        except ValidationError as error:
            put_errors(form, error)
        else:
            return redirect("groups:member-list", pk=group.pk)
    context = {"form": form, "group": group, "people": people}
    return page(request, "facilitator_add", context, status=422 if form.errors else 200)


@require_POST
@policy(Audience.SIGNED_IN)
def facilitator_end(request: HttpRequest, pk: UUID, facilitation_pk: UUID) -> HttpResponse:
    """End a facilitation now."""
    person = viewer(request)
    group = selectors.get_group(person, pk, Right.MANAGE_GROUP, "facilitation.end")
    try:
        services.end_facilitation(facilitation_id=facilitation_pk, group=group, by=person)
        messages.success(request, _("Ended. From now on this person sees nothing of the group."))
    except (ValidationError, InvalidTransition) as error:
        messages.error(request, " ".join(getattr(error, "messages", [str(error)])))
    return redirect("groups:member-list", pk=group.pk)
