"""The coverage board of those who run a group."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from consent import selectors, services
from consent.forms import DUE_WITHIN, BoardForm
from consent.selectors import Filters, Show
from consent.services import Reminded
from consent.standing import State
from consent.views.common import person_of
from groupcare.access import Audience, policy
from groupcare.exceptions import InvalidTransition
from groups.selectors import get_group

# Our choice, because a hundred thousand pages are more than any group will have.
_PAGE_DIGITS = 6


@require_GET
@policy(Audience.STAFF)
def coverage_board(request: HttpRequest, group_id: UUID) -> HttpResponse:
    """Show the standing of everyone in a group: members and documents, filtered as asked."""
    person = person_of(request)
    group = get_group(person, group_id, action="coverage.read")
    asked = request.GET.get("show", Show.ALL)
    show = Show(asked) if asked in set(Show) else Show.ALL
    filters = _filters(request, show)
    found = selectors.board(person, group, request.GET.get("page", "1")[:_PAGE_DIGITS], filters)
    context = {
        "group": group,
        "board": found,
        "form": BoardForm(request.GET, documents={str(one.document_id): one.name for one in found.columns}),
        "filtered": filters != Filters(show=show),
        "show": show,
        "can_record": getattr(group, "can_write_notes", False),
        "choices": [(Show.ALL, _("Everything")), (Show.NEEDS, _("Needs something")), (Show.SHUT, _("Cannot come in"))],
        "now": timezone.now(),
    }
    return render(request, "consent/coverage_board.html", context)


def _filters(request: HttpRequest, show: Show) -> Filters:
    """Return what the address asks for; anything unknown shows all."""
    state, within = request.GET.get("state", ""), request.GET.get("within", "")
    try:
        document_id = UUID(request.GET.get("document", ""))
    except ValueError:
        document_id = None
    return Filters(
        show=show,
        state=State(state) if state in set(State) else None,
        document_id=document_id,
        within_days=int(within) if within in DUE_WITHIN else None,
    )


@require_POST
@policy(Audience.STAFF)
def member_remind(request: HttpRequest, group_id: UUID, membership_id: UUID, document_id: UUID) -> HttpResponse:
    """Write once to those whose signature under one document is owed for a member."""
    try:
        done = services.remind(
            group_id=group_id, membership_id=membership_id, document_id=document_id, by=person_of(request)
        )
    except InvalidTransition as error:
        messages.info(request, error.message)
    else:
        _tell(request, done)
    return redirect("consent:coverage-board", group_id=group_id)


def _tell(request: HttpRequest, done: Reminded) -> None:
    """Say what came of a reminder."""
    if done.written:
        messages.success(request, _("One message is on its way. It names neither the group nor the document."))
    elif done.already:
        messages.info(request, _("Reminded today already. Nothing more was sent."))
    if done.without_sign_in:
        messages.info(request, _("Whoever has no sign-in gets no message. Serve them on paper or by voice."))
