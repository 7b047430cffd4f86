"""Writing notes. A note is never changed: a later revision supersedes it."""

from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _

from groupcare.access import Right
from groupcare.accounts.models import Person
from groupcare.audit import record, unit_of_work
from groupcare.exceptions import Refused
from groupcare.vault import unlock
from groups.models import ChosenName, GroupSession, Membership, ProcessNote, ProgressNote, TherapyGroup
from groups.names import names_another
from groups.permissions import SESSION, locked_group
from groups.selectors.entry import OPENS_BEFORE
from groups.selectors.notes import is_corrected, latest_process_note, latest_progress_note

#: The code of the error that somebody else wrote in between.
MEANWHILE = "meanwhile"

# Looked up under the lock a moment ago; the database holds the references and the one chain of revisions.
_HELD_BY_THE_DATABASE: dict[str, Any] = {
    "exclude": ("group", "session", "membership", "about", "author", "supersedes"),
    "validate_unique": False,
    "validate_constraints": False,
}


def _locked_session(by: Person, session_id: UUID, action: str) -> tuple[TherapyGroup, GroupSession]:
    """Return group and session, both locked, if ``by`` may write notes of the group.

    Raises:
        Refused: no such session, or no right to write.
        ValidationError: it was called off, or is still to come.
    """
    session = GroupSession.objects.filter(pk=session_id).first()
    try:
        # For a session that is not there the same work as for one of somebody else, and the same trail.
        group = locked_group(by, session.group_id if session else session_id, Right.WRITE_NOTES, action)
    except Refused:
        raise Refused(action, SESSION, session_id) from None
    if session is None:
        raise Refused(action, SESSION, session_id)
    session = GroupSession.objects.select_for_update(no_key=True).get(pk=session_id)
    if session.state == GroupSession.State.CANCELLED:
        raise ValidationError({"__all__": _("This session was called off. It has no notes.")})
    if timezone.now() < session.starts_at - OPENS_BEFORE:
        raise ValidationError({"__all__": _("This session is still to come. Write the note when it has begun.")})
    return group, session


@unit_of_work()
def write_process_note(*, session_id: UUID, body: str, by: Person, supersedes: UUID | None = None) -> ProcessNote:
    """Write the next revision of the session's one process note.

    Args:
        session_id: the session.
        body: the whole text of this revision.
        by: the author.
        supersedes: the revision the author had before their eyes; None if there was none.

    Raises:
        Refused: no such session, or no right to write notes of its group.
        ValidationError: empty, too long, the session has not begun, or somebody wrote in the meantime.
    """
    group, session = _locked_session(by, session_id, "process_note.write")
    before = latest_process_note(session_id)
    _check_seen(before.pk if before else None, supersedes)
    note = ProcessNote(group=group, session=session, author=by, body=_clean(body), supersedes=before)
    note.full_clean(**_HELD_BY_THE_DATABASE)
    note.save(force_insert=True)
    _mark_held(session)
    record("process_note.write", object_type="groups.ProcessNote", object_id=note.pk)
    return note


@unit_of_work()
def write_progress_note(
    *, session_id: UUID, membership_id: UUID, body: str, by: Person, supersedes: UUID | None = None
) -> ProgressNote:
    """Write the next revision of the note on one member's part in a session.

    Args:
        session_id: the session.
        membership_id: the member's place in the group, open or ended since.
        body: the whole text of this revision.
        by: the author.
        supersedes: the revision the author had before their eyes; None if there was none.

    Raises:
        Refused: no such session or place, or no right to write notes of the group.
        ValidationError: as for a process note; also when it holds another member's name.
    """
    group, session = _locked_session(by, session_id, "progress_note.write")
    place = Membership.objects.filter(group=group, pk=membership_id).select_related("person").first()
    if place is None:
        raise Refused("progress_note.write", "groups.Membership", membership_id)
    before = latest_progress_note(session_id, membership_id)
    _check_seen(before.pk if before and not is_corrected(before) else None, supersedes)
    text = _clean(body)
    _check_names_nobody_else(text, place)
    note = ProgressNote(
        group=group,
        session=session,
        membership=place,
        about=place.person,
        author=by,
        body=text,
        supersedes=before,
    )
    note.full_clean(**_HELD_BY_THE_DATABASE)
    note.save(force_insert=True)
    _mark_held(session)
    record("progress_note.write", object_type="groups.ProgressNote", object_id=note.pk)
    return note


def _clean(body: str) -> str:
    """Return the text without surrounding space.

    Raises:
        ValidationError: nothing is left.
    """
    text = body.strip()
    if not text:
        raise ValidationError({"body": _("Write the note first.")})
    return text


def _check_seen(standing: UUID | None, seen: UUID | None) -> None:
    """Raise ``ValidationError`` if the author did not see the revision that stands."""
    if standing != seen:
        told = _("Someone else wrote in this note meanwhile. Read their words, then save yours again.")
        raise ValidationError({"__all__": ValidationError(told, code=MEANWHILE)})


def _check_names_nobody_else(text: str, place: Membership) -> None:
    """Raise ``ValidationError`` if the text names somebody else who has or had a place in the group."""
    everyone = list(Membership.objects.filter(group_id=place.group_id).select_related("person"))
    chosen = list(ChosenName.objects.filter(group=place.group_id).select_related("membership"))
    unlock([*everyone, *(one.person for one in everyone)], chosen)
    own: list[str] = []
    others: list[str] = []
    for one in everyone:
        names = [one.alias, one.person.used_name, one.person.legal_name]
        (own if one.person_id == place.person_id else others).extend(name for name in names if name)
    # What the group called somebody before names them still.
    for row in chosen:
        (own if row.membership.person_id == place.person_id else others).append(row.before)
    if names_another(text, own=own, others=others):
        raise ValidationError({"body": _("This note names another member: use initials or leave it out.")})


def _mark_held(session: GroupSession) -> None:
    """Mark a locked session that has begun as held, now that somebody wrote about it."""
    if session.state == GroupSession.State.SCHEDULED and session.starts_at <= timezone.now():
        session.state = GroupSession.State.HELD
        session.save(update_fields=["state"])
        record("session.held", object_type=SESSION, object_id=session.pk)
