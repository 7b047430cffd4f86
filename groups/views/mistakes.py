"""Putting right: this went to the wrong person, this note is about somebody else."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from groupcare.access import Audience, policy
from groupcare.accounts.forms import AddressTwiceForm
from groupcare.exceptions import InvalidTransition
from groupcare.vault import unlock
from groupcare.web import panels
from groups import selectors, services
from groups.forms import MoveNoteForm
from groups.models import Membership, ProgressNote
from groups.views.common import page, put_errors, viewer


@require_http_methods(["GET", "POST"])
@policy(Audience.SIGNED_IN, step_up=True)
def member_wrong_person(request: HttpRequest, pk: UUID, membership_pk: UUID) -> HttpResponse:
    """Say what a wrong person could see, and give the place to the right one."""
    person = viewer(request)
    place = selectors.place_to_redirect(person, pk, membership_pk)
    unlock(place, place.person, place.group)
    if selectors.mistake_of(place) is not None:
        if request.method == "POST":
            messages.info(request, _("This was put right already. Nothing was sent twice."))
        return _put_right(request, place)
    form = AddressTwiceForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            done = services.redirect_place(
                membership_id=place.pk, group_id=pk, email=form.cleaned_data["email"], by=person
            )
        except ValidationError as error:
            put_errors(form, error)
        else:
            messages.success(request, _("One message is on its way to the right address. The old link is dead."))
            return redirect("groups:member-list", pk=pk) if done.mistake is None else redirect(request.path)
    context = {"group": place.group, "place": place, "form": form, "seen": selectors.seen_through(person, place)}
    return page(request, "member_wrong_person", context, status=422 if form.errors else 200)


def _put_right(request: HttpRequest, place: Membership) -> HttpResponse:
    """Return the page that says what was done, and what the wrong person could see before."""
    context = {
        "group": place.group,
        "place": place,
        "seen": selectors.seen_through(viewer(request), place),
        "concern": panels.render(request, "groups.mistake", place),
    }
    return page(request, "member_put_right", context)


@require_http_methods(["GET", "POST"])
@policy(Audience.SIGNED_IN, step_up=True)
def progress_note_move(request: HttpRequest, note_pk: UUID) -> HttpResponse:
    """Show a note that was written about the wrong member, to be looked through and kept about the right one."""
    person = viewer(request)
    note = selectors.note_to_move(person, note_pk)
    places = [one for one in selectors.members_of(person, note.group) if one.pk != note.membership_id]
    unlock(note, note.group, note.author, note.membership, note.membership.person, places)
    form = MoveNoteForm(request.POST if request.method == "POST" else None, places=places, initial={"body": note.body})
    if request.method == "POST" and form.is_valid() and (answer := _moved(request, note, form)) is not None:
        return answer
    context = {"note": note, "group": note.group, "session": note.session, "form": form, "places": places}
    return page(request, "note_move", context, status=422 if form.is_bound else 200)


def _moved(request: HttpRequest, note: ProgressNote, form: MoveNoteForm) -> HttpResponse | None:
    """Move the note and return where to go; or None, with what is to be done on the form."""
    person, wanted = viewer(request), form.cleaned_data["membership"]
    there = selectors.standing_note(person, note.session_id, wanted)
    if there is not None and form.seen() != there.pk:
        form.join(there)
        return None
    try:
        services.move_progress_note(
            note_id=note.pk,
            membership_id=wanted,
            body=form.cleaned_data["body"],
            by=person,
            supersedes=form.seen() if there else None,
        )
    except ValidationError as error:
        put_errors(form, error)
        return None
    except InvalidTransition as error:
        messages.info(request, error.message)
        return redirect("groups:session-notes", pk=note.session_id)
    messages.success(request, _("The note stands with the right person. The wrong words are sealed."))
    return redirect("groups:note-sealed", note_pk=note.pk)


@require_GET
@policy(Audience.SIGNED_IN, step_up=True)
def note_sealed(request: HttpRequest, note_pk: UUID) -> HttpResponse:
    """Open the sealed words of a note that was corrected, for its author and the lead."""
    correction = selectors.sealed_note(viewer(request), note_pk)
    note = correction.note
    unlock(note, note.group, note.membership, [note.author, note.membership.person, correction.corrected_by])
    context: dict[str, Any] = {
        "correction": correction,
        "note": note,
        "group": note.group,
        "session": note.session,
        "readers": selectors.readers_of(note),
        "concern": panels.render(request, "groups.mistake", note),
    }
    return page(request, "note_sealed", context)
