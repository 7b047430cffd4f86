"""Help with signing in, for staff: ask for a way back in, agree, stop, carry out."""

from collections.abc import Callable
from typing import cast
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from groupcare.access import Audience, policy, viewer_from
from groupcare.accounts import recovery_selectors as selectors
from groupcare.accounts import services
from groupcare.accounts.forms import RecoveryForm
from groupcare.accounts.models import Person, Recovery
from groupcare.accounts.recovery_kinds import Kind
from groupcare.accounts.views.people import PER_PAGE
from groupcare.audit import record
from groupcare.exceptions import InvalidTransition, Refused

ACTS: dict[str, Callable[..., Recovery]] = {
    "approve": services.approve_recovery,
    "stop": services.stop_recovery,
    "carry_out": services.carry_out,
}


@policy(Audience.STAFF)
@require_GET
def recovery_list(request: HttpRequest) -> HttpResponse:
    """Show what was asked for, what each kind does, and where to ask."""
    viewer = viewer_from(request)
    page = Paginator(selectors.recoveries(viewer), PER_PAGE).get_page(request.GET.get("page"))
    entries = selectors.entries(viewer, list(page.object_list))
    record("recovery.list", object_type="recovery", object_id=f"page-{page.number}")
    context = {"page": page, "entries": entries, "kinds": selectors.openable(viewer)}
    return render(request, "accounts/recovery_list.html", context)


@policy(Audience.STAFF, step_up=True)
@require_http_methods(["GET", "POST"])
def recovery_open(request: HttpRequest, kind: str) -> HttpResponse:
    """Ask for a way back in for somebody."""
    viewer = cast(Person, viewer_from(request))
    about = next((one for one in selectors.openable(viewer) if one.key == kind), None)
    if about is None:
        raise Refused("recovery.open", "recovery", "")
    form = RecoveryForm(request.POST or None, kind=about, initial={"email": request.GET.get("email", "")})
    if request.method == "POST" and form.is_valid() and (made := _open(form, about, viewer)):
        messages.success(request, _("It is on its way. Somebody else must agree now."))
        return redirect("accounts:recovery-detail", recovery_id=made.pk)
    context = {"form": form, "kind": about}
    return render(request, "accounts/recovery_open.html", context, status=422 if form.is_bound else 200)


def _open(form: RecoveryForm, kind: Kind, viewer: Person) -> Recovery | None:
    """Return the new request, or None with the complaint on the form."""
    data = form.cleaned_data
    person = selectors.account_by_address(viewer, data["email"])
    if person is None or person.pk == viewer.pk:
        own = _("For yourself, ask a colleague.")
        form.add_error("email", own if person else _("Nobody signs in with this address."))
        return None
    try:
        return services.open_recovery(
            kind=kind.key,
            person=person,
            check_made=data["check_made"],
            new_email=data.get("new_email", ""),
            by=viewer,
        )
    except ValidationError as error:
        for name, texts in error.update_error_dict({}).items():
            form.add_error(name if name in form.fields else None, texts)
        return None


@policy(Audience.STAFF, step_up=True)
@require_http_methods(["GET", "POST"])
def recovery_detail(request: HttpRequest, recovery_id: UUID) -> HttpResponse:
    """Show one request with its steps; a POST agrees, stops or carries out."""
    viewer = viewer_from(request)
    if request.method == "POST":
        act = request.POST.get("act", "")
        row = selectors.recovery_to(viewer, act, recovery_id)
        try:
            ACTS[act](recovery_id=row.pk, by=viewer)
        except (InvalidTransition, ValidationError) as error:
            said = error.messages if isinstance(error, ValidationError) else [error.message]
            messages.error(request, " ".join(said))
        else:
            messages.success(request, _("Done. It stands in the trail."))
        return redirect("accounts:recovery-detail", recovery_id=row.pk)
    row = selectors.get_recovery(viewer, recovery_id)
    record("recovery.read", object_type="recovery", object_id=row.pk)
    return render(request, "accounts/recovery_detail.html", {"entry": selectors.entries(viewer, [row])[0]})
