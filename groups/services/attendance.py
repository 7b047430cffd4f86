"""Writing who was there: one roster, one save; a revision for each line that changed."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _

from groupcare.accounts.models import Person
from groupcare.audit import record, unit_of_work
from groupcare.exceptions import InvalidTransition, Refused
from groups.attendance import codes
from groups.models import AttendanceEntry, GroupSession, Membership, Observance
from groups.permissions import SESSION
from groups.rules import ground_rules
from groups.selectors.attendance import Row, entry_by, roster, session_to_count
from groups.selectors.entry import OPENS_BEFORE
from groups.services.coverage import keep_coverage


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
    session = session_that_runs(by, session_id)
    made = _write_marks(session, marks, source, by)
    if read_aloud:
        note_read_aloud(session, by)
    return made


@unit_of_work()
def write_tap(*, session_id: UUID, mark: Mark, tap: UUID, by: Person) -> AttendanceEntry:
    """Write one mark of the console under an id that the screen made; return what stands, harmless twice.

    The same tap may come again after the network was gone: it is known by its id and written once, also when a
    colleague has written since.

    Raises:
        Refused: as ``write_attendance``; also when the id is that of somebody else's tap.
        InvalidTransition: as ``write_attendance``.
        Overtaken: as ``write_attendance``.
        ValidationError: as ``write_attendance``.
    """
    session = session_that_runs(by, session_id)
    known = entry_by(by, tap, session, mark.membership_id)
    if known is None:
        _write_marks(session, [mark], AttendanceEntry.Source.CONSOLE, by, pk=tap)
    return AttendanceEntry.objects.get(session=session, membership=mark.membership_id, superseded_by__isnull=True)


def session_that_runs(by: Person, session_id: UUID, **columns: Any) -> GroupSession:
    """Return the session, locked, if ``by`` may count it and its door is open or was.

    Args:
        by: who counts.
        session_id: the session.
        columns: more columns of the same query by their names.

    Raises:
        Refused: ``by`` may not, or it does not exist.
        InvalidTransition: it was called off or has not begun.
    """
    session = session_to_count(by, session_id, **columns)
    held = GroupSession.objects.select_for_update(no_key=True).get(pk=session.pk)
    for name in ("state", "starts_at", "ends_at"):  # it may have been moved or called off while this waited
        setattr(session, name, getattr(held, name))
    if session.state == GroupSession.State.CANCELLED or timezone.now() < session.starts_at - OPENS_BEFORE:
        raise InvalidTransition(_("You can write down who was there once the door of the session is open."))
    return session


def _write_marks(
    session: GroupSession, marks: Sequence[Mark], source: str, by: Person, pk: UUID | None = None
) -> list[AttendanceEntry]:
    """Write those marks that say something else than what stands, unless a colleague wrote in between."""
    rows = {row.place.pk: row for row in roster(by, session)}
    if missing := next((mark.membership_id for mark in marks if mark.membership_id not in rows), None):
        if Membership.objects.filter(pk=missing, group=session.group_id).exists():
            raise InvalidTransition(_("This place has ended. Load the page again to see who is on the list."))
        raise Refused("attendance.write", "groups.Membership", missing)
    changed = [mark for mark in marks if _differs(mark, rows[mark.membership_id].entry)]
    standing = {mark.membership_id: rows[mark.membership_id].entry for mark in changed}
    newer = {
        mark.membership_id: entry
        for mark in changed
        if (entry := standing[mark.membership_id]) is not None and entry.pk != mark.seen
    }
    if newer:
        raise Overtaken(newer)
    made = [_write(session, rows[mark.membership_id], mark, source, by, pk) for mark in changed]
    if made:
        keep_coverage(session, [row.place for row in rows.values()], by)
        record("attendance.write", object_type=SESSION, object_id=session.pk)
    return made


def _differs(mark: Mark, entry: AttendanceEntry | None) -> bool:
    """Tell whether a mark says something else than the standing entry."""
    return entry is None or (entry.code, entry.minutes) != (mark.code, mark.minutes)


def _write(session: GroupSession, row: Row, mark: Mark, source: str, by: Person, pk: UUID | None) -> AttendanceEntry:
    """Write one revision, under ``pk`` where the screen has made one."""
    code = codes().get(mark.code)
    if code is None:
        raise ValidationError(_("Choose one of the codes."))
    length = int((session.ends_at - session.starts_at).total_seconds() // 60)
    if mark.minutes is not None and not (code.minutes and 0 < mark.minutes <= length):
        raise ValidationError(
            _("Minutes go with late, left early or disconnected, and are from 1 to %(most)s.") % {"most": length}
        )
    entry = AttendanceEntry(
        pk=pk or uuid4(),
        session=session,
        membership=row.place,
        code=mark.code,
        minutes=mark.minutes,
        source=source,
        written_by=by,
        supersedes=row.entry,
    )
    entry.full_clean()
    entry.save(force_insert=True)
    return entry


def note_read_aloud(session: GroupSession, by: Person) -> None:
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
