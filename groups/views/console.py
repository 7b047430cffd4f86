"""The console: one screen for the hour, and the small answers that its script asks for."""

import base64
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.html import strip_tags
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from groupcare.access import Audience, policy
from groupcare.accounts.models import Person
from groupcare.exceptions import InvalidTransition, Refused
from groupcare.vault import unlock
from groupcare.web.templatetags.gc import shown_name, when_time
from groups import services
from groups.attendance import FEWEST, codes, quick_codes
from groups.forms import ChecksForm, ConsoleForm, RemarkForm, TapForm
from groups.models import AttendanceEntry
from groups.opening import opening
from groups.permissions import SESSION
from groups.rules import ground_rules
from groups.selectors import attendance, get_group
from groups.selectors.attendance_totals import TERM, totals_of
from groups.selectors.console import Console, clause_of_session, console, labelled, standing, words_of_session
from groups.selectors.entry import OPENS_BEFORE
from groups.services.attendance import Overtaken
from groups.services.console import Answer, AnsweredMeanwhile
from groups.views.common import page, part_of, part_of_list, put_errors, viewer


def _language(person: Person) -> str:
    return get_language() or person.language


def _forms(found: Console, part: str, data: Any) -> dict[str, Any]:
    """Return the three forms of the screen, the one that was sent with its data."""
    steps = [*found.steps("during"), *found.steps("after")]
    return {
        "checks": ChecksForm(data if part == "checks" else None, checks=found.checks, language=found.language),
        "roster": ConsoleForm(
            data if part == "roster" else None, rows=[s.row for s in found.seats], steps=steps, language=found.language
        ),
        "remark": RemarkForm(data if part == "remark" else None, language=found.language),
    }


def _save(form: Any, part: str, pk: UUID, by: Person) -> str:
    """Write what one of the forms says, and return what to tell."""
    if part == "checks":
        services.write_answers(session_id=pk, answers=form.answers(), by=by)
    elif part == "roster":
        data = form.cleaned_data
        services.write_roster(
            session_id=pk, marks=form.marks(), answers=form.answers(), read_aloud=data["read_aloud"], by=by
        )
    else:
        services.write_remark(session_id=pk, kind=form.cleaned_data["kind"], words=form.cleaned_data["words"], by=by)
        return _("Kept. Those who run the group can read it.")
    return _("Saved.")


@require_http_methods(["GET", "POST"])
@policy(Audience.SIGNED_IN)
def session_console(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Show the console of a session, or keep what one of its three forms says."""
    person = viewer(request)
    found = console(person, pk, _language(person))
    part = request.POST.get("part", "") if request.method == "POST" else ""
    forms = _forms(found, part, request.POST)
    form, status = forms.get(part), 200
    newer: dict[Any, Any] = {}
    if form is not None and form.is_valid():
        try:
            messages.success(request, _save(form, part, pk, person))
        except (Overtaken, AnsweredMeanwhile) as error:
            newer, status = error.entries, error.http_status
            unlock(one.written_by for one in newer.values())
            form.add_error(None, error.message)
        except InvalidTransition as error:
            status = error.http_status
            form.add_error(None, error.message)
        except ValidationError as error:
            put_errors(form, error)
        else:
            return redirect(f"{reverse('groups:session-console', kwargs={'pk': pk})}#{_ANCHORS[part]}")
    if form is not None and form.errors and status == 200:
        status = 422
    return page(request, "session_console", _context(found, forms, person, newer), status=status)


_ANCHORS = {"checks": "before", "roster": "during", "remark": "noticed"}


def _context(found: Console, forms: dict[str, Any], person: Person, newer: dict[Any, Any]) -> dict[str, Any]:
    """Return what the screen shows."""
    session, language, now = found.session, found.language, timezone.now()
    quick = [
        (key, codes()[key].label(language).partition(": ")[2].partition(" (")[0]) for key in quick_codes(session.format)
    ]
    roster, checks = forms["roster"], forms["checks"]
    return {
        "session": session,
        "group": session.group,
        "console": found,
        "form": next((one for one in forms.values() if one.errors), roster),
        "forms": forms,
        "rows": [(seat, *roster.fields_of(seat.row), newer.get(seat.place.pk)) for seat in found.seats],
        "checks": [(*row, newer.get(row[0].key)) for row in checks.rows],
        "during": roster.boxes("during"),
        "after": roster.boxes("after"),
        "quick": quick,
        "with_minutes": " ".join(one.key for one in codes().values() if one.minutes),
        "fewest": FEWEST,
        "rules": ground_rules(session.format, language),
        "opening": opening(language),
        "is_open": session.starts_at - OPENS_BEFORE <= now and session.state != "cancelled",
        "is_over": now >= session.ends_at,
        "storage_key": _storage_key(person, session.pk),
        "late_minutes": int((found.late_from - session.starts_at).total_seconds() // 60),
    }


def _storage_key(person: Person, session_id: UUID) -> str:
    """Return the key under which the script keeps unsaved taps: of this person and session, never stored in a browser.

    It comes with the page and lives in its memory, so that after a reload the same person can read what still waits,
    and whoever finds the device cannot.
    """
    digest = salted_hmac("groups.console", f"{person.pk}:{session_id}", algorithm="sha256").digest()
    return base64.b64encode(digest).decode()


@require_POST
@policy(Audience.SIGNED_IN)
def session_tap(request: HttpRequest, pk: UUID) -> JsonResponse:
    """Keep one tap, and answer with what stands; the same tap twice is harmless."""
    person = viewer(request)
    form = TapForm(request.POST)
    if not form.is_valid():
        attendance.session_to_count(person, pk)
        return JsonResponse({"state": "invalid", "told": _("Minutes are a number from 1 to 720.")}, status=422)
    try:
        return JsonResponse({"state": "saved", "standing": _tapped(form, pk, person)})
    except (Overtaken, AnsweredMeanwhile) as error:
        (entry,) = error.entries.values()
        unlock(entry.written_by)
        return JsonResponse({"state": "overtaken", "standing": _shown(entry, person)}, status=409)
    except InvalidTransition as error:
        return JsonResponse({"state": "closed", "told": error.message}, status=409)
    except ValidationError as error:
        return JsonResponse({"state": "invalid", "told": " ".join(error.messages)}, status=422)


def _tapped(form: TapForm, pk: UUID, person: Person) -> dict[str, Any]:
    """Write the tap and return what stands."""
    data = form.cleaned_data
    if data["what"] == TapForm.ANSWER:
        answer = Answer(data["ref"], data["value"], data["seen"])
        entry: Any = services.answer_tap(session_id=pk, answer=answer, tap=data["tap"], by=person)
        return _shown(entry, person) if entry else {"value": data["value"]}
    try:
        place = UUID(data["ref"])
    except ValueError:
        raise Refused("attendance.write", SESSION, pk) from None
    mark = services.Mark(place, data["value"], data["minutes"], data["seen"])
    entry = services.write_tap(session_id=pk, mark=mark, tap=data["tap"], by=person)
    unlock(entry.written_by)
    return _shown(entry, person)


def _shown(entry: Any, person: Person) -> dict[str, Any]:
    """Return a standing line as the script shows it: an id, a code, and who wrote it."""
    is_mark = isinstance(entry, AttendanceEntry)
    mine = entry.written_by_id == person.pk
    return {
        "id": str(entry.pk),
        "value": entry.code if is_mark else entry.answer,
        "minutes": entry.minutes if is_mark else None,
        "who": _("you") if mine else shown_name(entry.written_by),
        "at": strip_tags(when_time(entry.written_at)),
        "mine": mine,
    }


@require_GET
@policy(Audience.SIGNED_IN, passive=True)
def session_marks(request: HttpRequest, pk: UUID) -> JsonResponse:
    """Answer what stands now. Passive: a screen that only looks does not keep its session awake."""
    person = viewer(request)
    found = standing(person, pk)
    marks = {str(row.place.pk): _shown(row.entry, person) for row in found.rows if row.entry}
    said = {
        one.key: {"id": str(one.pk), "value": one.answer, "mine": one.by == person.pk} for one in found.said.values()
    }
    return JsonResponse({"marks": marks, "answers": said, "read_aloud": found.session.was_read})


@require_http_methods(["GET", "POST"])
@policy(Audience.SIGNED_IN)
def session_clause(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Show the clause of the week large enough to be read aloud, or keep that it was read."""
    person = viewer(request)
    if request.method == "POST":
        try:
            services.keep_clause_read(session_id=pk, key=request.POST.get("clause", ""), by=person)
        except InvalidTransition as error:
            messages.error(request, error.message)
            return redirect("groups:session-clause", pk=pk)
        messages.success(request, _("Kept: the clause of the week was read."))
        return redirect(f"{reverse('groups:session-console', kwargs={'pk': pk})}#during")
    session, clause, read = clause_of_session(person, pk)
    can_keep = session.starts_at - OPENS_BEFORE <= timezone.now() and session.state != "cancelled"
    context = {"session": session, "group": session.group, "clause": clause, "read": read, "can_keep": can_keep}
    return page(request, "session_clause", context)


@require_GET
@policy(Audience.SIGNED_IN)
def session_words(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Show what was written in words at the console, to those who may read the notes of the group."""
    person = viewer(request)
    session, lines = words_of_session(person, pk)
    context = {"session": session, "group": session.group, "lines": labelled(lines, _language(person))}
    return page(request, "session_words", context)


@require_GET
@policy(Audience.SIGNED_IN)
def session_changes(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Show every revision of who was there: who changed what when."""
    person = viewer(request)
    session = attendance.session_to_count(person, pk)
    part = part_of(request, attendance.revisions(person, session), [session])
    return page(request, "session_changes", {"session": session, "group": session.group, "part": part})


@require_GET
@policy(Audience.SIGNED_IN)
def attendance_totals(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Show the totals of a group by member and by session."""
    person = viewer(request)
    group = get_group(person, pk)
    sessions, members = totals_of(person, group)
    part = part_of_list(request, members)
    unlock(group, [one.place for one in part.rows])
    context = {"group": group, "sessions": sessions, "part": part, "term": TERM}
    return page(request, "attendance_totals", context)
