"""Letting one person in for some days, ending it, and the privacy officer's list of it."""

from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from consent import selectors, services
from consent.minor_forms import OverrideForm
from consent.permissions import place_to_decide
from consent.views.common import person_of
from consent.views.deciders import put
from groupcare.access import Audience, Role, policy
from groupcare.exceptions import InvalidTransition
from groupcare.vault import unlock


@require_http_methods(["GET", "POST"])
@policy(Audience.STAFF, step_up=True)
def override_give(request: HttpRequest, group_id: UUID, membership_id: UUID) -> HttpResponse:
    """Show what is missing and the form, or let the person in until a day."""
    person = person_of(request)
    place = place_to_decide(person, group_id, membership_id, "override.give")
    unlock(place, place.group)
    form = OverrideForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        try:
            services.give_override(group_id=group_id, membership_id=membership_id, by=person, **form.cleaned_data)
        except InvalidTransition as error:
            form.add_error(None, error.message)
        except ValidationError as error:
            put(form, error)
        else:
            messages.success(
                request, _("Kept. The person may come until then, and the privacy officer sees that it was done.")
            )
            return redirect("consent:coverage-board", group_id=group_id)
    standing = selectors.standings(person, [group_id], [place.person_id])[group_id, place.person_id]
    context = {"place": place, "group": place.group, "form": form, "standing": standing}
    return render(request, "consent/override_give.html", context, status=422 if form.errors else 200)


@require_POST
@policy(Audience.STAFF)
def override_end(request: HttpRequest, group_id: UUID, membership_id: UUID) -> HttpResponse:
    """End it now."""
    try:
        services.end_override(group_id=group_id, membership_id=membership_id, by=person_of(request))
        messages.success(request, _("Ended. From now on the gate asks this person for a promise."))
    except InvalidTransition as error:
        messages.info(request, error.message)
    return redirect("consent:coverage-board", group_id=group_id)


@require_GET
@policy(Audience.ROLES, roles=(Role.PRIVACY_OFFICER,))
def override_list(request: HttpRequest) -> HttpResponse:
    """List who was let in without a promise, by whom and until when."""
    page, rows = selectors.overrides(person_of(request), request.GET.get("page", "1")[:6])
    return render(request, "consent/override_list.html", {"page": page, "rows": rows})
