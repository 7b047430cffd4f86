"""Served by voice: who has no e-mail, what to tell them, and the ground rules said aloud at the door."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from groupcare.access import Audience, policy
from groupcare.accounts.models import Person
from groupcare.exceptions import InvalidTransition, NotCleared, Refused
from groupcare.vault import unlock
from groupcare.web import panels
from groups import selectors, services
from groups.models import GroupSession
from groups.permissions import SESSION
from groups.rules import ground_rules
from groups.selectors.entry import AGREE_BEFORE
from groups.views.common import page, viewer


def _session(request: HttpRequest, pk: UUID, action: str) -> tuple[Person, Any]:
    """Return who asks and the session, if they work with its group; refused before any service looks for it."""
    person = viewer(request)
    session: Any = selectors.get_session(person, pk, action)
    if not session.can_write_notes:
        raise Refused(action, SESSION, pk)
    return person, session


@require_GET
@policy(Audience.SIGNED_IN)
def session_voice(request: HttpRequest, pk: UUID) -> HttpResponse:
    """List those who get no message, with what to tell them and what was said."""
    person, session = _session(request, pk, "session.read")
    places = selectors.places_by_voice(person, session)
    unlock(session.group, places, (one.person for one in places))
    cleared = panels.collect(request, "groups.member_row", places)
    now = timezone.now()
    context = {
        "session": session,
        "group": session.group,
        "rows": [(place, cleared.get(place.pk, "")) for place in places],
        "all_rules": [
            ground_rules(session.format, language) for language in sorted({one.person.language for one in places})
        ],
        "can_tell": session.state == GroupSession.State.SCHEDULED and now < session.ends_at,
        "can_agree": session.state != GroupSession.State.CANCELLED
        and session.starts_at - AGREE_BEFORE <= now < session.ends_at,
    }
    return page(request, "session_voice", context)


@require_POST
@policy(Audience.SIGNED_IN)
def session_told(request: HttpRequest, pk: UUID, membership_pk: UUID) -> HttpResponse:
    """Keep that somebody was told."""
    person, session = _session(request, pk, "session.tell")
    done = _("Kept: told today, by you.")
    return _do(
        request, session, done, lambda: services.mark_told(session_id=pk, membership_id=membership_pk, by=person)
    )


@require_POST
@policy(Audience.SIGNED_IN)
def session_aloud(request: HttpRequest, pk: UUID, membership_pk: UUID) -> HttpResponse:
    """Keep that somebody heard the ground rules and agreed aloud."""
    person, session = _session(request, pk, "ground_rules.hear")
    done = _("Kept: agreed aloud, and you heard it.")
    return _do(
        request,
        session,
        done,
        lambda: services.acknowledge_aloud(session_id=pk, membership_id=membership_pk, by=person),
    )


def _do(request: HttpRequest, session: Any, done: str, act: Callable[[], object]) -> HttpResponse:
    """Do it, say how it went, and lead back to the list."""
    try:
        act()
        messages.success(request, done)
    except NotCleared:
        messages.error(request, _("This person cannot come in yet: a promise is missing. See the coverage board."))
    except InvalidTransition as error:
        messages.error(request, error.message)
    return redirect("groups:session-voice", pk=session.pk)
