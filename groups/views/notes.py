"""Notes: listed without content, read one session at a time, written as a new revision."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_http_methods

from groupcare.access import Audience, Right, policy
from groupcare.vault import unlock
from groupcare.web.difference import difference
from groups import selectors, services
from groups.forms import NoteForm
from groups.models import GroupSession, ProcessNote, ProgressNote
from groups.views.common import page, part_of, put_errors, viewer

PROCESS_HELP = _("The theme, what you did, how many people came. No names: nobody should be known by this note.")
PROGRESS_HELP = _("This person's part only. Others appear as initials, or not at all.")


@require_GET
@policy(Audience.SIGNED_IN)
def note_list(request: HttpRequest, pk: UUID) -> HttpResponse:
    """List the sessions of a group and whether they have a note; no content."""
    person = viewer(request)
    group = selectors.get_group(person, pk, Right.READ_NOTES, "note.list")
    part = part_of(request, selectors.sessions_with_notes(person, group))
    return page(request, "note_list", {"group": group, "tab": "notes", "part": part})


@require_GET
@policy(Audience.SIGNED_IN)
def session_notes(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Show the notes of one session to those who may read them."""
    person = viewer(request)
    session = selectors.session_to_read(person, pk)
    process = selectors.process_notes(person, pk)
    progress, sealed = selectors.progress_and_sealed(person, pk)
    unlock(session, process, progress, sealed)
    context = {
        "sealed": sealed,
        "movable": {one.pk for one in progress if session.can_write_notes and one.is_mine},  # type: ignore[attr-defined]
        "session": session,
        "group": session.group,
        "process": process[0] if process else None,
        "earlier": process[1:],
        "progress": progress,
    }
    return page(request, "session_notes", context)


@require_GET
@policy(Audience.SIGNED_IN)
def progress_note_choose(request: HttpRequest, pk: UUID) -> HttpResponse:
    """List the members about whom a progress note can be written; no content."""
    person = viewer(request)
    session = selectors.session_to_write_about(person, pk, "progress_note.write")
    places = list(selectors.members_of(person, session.group))
    unlock(session, places)
    return page(request, "progress_note_choose", {"session": session, "group": session.group, "places": places})


@require_http_methods(["GET", "POST"])
@policy(Audience.SIGNED_IN)
def process_note_create(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Show the form of the session's process note, or keep a new revision."""
    person = viewer(request)
    session = selectors.session_to_write_about(person, pk, "process_note.write")
    form = NoteForm(request.POST if request.method == "POST" else None, help_text=str(PROCESS_HELP))
    if request.method == "GET":
        standing = selectors.process_notes(person, pk)[:1]
        unlock(session, standing)
        form.initial = {"body": standing[0].body, "supersedes": standing[0].pk} if standing else {}
    elif form.is_valid():
        try:
            services.write_process_note(
                session_id=pk, body=form.cleaned_data["body"], by=person, supersedes=form.seen()
            )
        except ValidationError as error:
            put_errors(form, error)
            return _note_page(request, session, form, None, selectors.process_notes(person, pk)[:1])
        else:
            return redirect("groups:session-notes", pk=pk)
    return _note_page(request, session, form, None)


@require_http_methods(["GET", "POST"])
@policy(Audience.SIGNED_IN)
def progress_note_create(request: HttpRequest, pk: UUID, membership_pk: UUID) -> HttpResponse:
    """Show the form of one member's progress note, or keep a new revision."""
    person = viewer(request)
    session = selectors.session_to_write_about(person, pk, "progress_note.write")
    place = selectors.membership_of(person, session.group, membership_pk, "progress_note.write")
    form = NoteForm(request.POST if request.method == "POST" else None, help_text=str(PROGRESS_HELP))
    if request.method == "GET":
        standing = [note for note in selectors.progress_notes(person, pk) if note.membership_id == place.pk]
        unlock(session, place, standing)
        form.initial = {"body": standing[0].body, "supersedes": standing[0].pk} if standing else {}
    elif form.is_valid():
        try:
            services.write_progress_note(
                session_id=pk,
                membership_id=place.pk,
                body=form.cleaned_data["body"],
                by=person,
                supersedes=form.seen(),
            )
        except ValidationError as error:
            put_errors(form, error)
            there = [note for note in selectors.progress_notes(person, pk) if note.membership_id == place.pk]
            return _note_page(request, session, form, place, there)
        else:
            return redirect("groups:session-notes", pk=pk)
    return _note_page(request, session, form, place)


def _note_page(
    request: HttpRequest,
    session: GroupSession,
    form: NoteForm,
    place: Any,
    standing: Sequence[ProcessNote | ProgressNote] = (),
) -> HttpResponse:
    """Return the page on which a note is written.

    Did somebody else write in between, it shows their text and the difference, and the next save goes on from it.
    """
    context = {"session": session, "group": session.group, "form": form, "place": place}
    if standing and form.has_error("__all__", services.MEANWHILE):
        unlock(session, standing)
        form.go_on_from(standing[0])
        context |= {"theirs": standing[0], "difference": difference(standing[0].body, form.cleaned_data["body"])}
    return page(request, "note_create", context, status=422 if form.errors else 200)
