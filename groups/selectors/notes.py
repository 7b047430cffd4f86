"""Notes, read only by those who hold ``read_notes`` on that group; every reading is in the trail."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from groupcare.access import Right
from groupcare.accounts.models import Person
from groupcare.audit import record
from groupcare.exceptions import Refused
from groups.models import GroupSession, NoteCorrection, ProcessNote, ProgressNote, TherapyGroup
from groups.permissions import SESSION, groups_with
from groups.selectors.entry import OPENS_BEFORE
from groups.selectors.groups import may_on
from groups.selectors.sessions import run_alone, visible_sessions


def session_to_read(viewer: Person, pk: UUID, action: str = "process_note.read") -> GroupSession:
    """Return the session if the viewer may read the notes of its group, with ``can_write_notes``.

    Raises:
        Refused: no such session, or no right to read its notes.
    """
    allowed = groups_with(viewer, Right.READ_NOTES).values("pk")
    found = (
        GroupSession.objects.filter(pk=pk, group__in=allowed)
        .select_related("group")
        .annotate(can_write_notes=may_on(viewer, Right.WRITE_NOTES, "group_id"))
        .first()
    )
    if found is None:
        raise Refused(action, SESSION, pk)
    return found


def process_notes(viewer: Person, session_id: UUID) -> list[ProcessNote]:
    """Return the revisions of a session's process note, newest first, and record the reading of each.

    Raises:
        Refused: no such session, or no right to read its notes.
    """
    allowed = groups_with(viewer, Right.READ_NOTES).values("pk")
    found = list(
        ProcessNote.objects.filter(session_id=session_id, group__in=allowed)
        .select_related("author")
        .order_by("-written_at", "pk")
    )
    if not found:
        session_to_read(viewer, session_id, "process_note.read")
    for note in found:
        record("process_note.read", object_type="groups.ProcessNote", object_id=note.pk)
    return found


def progress_notes(viewer: Person, session_id: UUID) -> list[ProgressNote]:
    """Return the standing revision of each member's progress note of a session, and record each reading.

    What was corrected is left out: it stands in nobody's record.

    Raises:
        Refused: no such session, or no right to read its notes.
    """
    return progress_and_sealed(viewer, session_id)[0]


def progress_and_sealed(viewer: Person, session_id: UUID) -> tuple[list[ProgressNote], list[ProgressNote]]:
    """Return the standing progress notes of a session, and those that were corrected and are the viewer's to open.

    Each reading of a standing one is recorded. Of a corrected one nothing is opened here; it carries its
    ``correction``, and is given to its author and to those who manage the group.

    Raises:
        Refused: no such session, or no right to read its notes.
    """
    allowed = groups_with(viewer, Right.READ_NOTES).values("pk")
    rows = list(
        ProgressNote.objects.filter(session_id=session_id, group__in=allowed)
        .filter(Q(superseded_by__isnull=True) | Q(correction__isnull=False))
        .select_related("author", "membership__person", "about", "correction__corrected_by")
        .annotate(is_mine=Q(author=viewer) | Q(may_on(viewer, Right.MANAGE_GROUP, "group_id")))
        .order_by("membership__created_at", "written_at", "pk")
    )
    if not rows:
        session_to_read(viewer, session_id, "progress_note.read")
    found: list[ProgressNote] = [note for note in rows if not hasattr(note, "correction")]
    for note in found:
        record("progress_note.read", object_type="groups.ProgressNote", object_id=note.pk)
    return list(found), [note for note in rows if hasattr(note, "correction") and note.is_mine]


def standing_note(viewer: Person, session_id: UUID, membership_id: UUID) -> ProgressNote | None:
    """Return the standing note about one member in a session, if there is one, and record the reading.

    Raises:
        Refused: no such session, or no right to read its notes.
    """
    found = progress_notes(viewer, session_id)
    return next((note for note in found if note.membership_id == membership_id), None)


def latest_process_note(session_id: UUID) -> ProcessNote | None:
    """Return the standing revision, for a service that is about to supersede it. Holds no check."""
    return ProcessNote.objects.filter(session_id=session_id, superseded_by__isnull=True).first()


def latest_progress_note(session_id: UUID, membership_id: UUID) -> ProgressNote | None:
    """Return the standing revision, for a service that is about to supersede it. Holds no check."""
    return ProgressNote.objects.filter(
        session_id=session_id, membership_id=membership_id, superseded_by__isnull=True
    ).first()


def is_corrected(note: ProgressNote) -> bool:
    """Tell whether a note was found to be about somebody else; to its readers it is not there."""
    return NoteCorrection.objects.filter(note=note).exists()


def session_to_write_about(viewer: Person, pk: UUID, action: str) -> GroupSession:
    """Return the session if the viewer may write notes of its group.

    Raises:
        Refused: no such session, or no right to write its notes.
    """
    allowed = groups_with(viewer, Right.WRITE_NOTES).values("pk")
    found = GroupSession.objects.filter(pk=pk, group__in=allowed).select_related("group", "site", "room").first()
    if found is None:
        raise Refused(action, SESSION, pk)
    return found


def sessions_with_notes(viewer: Person, group: TherapyGroup) -> QuerySet[GroupSession]:
    """Return begun sessions of a group whose notes the viewer may read or write, latest first.

    Each has ``has_process_note: bool``; no content is read.
    """
    readable = groups_with(viewer, Right.READ_NOTES).values("pk")
    return (
        GroupSession.objects.filter(group=group, group__in=readable)
        .exclude(state=GroupSession.State.CANCELLED)
        .filter(starts_at__lte=timezone.now() + OPENS_BEFORE)
        .annotate(has_process_note=Exists(ProcessNote.objects.filter(session=OuterRef("pk"))))
        .order_by("-starts_at", "pk")
    )


def today(viewer: Person, *, days: int, most: int) -> tuple[list[GroupSession], list[GroupSession]]:
    """Return the sessions of the next days, and past ones whose process note the viewer should write; in one query.

    Args:
        viewer: who asks.
        days: how far to look ahead.
        most: at most this many of each; of the past ones the newest.
    """
    now = timezone.now()
    writable = groups_with(viewer, Right.WRITE_NOTES).values("pk")
    unwritten = ~Exists(ProcessNote.objects.filter(session=OuterRef("pk")))
    seen = visible_sessions(viewer).exclude(state=GroupSession.State.CANCELLED).order_by()
    ahead = seen.filter(ends_at__gt=now, starts_at__lt=now + timedelta(days=days))
    past = seen.filter(unwritten, ends_at__lte=now, group__in=writable)
    rows: QuerySet[Any] = (
        GroupSession.objects.filter(pk__in=ahead.values("pk").union(past.values("pk")))
        .select_related("group", "site", "room")
        .annotate(
            can_see_group=may_on(viewer, Right.SEE_GROUP, "group_id"),
            can_count=Q(may_on(viewer, Right.WRITE_NOTES, "group_id")) | Q(pk__in=run_alone(viewer)),
        )
        # Latest first, so that old notes never push out what comes next.
        .order_by("-starts_at", "pk")[: 10 * most]
    )
    found = sorted(rows, key=lambda one: one.starts_at)
    soon = [one for one in found if one.ends_at > now]
    waiting = [one for one in found if one.ends_at <= now]
    return soon[:most], waiting[-most:]
