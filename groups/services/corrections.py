"""A progress note that was written about the wrong member: sealed where it stands, written where it belongs."""

from uuid import UUID

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from groupcare.access import Right, may
from groupcare.accounts.models import Person
from groupcare.audit import record, unit_of_work
from groupcare.exceptions import InvalidTransition, Refused
from groups.models import NoteCorrection, ProgressNote
from groups.permissions import locked_group
from groups.services.notes import write_progress_note

NOTE = "groups.ProgressNote"


@unit_of_work()
def move_progress_note(
    *, note_id: UUID, membership_id: UUID, body: str, by: Person, supersedes: UUID | None = None
) -> ProgressNote:
    """Seal a note that was written about the wrong member, and write ``body`` about the right one.

    The wrong words are not changed: each of their revisions is marked as corrected, with who, when and why,
    and belongs to nobody's record from now on. Only its author and the lead can open it, as what it was.

    Args:
        note_id: the standing revision of the wrong note.
        membership_id: the place of the member it was meant for.
        body: the text as its author reviewed it.
        by: its author, or who manages the group.
        supersedes: the standing note about the right member that the author saw; None if there was none.

    Raises:
        Refused: absent, or ``by`` may neither.
        InvalidTransition: it was corrected already, or a later revision stands.
        ValidationError: the same member, or as for any progress note.
    """
    note = ProgressNote.objects.select_related("group").filter(pk=note_id).first()
    try:
        # For a note that is not there the same work as for one of somebody else.
        locked_group(by, note.group_id if note else note_id, Right.WRITE_NOTES, "progress_note.correct")
    except Refused:
        raise Refused("progress_note.correct", NOTE, note_id) from None
    if note is None or not (note.author_id == by.pk or may(by, Right.MANAGE_GROUP, note.group)):
        raise Refused("progress_note.correct", NOTE, note_id)
    if NoteCorrection.objects.filter(note=note).exists() or ProgressNote.objects.filter(supersedes=note).exists():
        raise InvalidTransition(_("This note was corrected or written again meanwhile. Nothing was kept twice."))
    if note.membership_id == membership_id:
        raise ValidationError({"membership": _("Choose another person: the note stands with this one now.")})
    right = write_progress_note(
        session_id=note.session_id, membership_id=membership_id, body=body, by=by, supersedes=supersedes
    )
    for revision in _chain(note):
        _seal(revision, right, by)
    return right


def _chain(note: ProgressNote) -> list[ProgressNote]:
    """Return the revisions of the note from the standing one back to the first that is not corrected already."""
    rows = ProgressNote.objects.filter(session_id=note.session_id, membership_id=note.membership_id)
    return list(rows.filter(correction__isnull=True).defer("body").order_by("-written_at"))


def _seal(revision: ProgressNote, right: ProgressNote, by: Person) -> None:
    """Mark one revision as corrected."""
    reason = NoteCorrection.Reason.WRONG_PERSON
    correction = NoteCorrection(note=revision, moved_to=right, reason=reason, corrected_by=by)
    correction.full_clean()
    correction.save(force_insert=True)
    record("progress_note.correct", object_type=NOTE, object_id=revision.pk, purpose=reason)
