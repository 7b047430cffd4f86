"""Sessions as those who run them see them."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import get_language, ngettext
from django.views.decorators.http import require_GET, require_http_methods

from groupcare.access import Audience, Right, policy
from groupcare.audit import record
from groupcare.vault import unlock
from groupcare.web import panels
from groups import selectors, services
from groups.forms import SessionForm
from groups.localtime import practice_zone
from groups.models import GroupSession
from groups.permissions import SESSION
from groups.selectors import absence
from groups.selectors.console import clause_columns
from groups.selectors.entry import OPENS_BEFORE, SHUTS_AFTER
from groups.selectors.series import series_of
from groups.views.common import agenda_of, page, part_of, put_errors, viewer


@require_GET
@policy(Audience.SIGNED_IN)
def session_list(request: HttpRequest, pk: UUID) -> HttpResponse:
    """List the sessions of a group."""
    person = viewer(request)
    group = selectors.get_group(person, pk)
    part = part_of(request, selectors.sessions_of(person, group))
    series = series_of(person, group)
    context = {"group": group, "tab": "sessions", "part": part, "series": series, "now": timezone.now()}
    return page(request, "session_list", context)


@require_http_methods(["GET", "POST"])
@policy(Audience.SIGNED_IN)
def session_create(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Show the form of a new session, or plan it."""
    person = viewer(request)
    group = selectors.get_group(person, pk, Right.MANAGE_GROUP, "session.schedule")
    form = SessionForm(request.POST if request.method == "POST" else None, zone=practice_zone())
    if request.method == "POST" and form.is_valid():
        try:
            made = services.schedule_weekly(group=group, by=person, **form.cleaned_data)
        except ValidationError as error:
            put_errors(form, error)
        else:
            told = ngettext("The session is planned.", "%(count)s sessions are planned.", len(made))
            messages.success(request, told % {"count": len(made)})
            return redirect("groups:session-list", pk=group.pk)
    return page(request, "session_create", {"form": form, "group": group}, status=422 if form.errors else 200)


@require_GET
@policy(Audience.SIGNED_IN)
def session_agenda(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Show the course of a session with all that is to be said and read, to those who run it."""
    person = viewer(request)
    session: Any = selectors.session_to_run(person, pk, "session.agenda", columns=clause_columns())
    unlock(session)
    context = {
        "session": session,
        "group": session.group,
        "agenda": agenda_of(session, get_language() or person.language),
    }
    return page(request, "session_agenda", context)


@require_GET
@policy(Audience.SIGNED_IN)
def session_detail(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Show one session, and the way in while the door is open."""
    person = viewer(request)
    session: Any = selectors.get_session(person, pk)
    places = selectors.places_of(person, session)
    asked = absence.own_substitution(person, session)
    unlock(session, places)
    panels.collect(request, "groups.roll_call", places)
    now = timezone.now()
    language = get_language() or person.language
    scheduled = session.state != GroupSession.State.CANCELLED
    opens = session.starts_at - OPENS_BEFORE
    is_open = scheduled and opens <= now < session.ends_at
    if is_open:
        record("session.enter", object_type=SESSION, object_id=session.pk)
    context = {
        "session": session,
        "group": session.group,
        "agenda": agenda_of(session, language, words=False)
        if session.can_run and scheduled and now < session.ends_at
        else [],
        "is_open": is_open,
        "link": session.group.online_link if is_open and session.is_online and session.can_run else "",
        "asked": asked if scheduled and now < session.ends_at else None,
        "has_sheet": session.can_run and scheduled and opens <= now < session.ends_at + SHUTS_AFTER,
        "can_count": session.can_write_notes or (session.can_run and not session.can_see_group),
        "can_print": session.can_run and scheduled and now < session.ends_at,
        "has_begun": scheduled and opens <= now,
        "can_move": session.can_manage and session.state == GroupSession.State.SCHEDULED and now < session.starts_at,
        "can_cancel": session.can_manage and session.state == GroupSession.State.SCHEDULED and now < session.ends_at,
    }
    return page(request, "session_detail", context)
