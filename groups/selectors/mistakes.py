"""What a mistake showed to whom: places at the wrong person, notes on the wrong member."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Q, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from groupcare.access import Right
from groupcare.accounts.models import Person
from groupcare.audit import record
from groupcare.audit.models import TrailEvent
from groupcare.exceptions import Refused
from groups.models import Facilitation, Membership, MistakenPlace, NoteCorrection, ProgressNote
from groups.permissions import groups_with

NOTE = "groups.ProgressNote"

#: What each event of a stranger in the trail showed them.
SHOWN: dict[str, str | Promise] = {
    "invitation.accept": _("They opened the link and made an account."),
    "session.start": _("They signed in. Their own pages show the days and times of the sessions to come."),
    "act.present": _("They read the agreement of the group."),
    "act.read": _("They opened their copy of the agreement."),
    "ground_rules.acknowledge": _("They read the ground rules of a session."),
    "session.enter": _("They were shown where a session meets: the room, or the video link. Change the link."),
    "membership.prepare": _("They began to prepare for the group."),
}


@dataclass(frozen=True)
class Seen:
    """One kind of thing that was shown: in words, and when for the first time."""

    text: str | Promise
    first: datetime


def seen_through(viewer: Person, place: Membership) -> list[Seen]:
    """Return what the person of a place could see since it was given, as far as the trail knows, earliest first.

    The viewer has been checked by whoever fetched the place. Pages that only the person themselves
    opened and that hold nothing of others leave no event; the page that shows this says so.
    """
    del viewer
    events = (
        TrailEvent.objects.filter(
            Q(actor=str(place.person_id)) | Q(action="invitation.accept", object_id__in=_invitations_of(place)),
            action__in=SHOWN,
            at__gte=place.created_at,
        )
        .exclude(result="refused")
        .order_by("sequence")
        .values_list("action", "at")
    )
    first: dict[str, datetime] = {}
    for action, at in events:
        first.setdefault(action, at)
    return [Seen(SHOWN[action], at) for action, at in first.items()]


def _invitations_of(place: Membership) -> list[str]:
    return [str(pk) for pk in place.person.invitations.values_list("pk", flat=True)]


def place_to_redirect(viewer: Person, group_id: UUID, pk: UUID) -> Membership:
    """Return a place of a group the viewer manages, also one that a correction has ended, with ``mistake`` if any.

    Raises:
        Refused: absent, of another group, ended otherwise, or forbidden.
    """
    found = (
        Membership.objects.filter(pk=pk, group=group_id, group__in=groups_with(viewer, Right.MANAGE_GROUP))
        .filter(Q(ended_at__isnull=True) | Q(mistake__isnull=False))
        .select_related("person__user", "group", "mistake")
        .first()
    )
    if found is None:
        raise Refused("membership.redirect", "groups.Membership", pk)
    return found


def mistake_of(place: Membership) -> MistakenPlace | None:
    """Return the row that says that this place was at the wrong person, or None."""
    found: MistakenPlace | None = getattr(place, "mistake", None)
    return found


def note_to_move(viewer: Person, pk: UUID) -> ProgressNote:
    """Return a standing progress note that the viewer wrote, or of a group they manage, and record the reading.

    Raises:
        Refused: absent, corrected, superseded, or forbidden.
    """
    found = (
        _own_or_managed(viewer, Right.WRITE_NOTES)
        .filter(pk=pk, correction__isnull=True, superseded_by__isnull=True)
        .first()
    )
    if found is None:
        raise Refused("progress_note.correct", NOTE, pk)
    record("progress_note.read", object_type=NOTE, object_id=found.pk)
    return found


def sealed_note(viewer: Person, pk: UUID) -> NoteCorrection:
    """Return a sealed revision with its correction, and record the reading.

    Raises:
        Refused: absent, not corrected, or neither the viewer's own nor of a group they manage.
    """
    readable = _own_or_managed(viewer, Right.READ_NOTES).values("pk")
    found = (
        NoteCorrection.objects.filter(note=pk, note__in=readable)
        .select_related("note__membership__person", "note__session", "note__group", "note__author", "corrected_by")
        .first()
    )
    if found is None:
        raise Refused("progress_note.read_sealed", NOTE, pk)
    record("progress_note.read_sealed", object_type=NOTE, object_id=found.note_id)
    return found


def readers_of(note: ProgressNote) -> list[tuple[str, int]]:
    """Return how many others read any revision of a note's line, by the part they have in the group; from the trail.

    For whoever has opened the note; names are not told.
    """
    line = ProgressNote.objects.filter(session_id=note.session_id, membership_id=note.membership_id)
    ids = [str(pk) for pk in line.values_list("pk", flat=True)]
    events = TrailEvent.objects.filter(object_type=NOTE, object_id__in=ids, action="progress_note.read")
    readers = set(events.exclude(result="refused").values_list("actor", flat=True)) - {str(note.author_id)}
    return _by_part(note.group_id, sorted(readers))


def _by_part(group_id: UUID, readers: Sequence[str]) -> list[tuple[str, int]]:
    """Return how many of ``readers`` have which part in the group; who has none any more counts under ""."""
    rows = Facilitation.objects.filter(group=group_id, person__in=readers).order_by("valid_from")
    part = {str(row.person_id): str(row.get_role_display()) for row in rows}
    return sorted(Counter(part.get(reader, "") for reader in readers).items())


def _own_or_managed(viewer: Person, right: Right) -> QuerySet[ProgressNote]:
    """Return notes of groups on which the viewer holds ``right`` that they wrote, or whose group they manage."""
    managed = groups_with(viewer, Right.MANAGE_GROUP).values("pk")
    return ProgressNote.objects.filter(
        Q(author=viewer) | Q(group__in=managed), group__in=groups_with(viewer, right).values("pk")
    ).select_related("group", "session", "membership__person", "author")
