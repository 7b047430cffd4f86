"""Tonight: what reception, or a colleague, can do from a phone when somebody cannot come. No note is near."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from groupcare.access import Audience, Role, policy
from groupcare.exceptions import InvalidTransition, Refused
from groupcare.vault import unlock
from groups import selectors, services
from groups.absence import reason_choices
from groups.forms import HandOverForm, ReasonForm
from groups.models import GroupSession
from groups.permissions import SESSION
from groups.selectors import absence
from groups.views.common import page, part_of, put_errors, viewer

INSIDE = policy(Audience.ROLES, roles=(Role.RECEPTION, Role.FACILITATOR))


@require_GET
@INSIDE
def tonight(request: HttpRequest) -> HttpResponse:
    """List the sessions of today and tomorrow with the two things that can be done."""
    person = viewer(request)
    part = part_of(request, absence.tonight(person))
    at_desk = absence.is_reception(person)
    leads = absence.leads_of(part.rows) if at_desk else {}
    standing = absence.open_substitutions(part.rows)
    unlock(*leads.values(), [one.person for one in standing.values()])
    rows = [(one, leads.get(one.group_id, []), standing.get(one.pk)) for one in part.rows]
    return page(request, "tonight", {"part": part, "rows": rows, "at_desk": at_desk})


@require_http_methods(["GET", "POST"])
@policy(Audience.SIGNED_IN)
def tonight_cancel(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Ask for the reason, then call a session of tonight off."""
    person = viewer(request)
    session = absence.session_of_tonight(person, pk, "session.cancel")
    return cancel_page(request, session, "groups:tonight")


@require_http_methods(["GET", "POST"])
@policy(Audience.SIGNED_IN)
def session_cancel(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Ask for the reason, then call a session of one's own group off, also a later one."""
    person = viewer(request)
    session: Any = selectors.get_session(person, pk, "session.cancel")
    if not session.can_manage:
        # Refused before the service looks for the group, so that it costs the same as what is absent.
        raise Refused("session.cancel", SESSION, pk)
    return cancel_page(request, session, "groups:session-detail", pk=session.pk)


def cancel_page(request: HttpRequest, session: GroupSession, after: str, **where: Any) -> HttpResponse:
    """Return the page on which a reason is chosen, or call the session off and lead on to ``after``."""
    form = ReasonForm(request.POST if request.method == "POST" else None, reasons=reason_choices(get_language() or ""))
    status = 200
    if request.method == "POST" and form.is_valid():
        try:
            services.cancel_session(session=session, reason=form.cleaned_data["reason"], by=viewer(request))
        except ValidationError as error:
            put_errors(form, error)
        except InvalidTransition as error:
            form.add_error(None, error.message)
            status = error.http_status
        else:
            messages.success(request, _("The session is called off. Whoever has an address is told now, one by one."))
            return HttpResponseRedirect(reverse(after, kwargs=where))
    if form.errors and status == 200:
        status = 422
    unlock(session)
    return page(request, "tonight_cancel", {"session": session, "form": form, "after": after}, status=status)


@require_http_methods(["GET", "POST"])
@policy(Audience.SIGNED_IN)
def tonight_hand_over(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Show the colleagues who can be asked, or ask one of them."""
    person = viewer(request)
    session = absence.session_of_tonight(person, pk, "session.hand_over")
    form = HandOverForm(request.POST if request.method == "POST" else None)
    status = 200
    if request.method == "POST" and form.is_valid():
        try:
            services.hand_over(session_id=pk, by=person, **form.cleaned_data)
        except ValidationError as error:
            put_errors(form, error)
        except InvalidTransition as error:
            form.add_error(None, error.message)
            status = error.http_status
        else:
            messages.success(request, _("Asked. They are told now, and answer on their own page."))
            return redirect("groups:tonight")
    if form.errors and status == 200:
        status = 422
    standing = absence.open_substitutions([session]).get(session.pk)
    people = [
        one
        for one in absence.substitutes_to_choose_from(person, session)
        if standing is None or one.pk != standing.person_id
    ]
    unlock(session, [standing.person] if standing else [])
    context = {"session": session, "form": form, "people": people, "standing": standing}
    return page(request, "tonight_hand_over", context, status=status)


@require_GET
@policy(Audience.SIGNED_IN)
def tonight_calls(request: HttpRequest, pk: UUID) -> HttpResponse:
    """List whom to call because no message reaches them; each is recorded."""
    session, places = absence.calls_to_make(viewer(request), pk)
    return page(request, "tonight_calls", {"session": session, "places": places})


@require_POST
@policy(Audience.SIGNED_IN)
def session_answer(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Say yes or no to running a session for somebody."""
    accept = request.POST.get("answer") == "yes"
    try:
        services.answer_substitution(session_id=pk, accept=accept, by=viewer(request))
    except InvalidTransition as error:
        messages.error(request, error.message)
        return redirect("groups:today")
    if accept:
        messages.success(request, _("Thank you. The session is yours until two hours after its end."))
        return redirect("groups:session-detail", pk=pk)
    messages.success(request, _("You said no. Whoever asked you is told now."))
    return redirect("groups:today")
