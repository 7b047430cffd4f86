"""People, for administrators; and one's own profile."""

from typing import cast
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from groupcare.access import Audience, Role, policy, viewer_from
from groupcare.accounts import selectors, services
from groupcare.accounts.forms import InviteForm, ProfileForm
from groupcare.accounts.models import Person
from groupcare.audit import record, unit_of_work

# Source: the contract of lists in reference/style.md; our choice, because a page should be read at one sitting.
PER_PAGE = 25
_administrators = policy(Audience.ROLES, roles=[Role.ADMINISTRATOR])


@_administrators
@require_GET
def people_list(request: HttpRequest) -> HttpResponse:
    """Show who is here, as what, and who is still invited."""
    page = Paginator(selectors.people(viewer_from(request)), PER_PAGE).get_page(request.GET.get("page"))
    entries = selectors.entries(list(page.object_list))
    record("person.list", object_type="person", object_id=f"page-{page.number}")
    waiting = sum(entry.state in {"invited", "expired"} for entry in entries)
    context = {"page": page, "entries": entries, "waiting": waiting}
    return render(request, "accounts/people_list.html", context)


@_administrators
@require_http_methods(["GET", "POST"])
def person_invite(request: HttpRequest) -> HttpResponse:
    """Add a person and write to them."""
    viewer = cast(Person, viewer_from(request))
    initial = {"language": viewer.language, "time_zone": viewer.time_zone, "role": Role.FACILITATOR}
    form = InviteForm(request.POST or None, staff=True, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            _add_and_invite(form, viewer)
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(request, _("The invitation is on its way. It works for seven days."))
            return redirect("accounts:people-list")
    return render(request, "accounts/person_invite.html", {"form": form}, status=422 if form.is_bound else 200)


@unit_of_work()
def _add_and_invite(form: InviteForm, viewer: Person) -> None:
    """Add the person and invite them, both or neither."""
    data = form.cleaned_data
    person = services.create_person(
        used_name=data["used_name"], language=data["language"], time_zone=data["time_zone"], by=viewer
    )
    services.invite(person=person, email=data["email"], role=form.role_chosen, by=viewer)


@_administrators
@require_POST
def invitation_reissue(request: HttpRequest, invitation_id: UUID) -> HttpResponse:
    """Send a new link; the old one is dead."""
    viewer = viewer_from(request)
    invitation = selectors.get_invitation(viewer, invitation_id)
    try:
        services.reissue(invitation=invitation, by=viewer)
    except ValidationError as error:
        messages.warning(request, " ".join(error.messages))
    else:
        messages.success(request, _("A new link is on its way. The old one does not work any more."))
    return redirect("accounts:people-list")


@_administrators
@require_POST
def invitation_revoke(request: HttpRequest, invitation_id: UUID) -> HttpResponse:
    """Kill a link."""
    viewer = viewer_from(request)
    invitation = selectors.get_invitation(viewer, invitation_id)
    try:
        services.revoke_invitation(invitation=invitation, by=viewer)
    except ValidationError as error:
        messages.warning(request, " ".join(error.messages))
    else:
        messages.success(request, _("The link does not work any more."))
    return redirect("accounts:people-list")


@policy(Audience.SIGNED_IN)
@require_http_methods(["GET", "POST"])
def profile(request: HttpRequest) -> HttpResponse:
    """Show and keep what somebody says about themselves."""
    person = cast(Person, viewer_from(request))
    initial = {name: getattr(person, name) for name in ProfileForm.base_fields}
    form = ProfileForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            services.update_profile(person=person, by=person, **form.cleaned_data)
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(request, _("Saved."))
            return redirect("accounts:profile")
    return render(request, "accounts/profile.html", {"form": form}, status=422 if form.is_bound else 200)
