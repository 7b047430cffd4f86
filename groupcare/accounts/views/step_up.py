"""The step-up page: show that it is you, by one of the ways you have."""

from typing import Any, cast

from allauth.mfa.webauthn.forms import AuthenticateWebAuthnForm
from allauth.mfa.webauthn.internal.auth import begin_authentication
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.forms import Form
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from groupcare.access import Audience, policy, viewer_from
from groupcare.accounts import limits, services, stepup
from groupcare.accounts.factors import matching_code
from groupcare.accounts.forms import CodeProofForm, PasswordProofForm
from groupcare.accounts.models import Person, User

FORMS: dict[str, type[Form]] = {
    stepup.PASSWORD: PasswordProofForm,
    stepup.SECOND_FACTOR: CodeProofForm,
    stepup.CODE: CodeProofForm,
}


@policy(Audience.SIGNED_IN)
@require_http_methods(["GET", "POST"])
@never_cache
@sensitive_post_parameters("password", "code")
def step_up(request: HttpRequest) -> HttpResponse:
    """Show the ways to prove oneself; a POST takes one proof and goes on."""
    user = cast(User, request.user)
    methods = stepup.methods_for(user)
    chosen = request.POST.get("method", "")
    form: Any = None
    if request.method == "POST" and chosen in methods:
        form = _bound_form(request, user, chosen)
        if _is_proven(request, user, chosen, form):
            stepup.remember(request, chosen)
            return HttpResponseRedirect(stepup.next_of(request))
    return render(
        request, "accounts/step_up.html", _page(request, user, methods, chosen, form), status=_status(request)
    )


def _status(request: HttpRequest) -> int:
    return 422 if request.method == "POST" else 200


def _bound_form(request: HttpRequest, user: User, chosen: str) -> Any:
    """Return the form of the chosen way with what was typed."""
    if chosen == stepup.PASSKEY:
        return AuthenticateWebAuthnForm(user=user, data=request.POST)
    return FORMS[chosen](request.POST, prefix=chosen)


def _is_proven(request: HttpRequest, user: User, chosen: str, form: Any) -> bool:
    """Return whether the proof holds; every try counts against the limit."""
    if not limits.allowed(request, "step_up"):
        form.add_error(None, _("Too many tries. Wait a minute and try again."))
        return False
    if not form.is_valid():
        return False
    if chosen == stepup.PASSKEY:
        return True
    data = form.cleaned_data
    proven = {
        stepup.PASSWORD: lambda: user.check_password(data["password"]),
        stepup.SECOND_FACTOR: lambda: matching_code(user, data["code"]) is not None,
        stepup.CODE: lambda: services.take_step_up_code(code=data["code"], by=user.person),
    }[chosen]()
    if not proven:
        wrong = _("This password does not fit.") if chosen == stepup.PASSWORD else _("This code does not fit.")
        form.add_error(None, ValidationError(wrong))
    return bool(proven)


def _page(request: HttpRequest, user: User, methods: list[str], chosen: str, form: Any) -> dict[str, Any]:
    """Return what the page shows: one form a way, the one just tried with its error."""
    forms = {name: FORMS[name](prefix=name) for name in methods if name in FORMS}
    context: dict[str, Any] = {"methods": methods, "next": stepup.next_of(request), "tried": form}
    if chosen in forms and form is not None:
        forms[chosen] = form
    if stepup.PASSKEY in methods:
        context["webauthn_form"] = AuthenticateWebAuthnForm(user=user)
        context["js_data"] = {"request_options": begin_authentication(user)}
    return {**context, **{f"{name}_form": one for name, one in forms.items()}}


@policy(Audience.SIGNED_IN)
@require_POST
def step_up_send(request: HttpRequest) -> HttpResponse:
    """Send a code to the reader's own address, if that is a way they have."""
    user = cast(User, request.user)
    if stepup.CODE in stepup.methods_for(user):
        if limits.allowed(request, "step_up_code"):
            services.send_step_up_code(by=cast(Person, viewer_from(request)))
            messages.success(request, _("A code is on its way. It works for five minutes."))
        else:
            messages.warning(request, _("Three codes were sent already. Wait ten minutes."))
    back = urlencode({"next": stepup.next_of(request)})
    return HttpResponseRedirect(f"{reverse('accounts:step-up')}?{back}")
