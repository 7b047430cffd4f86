"""The console of a session: checks, steps, remarks and the clause that was read. Nothing is taken back or overwritten."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID, uuid4

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from groupcare.accounts.models import Person
from groupcare.audit import record, unit_of_work
from groupcare.exceptions import InvalidTransition, Refused
from groups.console import ANSWERS, CLAUSE, DONE, checks_for, remarks, steps
from groups.models import AttendanceEntry, ConsoleEntry, GroupSession
from groups.permissions import SESSION
from groups.selectors.console import clause_columns, clause_in_turn
from groups.services.attendance import Mark, note_read_aloud, session_that_runs, write_attendance

#: The step that is kept as an observance, because the paper roster writes it too.
READ_ALOUD = "read_aloud"


@dataclass(frozen=True)
class Answer:
    """What is to be written for one key; ``seen`` is the line its writer had before their eyes."""

    key: str
    answer: str
    seen: UUID | None = None
    words: str = ""


class AnsweredMeanwhile(InvalidTransition):
    """Somebody else answered in the meantime; ``entries`` holds what stands by key. Nothing was written."""

    def __init__(self, entries: dict[str, ConsoleEntry]) -> None:
        """Keep what stands now."""
        super().__init__(_("A colleague has saved this in the meantime. Compare, then save again."))
        self.entries = entries


@unit_of_work()
def write_answers(*, session_id: UUID, answers: Sequence[Answer], by: Person) -> list[ConsoleEntry]:
    """Write the checks and steps that changed; harmless twice. A step is done once.

    Raises:
        Refused: ``by`` may not, or the session does not exist.
        InvalidTransition: it was called off or has not begun.
        AnsweredMeanwhile: somebody else answered since ``by`` looked.
        ValidationError: no such check or step for this session, or no such answer.
    """
    session = session_that_runs(by, session_id)
    return _write_answers(session, answers, by)


@unit_of_work()
def write_roster(
    *, session_id: UUID, marks: Sequence[Mark], answers: Sequence[Answer], read_aloud: bool, by: Person
) -> list[AttendanceEntry]:
    """Write the whole roster and the steps of the session with one Save; harmless twice, all or nothing.

    Raises:
        Refused: as ``write_attendance``.
        InvalidTransition: as ``write_attendance``.
        Overtaken: as ``write_attendance``.
        ValidationError: as ``write_attendance``.
    """
    made = write_attendance(
        session_id=session_id, marks=marks, read_aloud=read_aloud, source=AttendanceEntry.Source.CONSOLE, by=by
    )
    write_answers(session_id=session_id, answers=answers, by=by)
    return made


@unit_of_work()
def answer_tap(*, session_id: UUID, answer: Answer, tap: UUID, by: Person) -> ConsoleEntry | None:
    """Write one answer of the console under an id that the screen made; return what stands, harmless twice.

    Raises:
        Refused: as ``write_answers``; also when the id is that of somebody else's tap.
        InvalidTransition: as ``write_answers``.
        AnsweredMeanwhile: as ``write_answers``.
        ValidationError: as ``write_answers``.
    """
    session = session_that_runs(by, session_id)
    known = ConsoleEntry.objects.filter(pk=tap).first()
    if known is None:
        _write_answers(session, [answer], by, pk=tap)
    elif (known.session_id, known.key, known.written_by_id) != (session.pk, answer.key, by.pk):
        raise Refused("session_console.write", "groups.ConsoleEntry", tap)
    return ConsoleEntry.objects.filter(session=session, key=answer.key, superseded_by__isnull=True).first()


def _write_answers(
    session: GroupSession, answers: Sequence[Answer], by: Person, pk: UUID | None = None
) -> list[ConsoleEntry]:
    if any(one.key == READ_ALOUD for one in answers):
        note_read_aloud(session, by)
    answers = [one for one in answers if one.key != READ_ALOUD]
    for one in answers:
        _check_answer(session, one)
    standing = {
        one.key: one
        for one in ConsoleEntry.objects.filter(session=session, superseded_by__isnull=True).exclude(
            answer=ConsoleEntry.NOTED
        )
    }
    changed = [one for one in answers if _changes(one, standing.get(one.key))]
    newer = {one.key: standing[one.key] for one in changed if one.key in standing and standing[one.key].pk != one.seen}
    if newer:
        raise AnsweredMeanwhile(newer)
    made = [_write(session, one.key, one.answer, one.words, by, standing.get(one.key), pk) for one in changed]
    if made:
        record("session_console.write", object_type=SESSION, object_id=session.pk)
    return made


def _check_answer(session: GroupSession, one: Answer) -> None:
    """Raise ``ValidationError`` unless the key is asked in this session and the answer is one of its own."""
    asked = {item.key: ANSWERS for item in checks_for(session.format)} | dict.fromkeys(steps(), (DONE,))
    if one.answer not in asked.get(one.key, ()):
        raise ValidationError(_("Choose one of the answers."))


def _changes(one: Answer, entry: ConsoleEntry | None) -> bool:
    """Tell whether an answer says something new. What is done stays done; no words leave the words as they are."""
    return entry is None or entry.answer != one.answer or bool(one.words.strip())


def _write(
    session: GroupSession,
    key: str,
    answer: str,
    words: str,
    by: Person,
    before: ConsoleEntry | None = None,
    pk: UUID | None = None,
) -> ConsoleEntry:
    entry = ConsoleEntry(
        pk=pk or uuid4(),
        group_id=session.group_id,
        session=session,
        key=key,
        answer=answer,
        words=words.replace("\r\n", "\n").strip(),
        written_by=by,
        supersedes=before,
    )
    entry.full_clean(exclude=["group", "session", "written_by", "supersedes"], validate_constraints=False)
    entry.save(force_insert=True)
    return entry


@unit_of_work()
def write_remark(*, session_id: UUID, kind: str, words: str, by: Person) -> ConsoleEntry:
    """Keep what the facilitator noticed, or a contact outside that was brought back to the group.

    Raises:
        Refused: ``by`` may not, or the session does not exist.
        InvalidTransition: it was called off or has not begun.
        ValidationError: no such kind, nothing was written, or it is too long.
    """
    session = session_that_runs(by, session_id)
    if kind not in remarks():
        raise ValidationError({"kind": _("Choose one from the list.")})
    if not words.strip():
        raise ValidationError({"words": _("Write it down first.")})
    entry = _write(session, kind, ConsoleEntry.NOTED, words, by)
    record("session_remark.write", object_type="groups.ConsoleEntry", object_id=entry.pk)
    return entry


@unit_of_work()
def keep_clause_read(*, session_id: UUID, key: str, by: Person) -> ConsoleEntry:
    """Keep that the clause of the week was read to the group, with its words; once for each session (REQ-9).

    Args:
        session_id: the session.
        key: the clause that stood on the page.
        by: who read it, or heard it read.

    Raises:
        Refused: ``by`` may not, or the session does not exist.
        InvalidTransition: it was called off, has not begun, or another clause is the turn by now.
    """
    session = session_that_runs(by, session_id, **clause_columns())
    known = ConsoleEntry.objects.filter(session=session, key=CLAUSE).first()
    if known is not None:
        return known
    clause = clause_in_turn(session)
    if clause is None or clause.key != key:
        raise InvalidTransition(_("The agreement has changed meanwhile. Look at the clause again."))
    entry = _write(session, CLAUSE, clause.key, "\n\n".join([clause.title, *clause.lines])[:4000], by)
    record("clause.read_aloud", object_type=SESSION, object_id=session.pk)
    return entry
