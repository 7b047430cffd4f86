"""The way in: reading and taking an invitation."""

from uuid import UUID

from django.contrib.auth import login
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import translation
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from groupcare.access import Audience, policy
from groupcare.accounts import limits, services
from groupcare.accounts.forms import AcceptForm
from groupcare.accounts.joining import before_joining
from groupcare.exceptions import Refused


@policy(Audience.PUBLIC)
@require_http_methods(["GET", "POST"])
@never_cache
@sensitive_post_parameters("password", "again")
def invitation_accept(request: HttpRequest, invitation_id: UUID, token: str) -> HttpResponse:
    """Show the invitation; a POST takes it. Whatever does not open looks the same."""
    if request.method == "POST" and not limits.allowed(request, "invitation"):
        return _closed(request, 429)
    if request.user.is_authenticated:
        # The same for every link, before it is looked at: nothing is confirmed to whoever sits at a shared device.
        return render(request, "accounts/another_account.html", status=409)
    invitation = services.find_open(invitation_id=invitation_id, token=token)
    if invitation is None:
        return _closed(request)
    form = AcceptForm(request.POST or None)
    with translation.override(invitation.person.language):
        if request.method == "POST" and form.is_valid():
            try:
                user = services.accept_invitation(
                    invitation_id=invitation_id, token=token, password=form.cleaned_data["password"]
                )
            except Refused:
                return _closed(request)
            except ValidationError as error:
                form.add_error(None, error)
            else:
                login(request, user, backend="groupcare.accounts.backends.Backend")
                return redirect("home")
        joining = before_joining(translation.get_language() or "")
        context = {"form": form, "staff": bool(invitation.role), "joining": joining}
        return render(request, "accounts/invitation_accept.html", context, status=422 if form.is_bound else 200)


def _closed(request: HttpRequest, status: int = 404) -> HttpResponse:
    """Return the one page for wrong, expired, used and revoked."""
    return render(request, "accounts/invitation_closed.html", status=status)
