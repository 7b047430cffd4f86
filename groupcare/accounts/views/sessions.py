"""Where somebody is signed in, and how to end it elsewhere."""

from typing import cast
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from groupcare.access import Audience, policy, viewer_from
from groupcare.accounts import selectors, services
from groupcare.accounts.models import Person, User


@policy(Audience.SIGNED_IN)
@require_GET
def session_list(request: HttpRequest) -> HttpResponse:
    """Show where the reader is signed in."""
    viewer = cast(Person, viewer_from(request))
    found = selectors.own_sessions(viewer, current_key=request.session.session_key or "")
    return render(request, "accounts/session_list.html", {"sessions": found, "others": len(found) - 1})


@policy(Audience.SIGNED_IN)
@require_POST
def session_end(request: HttpRequest, handle: UUID) -> HttpResponse:
    """End one session of the reader's own."""
    services.end_session(handle=handle, by=cast(Person, viewer_from(request)))
    messages.success(request, _("That place is signed out."))
    return redirect("accounts:session-list")


@policy(Audience.SIGNED_IN)
@require_POST
def session_end_others(request: HttpRequest) -> HttpResponse:
    """End every session of the reader but this one."""
    user = cast(User, request.user)
    services.end_sessions(user=user, keep=request.session.session_key or "", reason="asked")
    messages.success(request, _("You are signed out everywhere else."))
    return redirect("accounts:session-list")
