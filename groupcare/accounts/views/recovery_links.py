"""What the person themselves does: a new address, its link, and stopping what was not them."""

from typing import cast
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from groupcare.access import Audience, policy, viewer_from
from groupcare.accounts import limits, recovery_selectors, services
from groupcare.accounts.forms import NewAddressForm
from groupcare.accounts.models import Person
from groupcare.accounts.recovery_kinds import Check
from groupcare.exceptions import InvalidTransition, Refused


@policy(Audience.SIGNED_IN, step_up=True)
@require_http_methods(["GET", "POST"])
def address_change(request: HttpRequest) -> HttpResponse:
    """Ask for a new address of one's own."""
    person = cast(Person, viewer_from(request))
    form = NewAddressForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            services.open_recovery(
                kind="changed_address",
                person=person,
                check_made=Check.SIGNED_IN,
                new_email=form.cleaned_data["new_email"],
                by=person,
            )
        except ValidationError as error:
            for name, texts in error.update_error_dict({}).items():
                form.add_error(name if name in form.fields else None, texts)
        else:
            messages.success(request, _("A link is on its way to the new address. Open it there."))
            return redirect("accounts:address-change")
    context = {"form": form, "waiting": recovery_selectors.own_waiting(person), "email": request.user.email}  # type: ignore[union-attr]
    return render(request, "accounts/address_change.html", context, status=422 if form.is_bound else 200)


@policy(Audience.PUBLIC)
@require_http_methods(["GET", "POST"])
@never_cache
def recovery_stop(request: HttpRequest, recovery_id: UUID, token: str) -> HttpResponse:
    """Show what the link stops; a POST stops it. Whatever does not open looks the same."""
    if request.method == "POST" and not limits.allowed(request, "recovery"):
        return _closed(request, 429)
    row = services.find_by_link(recovery_id=recovery_id, purpose="stop", token=token)
    if row is None:
        return _closed(request)
    with translation.override((row.missing or row.person).language):
        if request.method == "POST":
            try:
                services.stop_by_link(recovery_id=recovery_id, token=token)
            except (Refused, InvalidTransition):
                return _closed(request)
            return render(request, "accounts/recovery_stopped.html")
        return render(request, "accounts/recovery_stop.html", {"recovery": row})


@policy(Audience.PUBLIC)
@require_http_methods(["GET", "POST"])
@never_cache
def recovery_confirm(request: HttpRequest, recovery_id: UUID, token: str) -> HttpResponse:
    """Ask whoever reads the new mailbox whether it is theirs; a POST confirms it."""
    if request.method == "POST" and not limits.allowed(request, "recovery"):
        return _closed(request, 429)
    row = services.find_by_link(recovery_id=recovery_id, purpose="confirm", token=token)
    if row is None:
        return _closed(request)
    with translation.override(row.person.language):
        if request.method == "POST":
            try:
                row = services.confirm_address(recovery_id=recovery_id, token=token)
            except (Refused, InvalidTransition):
                return _closed(request)
            except ValidationError as error:
                context = {"recovery": row, "problem": " ".join(error.messages)}
                return render(request, "accounts/recovery_confirm.html", context, status=422)
            return render(request, "accounts/recovery_confirmed.html", {"recovery": row})
        return render(request, "accounts/recovery_confirm.html", {"recovery": row})


@policy(Audience.SIGNED_IN)
@require_POST
def recovery_stop_own(request: HttpRequest, recovery_id: UUID) -> HttpResponse:
    """Stop what was asked for about the reader; no proof is asked, for stopping takes nothing from anybody."""
    person = cast(Person, viewer_from(request))
    row = recovery_selectors.own_recovery(person, recovery_id)
    try:
        services.stop_recovery(recovery_id=row.pk, by=person)
    except InvalidTransition as error:
        messages.error(request, error.message)
    else:
        messages.success(request, _("Stopped. Nothing changes. If this was not you, tell your practice today."))
    return redirect("home")


def _closed(request: HttpRequest, status: int = 404) -> HttpResponse:
    """Return the one page for wrong, used and over."""
    return render(request, "accounts/invitation_closed.html", status=status)
