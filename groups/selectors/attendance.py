"""Who was at a session, as it was last written."""

from dataclasses import dataclass
from uuid import UUID

from groupcare.access import Right
from groupcare.accounts.models import Person
from groups.models import AttendanceEntry, GroupSession, Membership, Observance
from groups.selectors.sessions import places_of, session_to_run


@dataclass(frozen=True)
class Row:
    """One member and the standing entry, or None."""

    place: Membership
    entry: AttendanceEntry | None


def session_to_count(viewer: Person, pk: UUID) -> GroupSession:
    """Return the session if the viewer may write who was there: who writes its notes, or runs it for somebody.

    Raises:
        Refused: absent or forbidden.
    """
    return session_to_run(viewer, pk, "attendance.write", Right.WRITE_NOTES)


def standing_entries(session: GroupSession) -> dict[UUID, AttendanceEntry]:
    """Return the entry that stands for each place of a session, with its writer. Holds no check."""
    found = AttendanceEntry.objects.filter(session=session, superseded_by__isnull=True).select_related("written_by")
    return {one.membership_id: one for one in found}


def roster(viewer: Person, session: GroupSession) -> list[Row]:
    """Return each member of a session that the viewer runs, with what was written last."""
    standing = standing_entries(session)
    return [Row(place, standing.get(place.pk)) for place in places_of(viewer, session)]


def was_read_aloud(session: GroupSession) -> bool:
    """Tell whether it was written that the ground rules were read to the group. Holds no check."""
    return Observance.objects.filter(session=session, kind=Observance.Kind.READ_ALOUD).exists()
