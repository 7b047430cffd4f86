"""Pages of the practice: its settings, its sites, its first run. For administrators."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from groupcare.access import Audience, Role, policy, viewer_from
from groupcare.accounts.selectors import get_person
from groupcare.practice import selectors, services
from groupcare.practice.forms import PracticeForm, ReviewerForm, SiteForm
from groupcare.practice.places import place_name
from groupcare.web.meanwhile import MEANWHILE, fingerprint

for_administrators = policy(Audience.ROLES, roles=[Role.ADMINISTRATOR])


@require_http_methods(["GET", "POST"])
@for_administrators
def settings_page(request: HttpRequest) -> HttpResponse:
    """Show and change how the practice is called; list its places and what the first run still needs."""
    viewer = viewer_from(request)
    practice = selectors.practice()
    standing = {name: getattr(practice, name) for name in services.EDITABLE}
    form = PracticeForm(request.POST or None, initial={**standing, "seen": fingerprint(standing)})
    if _done(form, lambda fields: services.update_practice(by=viewer, **fields)):
        messages.success(request, _("Kept."))
        return redirect("practice:settings")
    if form.has_error(NON_FIELD_ERRORS, MEANWHILE):
        form.go_on_from(standing)
    sites = [(site, place_name(site.place)) for site in selectors.sites(viewer)]
    context = {"form": form, "sites": sites, "missing": selectors.ready()}
    return render(request, "practice/settings.html", context, status=_status(form))


@require_http_methods(["GET", "POST"])
@for_administrators
def site_create(request: HttpRequest) -> HttpResponse:
    """Add a place."""
    viewer = viewer_from(request)
    form = SiteForm(request.POST or None)
    if _done(form, lambda fields: services.add_site(by=viewer, **fields)):
        messages.success(request, _("The place is there. A session can be held in it."))
        return redirect("practice:settings")
    return render(request, "practice/site_create.html", {"form": form}, status=_status(form))


@require_http_methods(["GET", "POST"])
@for_administrators
def setup(request: HttpRequest) -> HttpResponse:
    """Show the steps of the first run, and name the external reviewer."""
    viewer = viewer_from(request)
    candidates = selectors.reviewer_candidates(viewer)
    form = ReviewerForm(
        request.POST or None,
        people=candidates,
        initial={"person": selectors.practice().external_reviewer_id},
    )

    def name(fields: dict[str, UUID]) -> None:
        services.name_external_reviewer(person=get_person(viewer, fields["person"]), by=viewer)

    if _done(form, name):
        messages.success(request, _("The external reviewer is named."))
        return redirect("practice:setup")
    context = {
        "form": form,
        "run": selectors.first_run(),
        "has_candidates": bool(candidates),
    }
    return render(request, "practice/setup.html", context, status=_status(form))


def _done(form: Form, service: Callable[[dict[str, Any]], object]) -> bool:
    """Return whether the posted form was valid and the service took it; its complaints go onto the form."""
    if not form.is_bound or not form.is_valid():
        return False
    try:
        service(form.cleaned_data)
    except ValidationError as error:
        for field, texts in error.update_error_dict({}).items():
            form.add_error(field if field in form.fields and field != NON_FIELD_ERRORS else None, texts)
        return False
    return True


def _status(form: Form) -> int:
    """Return 422 for a page that shows errors, else 200."""
    return 422 if form.is_bound and form.errors else 200
