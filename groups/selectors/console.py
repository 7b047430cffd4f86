"""The console of one session: who can come in, who is there, what was checked, what is still to do."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Count, Exists, Model, OuterRef, Subquery
from django.db.models.functions import JSONArray
from django.utils import timezone
from django.utils.translation import gettext as _

from groupcare.access import Right
from groupcare.accounts.models import Person
from groupcare.audit import record
from groupcare.exceptions import Refused
from groupcare.vault import unlock
from groups import ports
from groups.attendance import PRESENT, codes
from groups.console import CLAUSE, checks, checks_for, remarks, steps
from groups.models import (
    AttendanceEntry,
    ConsoleEntry,
    GroupSession,
    Membership,
    ProcessNote,
    ProgressNote,
    Whereabouts,
)
from groups.permissions import SESSION, groups_with
from groups.policies import lateness_minutes
from groups.selectors.attendance import Row, read_aloud, roster, session_to_count
from groups.selectors.emergency import said_by, sheet_is_open
from groups.selectors.groups import may_on
from groups.selectors.rows import Rows, moment


@dataclass(frozen=True)
class Said:
    """The standing answer of one key, without its words."""

    pk: UUID
    key: str
    answer: str
    at: datetime
    by: UUID


@dataclass(frozen=True)
class Seat:
    """One member on the console."""

    row: Row
    clearance: ports.Clearance
    said: Whereabouts | None
    is_new: bool

    @property
    def place(self) -> Membership:
        """The member's place."""
        return self.row.place

    @property
    def entry(self) -> AttendanceEntry | None:
        """What was written last."""
        return self.row.entry

    @property
    def has_left(self) -> bool:
        """Whether the place ended while the session ran; the mark stays."""
        return self.place.ended_at is not None

    @property
    def is_present(self) -> bool:
        """Whether the standing mark says that they were there."""
        return self.entry is not None and codes()[self.entry.code].counts == PRESENT


@dataclass
class Console:
    """All that the one screen shows."""

    session: Any
    seats: list[Seat]
    said: dict[str, Said]
    remark_count: int
    language: str
    now: datetime = field(default_factory=timezone.now)

    @property
    def cleared(self) -> list[Seat]:
        """Who can come in."""
        return [one for one in self.expected if one.clearance.cleared]

    @property
    def outside(self) -> list[Seat]:
        """Who cannot come in yet."""
        return [one for one in self.expected if not one.clearance.cleared]

    @property
    def expected(self) -> list[Seat]:
        """Whoever has a place and is not on leave."""
        return [one for one in self.seats if one.place.state in Membership.COMING]

    @property
    def newcomers(self) -> list[Seat]:
        """Who is here for the first time since the last session (REQ-47)."""
        return [one for one in self.seats if one.is_new]

    @property
    def present(self) -> list[Seat]:
        """Who is marked as there."""
        return [one for one in self.seats if one.is_present]

    @property
    def late_from(self) -> datetime:
        """From when on somebody who comes is late."""
        moment: datetime = self.session.starts_at + timedelta(minutes=lateness_minutes(self.session.group.policies))
        return moment

    @property
    def checks(self) -> list[tuple[Any, Said | None]]:
        """Each check of room or platform, with what was answered."""
        return [(one, self.said.get(one.key)) for one in checks_for(self.session.format)]

    def steps(self, part: str) -> list[tuple[Any, Said | None]]:
        """Return each step of a part of the session, with what was answered; without those that nobody needs."""
        asked = [one for one in steps().values() if one.where == part and (self.newcomers or not one.new_only)]
        return [(one, self.said.get(one.key)) for one in asked]

    @property
    def clause_read(self) -> Said | None:
        """That the clause of the week was read."""
        return self.said.get(CLAUSE)


def _columns(viewer: Person) -> dict[str, Any]:
    """Return what the console wants to know of a session, as columns of the query that reads it."""
    lines = ConsoleEntry.objects.filter(session=OuterRef("pk"))
    standing = lines.filter(superseded_by__isnull=True).exclude(answer=ConsoleEntry.NOTED)
    before = GroupSession.objects.filter(group=OuterRef("group_id"), starts_at__lt=OuterRef("starts_at"))
    held = before.exclude(state=GroupSession.State.CANCELLED).order_by("-starts_at")
    written = ProgressNote.objects.filter(session=OuterRef("pk"), superseded_by__isnull=True)
    return {
        "was_read": read_aloud(),
        "lines": Rows(
            standing.annotate(line=JSONArray("pk", "key", "answer", "written_at", "written_by_id")).values("line")
        ),
        "remark_count": _count(lines.filter(answer=ConsoleEntry.NOTED), "session"),
        "note_count": _count(written, "session"),
        "has_process_note": Exists(ProcessNote.objects.filter(session=OuterRef("pk"))),
        "previous_end": Subquery(held.values("ends_at")[:1]),
        "can_read_notes": may_on(viewer, Right.READ_NOTES, "group_id"),
        "can_write_notes": may_on(viewer, Right.WRITE_NOTES, "group_id"),
    }


def _is_new(place: Membership, session: Any) -> bool:
    """Tell whether a place became active after the session before this one was over (REQ-47).

    A session that was called off is none before it, so that nobody is passed over. In a group's first session
    everybody is new and nobody is marked: the rules are said to all in any case.
    """
    return session.previous_end is not None and place.joined_at is not None and place.joined_at > session.previous_end


def _count(rows: Any, by: str) -> Subquery:
    return Subquery(rows.order_by().values(by).annotate(many=Count("pk")).values("many")[:1])


def console(viewer: Person, pk: UUID, language: str) -> Console:
    """Return the console of a session for whoever runs it; where somebody said they are is recorded as read.

    Raises:
        Refused: absent, or the viewer does not run it.
    """
    session: Any = session_to_count(viewer, pk, **_columns(viewer))
    rows = roster(viewer, session)
    cleared = ports.clearances(session.group_id, [row.place.person_id for row in rows])
    said = _whereabouts(session, rows)
    unlock(
        session, viewer, [row.place for row in rows], [row.entry.written_by for row in rows if row.entry], said.values()
    )
    seats = [
        Seat(
            row,
            cleared[row.place.person_id],
            said.get(row.place.person_id),
            _is_new(row.place, session),
        )
        for row in rows
    ]
    return Console(session, seats, _said(session), session.remark_count or 0, language)


def _whereabouts(session: GroupSession, rows: Sequence[Row]) -> dict[UUID, Whereabouts]:
    """Return where each member of an online session is, while the sheet is open; each reading is recorded."""
    if not (session.is_online and sheet_is_open(session)):
        return {}
    found = said_by(session, [row.place.person_id for row in rows])
    for row in rows:
        if row.place.person_id in found:
            record("emergency_sheet.read", object_type="groups.Membership", object_id=row.place.pk)
    return found


def _said(session: Any) -> dict[str, Said]:
    """Return the standing answers of a session that was read with ``_columns``."""
    rows = ((UUID(str(pk)), key, answer, moment(at), UUID(str(by))) for pk, key, answer, at, by in session.lines or ())
    return {one.key: one for one in (Said(*row) for row in rows)}


@dataclass(frozen=True)
class Standing:
    """What stands in a session now, for a screen that is open already."""

    session: Any
    rows: list[Row]
    said: dict[str, Said]


def standing(viewer: Person, pk: UUID) -> Standing:
    """Return what stands now; no name, no place and no number of a member is read.

    Raises:
        Refused: absent, or the viewer does not run it.
    """
    session: Any = session_to_count(viewer, pk, **_columns(viewer))
    rows = roster(viewer, session)
    unlock(row.entry.written_by for row in rows if row.entry)
    return Standing(session, rows, _said(session))


def clause_columns() -> dict[str, Subquery]:
    """Return two columns of a session, the keys of clauses: that which was read in it, and the last of its group."""
    lines = ConsoleEntry.objects.filter(key=CLAUSE)
    of_group = lines.filter(group=OuterRef("group_id")).order_by("-written_at", "-pk")
    return {
        "clause_said": Subquery(lines.filter(session=OuterRef("pk")).values("answer")[:1]),
        "clause_before": Subquery(of_group.values("answer")[:1]),
    }


def clause_in_turn(session: Any, also: Sequence[Model] = ()) -> ports.Clause | None:
    """Return the clause that was read in a session; else the one after that which was read last in its group (REQ-9).

    Args:
        session: a session that the reader runs, as the caller has checked, read with ``clause_columns``.
        also: rows of the same page to unlock together with the agreement.

    Returns:
        The clause, or None where nothing is published, or what was read stands in the agreement no more.
    """
    clauses = ports.agreement_clauses(session.group_id, session.group.language, also)
    keys = [one.key for one in clauses]
    if session.clause_said is not None:
        return clauses[keys.index(session.clause_said)] if session.clause_said in keys else None
    if session.clause_before in keys:
        return clauses[(keys.index(session.clause_before) + 1) % len(keys)]
    return clauses[0] if clauses else None


def clause_of_session(viewer: Person, pk: UUID) -> tuple[GroupSession, ports.Clause | None, ConsoleEntry | None]:
    """Return a session that the viewer runs, the clause whose turn it is, and the line that says it was read, or None.

    Raises:
        Refused: absent, or the viewer does not run it.
    """
    session: Any = session_to_count(viewer, pk, **clause_columns())
    if session.clause_said is None:
        clause = clause_in_turn(session)
        unlock(session)
        return session, clause, None
    line = ConsoleEntry.objects.select_related("written_by").get(session=session, key=CLAUSE)
    unlock(session, line, line.written_by)
    return session, None, line


def words_of_session(viewer: Person, pk: UUID) -> tuple[GroupSession, list[ConsoleEntry]]:
    """Return a session and all that was written in words at its console, latest first; each reading is recorded.

    Raises:
        Refused: absent, or the viewer may not read the notes of its group.
    """
    session = GroupSession.objects.filter(Exists(_readable(viewer)), pk=pk).select_related("group").first()
    if session is None:
        raise Refused("session_remark.read", SESSION, pk)
    known = [*remarks(), *checks(), CLAUSE]
    rows = ConsoleEntry.objects.filter(session=session, key__in=known).select_related("written_by")
    found = list(rows.order_by("-written_at", "pk"))
    unlock(session, found, [one.written_by for one in found])
    found = [one for one in found if one.words]
    for one in found:
        record("session_remark.read", object_type="groups.ConsoleEntry", object_id=one.pk)
    return session, found


def _readable(viewer: Person) -> Any:
    """Return the groups whose notes the viewer may read, for the session outside."""
    return groups_with(viewer, Right.READ_NOTES).filter(pk=OuterRef("group_id"))


def labelled(lines: Sequence[ConsoleEntry], language: str) -> list[tuple[str, ConsoleEntry]]:
    """Return each line with what it is about, in words."""
    items = checks() | steps() | remarks()
    clause = str(_("Clause of the week"))
    return [(items[one.key].label(language) if one.key in items else clause, one) for one in lines]
