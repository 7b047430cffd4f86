"""One person, for administrators: roles with their periods, the account and the address. Never anything of care."""

from collections.abc import Callable
from datetime import datetime, time
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from groupcare.access import Audience, Role, end_role, give_role, policy, viewer_from
from groupcare.accounts import selectors, services
from groupcare.accounts.forms import AgainForm, RoleForm
from groupcare.accounts.models import Person
from groupcare.audit import record
from groupcare.exceptions import Refused

_administrators = policy(Audience.ROLES, roles=[Role.ADMINISTRATOR])
_proven = policy(Audience.ROLES, roles=[Role.ADMINISTRATOR], step_up=True)

SWITCHES: dict[str, tuple[Callable[..., object], str | Promise]] = {
    "off": (services.switch_off, gettext_lazy("The account is switched off.")),
    "on": (services.switch_on, gettext_lazy("The account is switched on.")),
    "sessions": (services.end_all_sessions, gettext_lazy("They are signed out everywhere.")),
}


@_administrators
@require_GET
def person_detail(request: HttpRequest, person_id: UUID) -> HttpResponse:
    """Show who somebody is here, since when, and how they are reached."""
    viewer = viewer_from(request)
    person = selectors.person_at_desk(viewer, person_id)
    record("person.read", object_type="person", object_id=person.pk, purpose="roles")
    context = {
        "desk": selectors.desk_of(viewer, person),
        "own": person.pk == viewer.id,
        "form": RoleForm(),
        "again": AgainForm(),
    }
    return render(request, "accounts/person_detail.html", context)


@_proven
@require_http_methods(["GET", "POST"])
def role_give(request: HttpRequest, person_id: UUID) -> HttpResponse:
    """Give a role for a period."""
    viewer = viewer_from(request)
    person = selectors.person_at_desk(viewer, person_id)
    form = RoleForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            give_role(person=person, role=Role(form.cleaned_data["role"]), valid_until=_end_of(form), by=viewer)
        except ValidationError as error:
            for name, texts in error.update_error_dict({}).items():
                form.add_error(name if name in form.fields else None, texts)
        else:
            messages.success(request, _("The role is given. They sign in anew."))
            return redirect("accounts:person-detail", person_id=person.pk)
    context = {"form": form, "entry": selectors.entries([person])[0]}
    return render(request, "accounts/role_give.html", context, status=422 if form.is_bound else 200)


def _end_of(form: RoleForm) -> datetime | None:
    """Return the first moment after the last day, in the administrator's zone."""
    last = form.cleaned_data["last_day"]
    if last is None:
        return None
    midnight = datetime.combine(last, time.max).replace(microsecond=0)
    return timezone.make_aware(midnight)


@_proven
@require_http_methods(["GET", "POST"])
def role_end(request: HttpRequest, person_id: UUID, role: str) -> HttpResponse:
    """Ask, and end a role now."""
    viewer = viewer_from(request)
    person = selectors.person_at_desk(viewer, person_id)
    if role not in Role.values:
        raise Refused("role.end", "person", person_id)
    if request.method == "POST":
        return _answer(
            request, person, lambda: end_role(person=person, role=Role(role), by=viewer), _("The role ended.")
        )
    context = {"entry": selectors.entries([person])[0], "role": Role(role)}
    return render(request, "accounts/role_end.html", context)


@_proven
@require_http_methods(["GET", "POST"])
def person_switch(request: HttpRequest, person_id: UUID, what: str) -> HttpResponse:
    """Ask, and switch an account off or on, or sign somebody out everywhere."""
    viewer = viewer_from(request)
    person = selectors.person_at_desk(viewer, person_id)
    if what not in SWITCHES or person.login is None or person.pk == viewer.id:
        raise Refused("person.switch", "person", person_id)
    act, said = SWITCHES[what]
    if request.method == "POST":
        return _answer(request, person, lambda: act(person=person, by=viewer), str(said))
    return render(request, "accounts/person_switch.html", {"entry": selectors.entries([person])[0], "what": what})


@_administrators
@require_POST
def person_invite_again(request: HttpRequest, person_id: UUID) -> HttpResponse:
    """Invite somebody who is here and does not sign in yet."""
    viewer = viewer_from(request)
    person = selectors.person_at_desk(viewer, person_id)
    again = AgainForm(request.POST)
    if again.is_valid():
        return _answer(
            request,
            person,
            lambda: services.invite(person=person, email=again.cleaned_data["email"], by=viewer),
            _("The invitation is on its way. It works for seven days."),
        )
    context = {
        "desk": selectors.desk_of(viewer, person),
        "own": person.pk == viewer.id,
        "form": RoleForm(),
        "again": again,
    }
    return render(request, "accounts/person_detail.html", context, status=422)


def _answer(request: HttpRequest, person: Person, act: Callable[[], object], said: str) -> HttpResponse:
    """Do it, say what happened, and go back to the person."""
    try:
        act()
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    else:
        messages.success(request, said)
    return redirect("accounts:person-detail", person_id=person.pk)
