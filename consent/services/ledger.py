"""Writing the ledger: one place appends an answer to a person's line of answers."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.utils import timezone

from consent.models import Act, ActKind, Capacity, Document, DocumentVersion, Trigger
from consent.permissions import ACT
from groupcare.accounts.models import Person
from groupcare.audit import record
from groupcare.exceptions import Refused

# The smallest step of a stored time: an answer always comes after the one before, whatever the clock says.
_TICK = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class Entry:
    """What an answer adds to who gave it: the act, its name in the trail, and what it rests on."""

    act: ActKind
    name: str
    evidence: dict[str, Any] = field(default_factory=dict)
    meaning: str = ""
    valid_days: int | None = None


# Looked up under the lock a moment ago; the database holds the references, the line of answers and its rules.
HELD_BY_THE_DATABASE: dict[str, Any] = {
    "exclude": ("document", "version", "group", "subject", "signer", "supersedes"),
    "validate_unique": False,
    "validate_constraints": False,
}


def locked(document_id: UUID) -> Document:
    """Return the document, locked: answers to it are written one after another.

    Raises:
        Refused: there is no such document.
    """
    found = Document.objects.select_for_update().filter(pk=document_id).first()
    if found is None:
        raise Refused("act.write", "consent.Document", document_id)
    return found


def lock_document_of(version_id: UUID) -> None:
    """Lock the document of a version, if there is one; who may answer it is asked afterwards."""
    documents = DocumentVersion.objects.filter(pk=version_id).values("document_id")
    Document.objects.select_for_update().filter(pk__in=documents).first()


def append(version: DocumentVersion, entry: Entry, before: Act | None, *, by: Person) -> Act:
    """Append ``by``'s own answer to ``version`` after ``before``, their latest one, which stays as it is.

    The document must have been locked before ``before`` was read.
    """
    at = timezone.now() if before is None else max(timezone.now(), before.at + _TICK)
    act = Act(
        act=entry.act,
        document_id=version.document_id,
        version=version,
        group_id=version.group_id,
        subject=by,
        signer=by,
        capacity=Capacity.SELF,
        meaning=entry.meaning,
        trigger=_trigger(before, version),
        evidence={**entry.evidence, **_told(version, by, at)},
        at=at,
        valid_until=None if entry.valid_days is None else at + timedelta(days=entry.valid_days),
        supersedes=before,
    )
    act.full_clean(**HELD_BY_THE_DATABASE)
    act.save()
    record(entry.name, object_type=ACT, object_id=act.pk)
    return act


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
    return Trigger.PERIOD if before.act == ActKind.SIGNED else Trigger(before.trigger)
