"""Writing who was there: one roster, one save; a revision for each line that changed."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _

from groupcare.accounts.models import Person
from groupcare.audit import record, unit_of_work
from groupcare.exceptions import InvalidTransition
from groups.attendance import codes
from groups.models import AttendanceEntry, GroupSession, Observance
from groups.permissions import SESSION
from groups.rules import ground_rules
from groups.selectors.attendance import session_to_count, standing_entries
from groups.selectors.emergency import place_of
from groups.selectors.entry import OPENS_BEFORE


@dataclass(frozen=True)
class Mark:
    """What is to be written for one place; ``seen`` is the entry its writer had before their eyes."""

    membership_id: UUID
    code: str
    minutes: int | None
    seen: UUID | None


class Overtaken(InvalidTransition):
    """Somebody else wrote lines in the meantime; ``entries`` holds them by place. Nothing was written."""

    def __init__(self, entries: dict[UUID, AttendanceEntry]) -> None:
        """Keep what stands now."""
        super().__init__(_("A colleague has saved this in the meantime. Compare, then save again."))
        self.entries = entries


@unit_of_work()
def write_attendance(
    *, session_id: UUID, marks: Sequence[Mark], read_aloud: bool, source: str, by: Person
) -> list[AttendanceEntry]:
    """Write the lines that changed, and that the ground rules were read aloud; harmless twice.

    Args:
        session_id: the session.
        marks: one for each place that has a code.
        read_aloud: whether the ground rules were read to the group; written once, never taken back.
        source: a value of ``AttendanceEntry.Source``.
        by: who writes the notes of the group, or runs this session for somebody.

    Raises:
        Refused: ``by`` may not, the session does not exist, or a place is not of this session.
        InvalidTransition: it was called off or has not begun.
        Overtaken: somebody else changed a line since ``by`` looked.
        ValidationError: a code does not exist, or minutes do not fit.
    """
    session = session_to_count(by, session_id)
    GroupSession.objects.select_for_update().get(pk=session.pk)
    if session.state == GroupSession.State.CANCELLED or timezone.now() < session.starts_at - OPENS_BEFORE:
        raise InvalidTransition(_("You can write down who was there once the door of the session is open."))
    standing = standing_entries(session)
    changed = [mark for mark in marks if _differs(mark, standing.get(mark.membership_id))]
    newer = {
        mark.membership_id: standing[mark.membership_id]
        for mark in changed
        if mark.membership_id in standing and standing[mark.membership_id].pk != mark.seen
    }
    if newer:
        raise Overtaken(newer)
    made = [_write(session, mark, standing.get(mark.membership_id), source, by) for mark in changed]
    if read_aloud:
        _note_read_aloud(session, by)
    if made:
        record("attendance.write", object_type=SESSION, object_id=session.pk)
    return made


def _differs(mark: Mark, entry: AttendanceEntry | None) -> bool:
    """Tell whether a mark says something else than the standing entry."""
    return entry is None or (entry.code, entry.minutes) != (mark.code, mark.minutes)


def _write(
    session: GroupSession, mark: Mark, before: AttendanceEntry | None, source: str, by: Person
) -> AttendanceEntry:
    """Write one revision."""
    place = place_of(by, session, mark.membership_id, "attendance.write")
    code = codes().get(mark.code)
    if code is None:
        raise ValidationError(_("Choose one of the codes."))
    length = int((session.ends_at - session.starts_at).total_seconds() // 60)
    if mark.minutes is not None and not (code.minutes and 0 < mark.minutes <= length):
        raise ValidationError(
            _("Minutes go with late, left early or disconnected, and are from 1 to %(most)s.") % {"most": length}
        )
    entry = AttendanceEntry(
        session=session,
        membership=place,
        code=mark.code,
        minutes=mark.minutes,
        source=source,
        written_by=by,
        supersedes=before,
    )
    entry.full_clean()
    entry.save()
    return entry


def _note_read_aloud(session: GroupSession, by: Person) -> None:
    """Keep once that the ground rules were read to the group, and by whom it was written down."""
    if Observance.objects.filter(session=session, kind=Observance.Kind.READ_ALOUD).exists():
        return
    rules = ground_rules(session.format, session.group.language)
    Observance.objects.create(
        session=session,
        person=by,
        kind=Observance.Kind.READ_ALOUD,
        text_sha256=rules.sha256,
        language=rules.language,
    )
    record("ground_rules.read_aloud", object_type=SESSION, object_id=session.pk)
