"""The session on paper: a pack for when the network is down, and the roster typed in afterwards."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from groupcare.access import Audience, policy
from groupcare.audit import record
from groupcare.exceptions import InvalidTransition
from groupcare.practice.selectors import practice
from groupcare.vault import unlock
from groups import ports, selectors, services
from groups.attendance import codes
from groups.forms import RosterForm
from groups.models import AttendanceEntry
from groups.permissions import SESSION
from groups.policies import in_words
from groups.rules import ground_rules
from groups.selectors import attendance, emergency
from groups.selectors.console import clause_columns
from groups.services.attendance import Overtaken
from groups.views.common import agenda_of, page, put_errors, viewer

#: Lines left blank for notes. Our choice: what fits on the last sheet.
BLANK_LINES = 18


@require_GET
@policy(Audience.SIGNED_IN, step_up=True)
def session_pack(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Show the sheets of a session for printing; numbers only when asked for, and not long before the start."""
    person = viewer(request)
    session: Any = selectors.session_to_run(person, pk, "session.print", columns=clause_columns())
    wanted = request.GET.get("numbers") == "1"
    can_have = emergency.sheet_is_open(session, before=emergency.PRINTS_BEFORE)
    lines = emergency.lines_of(person, session) if wanted and can_have else []
    places = [line.place for line in lines] or selectors.places_of(person, session)
    found = ports.clearances(session.group_id, [place.person_id for place in places])
    language = get_language() or person.language
    agenda = agenda_of(session, language, also=[session, person, *places])
    record("session.print", object_type=SESSION, object_id=session.pk, purpose="numbers" if lines else "")
    context = {
        "session": session,
        "rows": [(place, found[place.person_id].cleared) for place in places],
        "lines": lines,
        "too_early": wanted and not can_have,
        "can_have": can_have and not lines,
        "codes": [code.label(language) for code in codes().values()],
        "rules": ground_rules(session.format, language),
        "agenda": agenda,
        "policies": in_words(session.group.policies, language),
        "blank": range(BLANK_LINES),
        "practice": practice(),
    }
    return page(request, "session_pack", context)


@require_http_methods(["GET", "POST"])
@policy(Audience.SIGNED_IN)
def session_attendance(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Show the roster of a session, or keep who was there."""
    person = viewer(request)
    session: Any = attendance.session_to_count(person, pk)
    rows = attendance.roster(person, session)
    unlock(session, [row.place for row in rows], [row.entry.written_by for row in rows if row.entry])
    form = RosterForm(
        request.POST if request.method == "POST" else None, rows=rows, language=get_language() or person.language
    )
    status, newer = 200, {}
    if request.method == "POST" and form.is_valid():
        try:
            services.write_attendance(
                session_id=pk,
                marks=form.marks(),
                read_aloud=form.cleaned_data["read_aloud"],
                source=AttendanceEntry.Source.PAPER,
                by=person,
            )
        except Overtaken as error:
            newer, status = error.entries, error.http_status
            form.add_error(None, error.message)
        except InvalidTransition as error:
            form.add_error(None, error.message)
            status = error.http_status
        except ValidationError as error:
            put_errors(form, error)
        else:
            messages.success(request, _("Kept. Shred the paper now."))
            return redirect("groups:session-attendance", pk=pk)
    if form.errors and status == 200:
        status = 422
    context = {
        "session": session,
        "group": session.group,
        "form": form,
        "rows": [(row, *form.fields_of(row), newer.get(row.place.pk)) for row in rows],
        "was_read": attendance.was_read_aloud(session),
    }
    return page(request, "session_attendance", context, status=status)
