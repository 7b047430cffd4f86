"""Writing the ledger: one place appends an answer to a person's line of answers."""

from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from django.utils import timezone

from consent.models import PROMISES, Act, ActKind, Document, DocumentVersion, Route, Trigger
from consent.permissions import ACT
from consent.selectors import SigningLine, end_of_line, line_of_member, particulars_of
from groupcare.accounts.models import Person
from groupcare.audit import record
from groupcare.exceptions import Refused
from groups.localtime import end_of_day, practice_zone

# The smallest step of a stored time: an answer always comes after the one before, whatever the clock says.
_TICK = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class Entry:
    """What an answer adds to who gave it: the act, its name in the trail, and what it rests on."""

    act: ActKind
    name: str
    evidence: dict[str, Any] = field(default_factory=dict)
    meaning: str = ""
    # None or 0: it has no end of its own.
    valid_days: int | None = None


@dataclass(frozen=True, slots=True)
class Told:
    """An answer that was given on paper or by voice: how, on which day, and who wrote it down here."""

    route: Route
    on: date
    by: Person


# Looked up under the lock a moment ago; the database holds the references, the line of answers and its rules.
HELD_BY_THE_DATABASE: dict[str, Any] = {
    "exclude": ("document", "version", "group", "subject", "signer", "supersedes", "recorded_by"),
    "validate_unique": False,
    "validate_constraints": False,
}


def locked(document_id: UUID) -> Document:
    """Return the document, locked: answers to it are written one after another.

    Raises:
        Refused: there is no such document.
    """
    found = Document.objects.select_for_update(no_key=True).filter(pk=document_id).first()
    if found is None:
        raise Refused("act.write", "consent.Document", document_id)
    return found


def lock_document_of(version_id: UUID) -> None:
    """Lock the document of a version, if there is one; who may answer it is asked afterwards."""
    documents = DocumentVersion.objects.filter(pk=version_id).values("document_id")
    Document.objects.select_for_update(no_key=True).filter(pk__in=documents).first()


def append(
    version: DocumentVersion,
    entry: Entry,
    before: Act | None,
    *,
    by: Person,
    told: Told | None = None,
    line: SigningLine | None = None,
) -> Act:
    """Append an answer of ``by`` in ``line`` after ``before``, the latest one there, which stays as it is.

    Where ``before`` stands in the line of an entry merged into theirs, the answer is later than it all the same, but
    follows the end of their own line: each line stays whole by itself when the merge is taken back.

    The document must have been locked before ``before`` was read. A promise that was given on paper or by voice
    (``told``) counts from the day on which it was given.

    Args:
        version: what is answered.
        entry: the act, and what it rests on.
        before: the latest answer in the line.
        by: the signer.
        told: how and when it was said, if not here.
        line: for whom and as what; as a member for themselves if not given.
    """
    line = line or line_of_member(by)
    at = timezone.now() if before is None else max(timezone.now(), before.at + _TICK)
    act = Act(
        act=entry.act,
        document_id=version.document_id,
        version=version,
        group_id=version.group_id,
        subject_id=line.subject_id,
        signer=by,
        capacity=line.capacity,
        meaning=entry.meaning,
        trigger=_trigger(before, version),
        evidence={**entry.evidence, **_told(version, by, at)},
        at=at,
        valid_until=_valid_until(version, entry, at, told),
        supersedes=_followed(before, line),
        route=told.route if told else Route.SCREEN,
        dated_on=told.on if told else None,
        recorded_by=told.by if told else None,
    )
    act.full_clean(**HELD_BY_THE_DATABASE)
    act.save()
    record(entry.name, object_type=ACT, object_id=act.pk)
    return act


def _followed(before: Act | None, line: SigningLine) -> Act | None:
    """Return the answer in exactly this line that a new one follows; mostly ``before`` itself."""
    if before is None or (before.subject_id, before.signer_id) == (line.subject_id, line.signer_id):
        return before
    return end_of_line(before.document_id, line)


def _valid_until(version: DocumentVersion, entry: Entry, at: datetime, told: Told | None) -> datetime | None:
    """Return when a promise runs out: after the days of its kind, or on the day that a paper for one person names."""
    if version.document.person_id is not None and entry.act in PROMISES:
        ends_on = particulars_of(version).ends_on
        return end_of_day(ends_on, practice_zone()) if ends_on else None
    if not entry.valid_days:
        return None
    start = at if told is None else datetime.combine(told.on, time.min, tzinfo=practice_zone())
    return start + timedelta(days=entry.valid_days)


def _told(version: DocumentVersion, by: Person, at: datetime) -> dict[str, Any]:
    """Return what every piece of evidence holds: which words, in which language, when, in whose zone."""
    return {
        "version_number": version.number,
        "language": version.language,
        "text_sha256": version.text_sha256,
        "at_utc": at.isoformat(),
        "signer_zone": by.time_zone,
    }


def _trigger(before: Act | None, version: DocumentVersion) -> Trigger:
    if before is None:
        return Trigger.INITIAL
    if before.version.number < version.number:
        return Trigger.NEW_VERSION
    # After a talk or a decline it still is the question of before.
    return Trigger.PERIOD if before.is_promise else Trigger(before.trigger)
