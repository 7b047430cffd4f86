"""Putting right, for administrators: an invitation to work here that reached somebody else."""

from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from groupcare.access import Audience, Role, policy, viewer_from
from groupcare.accounts import selectors, services
from groupcare.accounts.forms import RightAddressForm
from groupcare.accounts.models import Person
from groupcare.web import panels


@policy(Audience.ROLES, roles=[Role.ADMINISTRATOR], step_up=True)
@require_http_methods(["GET", "POST"])
def person_wrong_address(request: HttpRequest, person_id: UUID) -> HttpResponse:
    """Ask for the right address of a colleague, shut out whoever had the wrong one, and invite anew."""
    viewer = viewer_from(request)
    person = selectors.colleague_to_readdress(viewer, person_id)
    if person.login is not None and not person.login.is_active:
        if request.method == "POST":
            messages.info(request, _("This was put right already. Nothing was sent twice."))
        return _put_right(request, person)
    form = RightAddressForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            done = services.readdress(person_id=person.pk, email=form.cleaned_data["email"], by=viewer)
        except ValidationError as error:
            form.add_error(None, " ".join(error.messages))
        else:
            messages.success(request, _("The invitation is on its way to the right address. The old link is dead."))
            return redirect(request.path) if done.was_used else redirect("accounts:people-list")
    context = {"form": form, "one": person, "began": selectors.first_sign_in(viewer, person)}
    return render(request, "accounts/person_wrong_address.html", context, status=422 if form.errors else 200)


def _put_right(request: HttpRequest, person: Person) -> HttpResponse:
    """Return the page that says that the wrong account is off, and since when it was used."""
    context = {
        "one": person,
        "began": selectors.first_sign_in(viewer_from(request), person),
        "concern": panels.render(request, "accounts.mistake", person),
    }
    return render(request, "accounts/person_put_right.html", context)
