"""Who decides for a young person: the basis, the guardians, and the ways to change both."""

from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from consent import selectors, services
from consent.minor_forms import BasisForm, GuardianForm
from consent.services import NewGuardian
from consent.views.common import person_of
from groupcare.access import Audience, policy
from groupcare.exceptions import InvalidTransition
from groupcare.practice.law import sentences
from groupcare.web.forms import PlainForm


def put(form: PlainForm, error: ValidationError) -> None:
    """Put a service's errors beside their fields."""
    for name, wrong in getattr(error, "error_dict", {"__all__": [error]}).items():
        form.add_error(name if name in form.fields else None, wrong)


@require_http_methods(["GET", "POST"])
@policy(Audience.STAFF)
def member_deciders(request: HttpRequest, group_id: UUID, membership_id: UUID) -> HttpResponse:
    """Show who decides for a member, or keep who decides from now on."""
    person = person_of(request)
    found = selectors.deciders(person, group_id, membership_id)
    known = {"decides": found.basis.decides, "guardians": found.basis.guardians} if found.basis else None
    form = BasisForm(request.POST if request.method == "POST" else None, initial=known)
    if form.is_bound and form.is_valid():
        try:
            services.decide_who_decides(group_id=group_id, membership_id=membership_id, by=person, **form.cleaned_data)
        except ValidationError as error:
            put(form, error)
        else:
            messages.success(request, _("Kept. From now on the gate asks the people you named."))
            return redirect("consent:member-deciders", group_id=group_id, membership_id=membership_id)
    group = found.place.group
    # Source of what stands beside the grounds: the packs of the place; what nobody confirmed says so itself.
    law = sentences([group.place], person.language)
    context = {"found": found, "place": found.place, "group": group, "form": form, "law": law}
    return render(request, "consent/member_deciders.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
@policy(Audience.STAFF)
def guardian_add(request: HttpRequest, group_id: UUID, membership_id: UUID) -> HttpResponse:
    """Show the form of a guardian, or name one and write to them."""
    person = person_of(request)
    found = selectors.deciders(person, group_id, membership_id, "guardian.name")
    form = GuardianForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        try:
            services.name_guardian(
                group_id=group_id, membership_id=membership_id, guardian=NewGuardian(**form.cleaned_data), by=person
            )
        except ValidationError as error:
            put(form, error)
        else:
            messages.success(request, _("Kept. With an address, one message is on its way; it names nobody."))
            return redirect("consent:member-deciders", group_id=group_id, membership_id=membership_id)
    context = {"place": found.place, "group": found.place.group, "form": form}
    return render(request, "consent/guardian_add.html", context, status=422 if form.errors else 200)


@require_POST
@policy(Audience.STAFF)
def guardian_end(request: HttpRequest, group_id: UUID, membership_id: UUID, link_id: UUID) -> HttpResponse:
    """End a guardian's link now."""
    try:
        services.end_guardian(group_id=group_id, membership_id=membership_id, link_id=link_id, by=person_of(request))
        messages.success(request, _("Ended. From now on this person sees nothing of it and is asked nothing."))
    except InvalidTransition as error:
        messages.info(request, error.message)
    return redirect("consent:member-deciders", group_id=group_id, membership_id=membership_id)
