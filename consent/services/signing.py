"""Signing: the one act that binds, with the evidence that it was this person, these words, this moment."""

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _

from consent.drawing import Drawing
from consent.kinds import load_kind
from consent.models import Act, ActKind, DocumentVersion
from consent.selectors import (
    SigningLine,
    asked_back,
    latest_answer,
    own_questions,
    reading,
    running_handover,
    screen_consent,
    text_of,
    tries,
)
from consent.selectors.evidence import STRENGTH
from consent.services.answering import answerable
from consent.services.kiosk import in_person
from consent.services.ledger import Entry, append
from groupcare.accounts.models import Person
from groupcare.audit import unit_of_work
from groupcare.exceptions import InvalidTransition, StepUpNeeded

# How old the second sign-in check may be. Source: foundation F9 (5 minutes).
STEP_UP_HOLDS = timedelta(minutes=5)
# Our choice, because the longest registered names are shorter.
LONGEST_NAME = 120


@dataclass(frozen=True, slots=True)
class StepUpEvidence:
    """How the signer proved who they are just before: the method, the moment, and the id of the event.

    On a device that was handed over the method is ``known_to_staff`` and the event the id of the handover.
    """

    method: str
    at: datetime
    event: str


# On a device of the practice: nobody proved anything, a member of staff knew who sat there.
KNOWN_TO_STAFF = "known_to_staff"


@dataclass(frozen=True, slots=True)
class Observed:
    """What the pages saw of this signature; None and empty mean that nobody saw it.

    Attributes:
        drawing: the strokes of a drawn signature.
        reviewed_at: when the list of what is kept was shown.
        session: the check sum of the session's key.
    """

    drawing: Drawing | None = None
    reviewed_at: datetime | None = None
    session: str = ""


@unit_of_work()
def sign(
    *,
    version_id: UUID,
    typed_name: str,
    meant: bool,
    step_up: StepUpEvidence,
    by: Person,
    subject_id: UUID | None = None,
    observed: Observed | None = None,
) -> Act:
    """Append ``by``'s signature under this very text; the answer before it stays as it is.

    Args:
        version_id: the text that was read, in the language in which it was read.
        typed_name: the signature, as typed.
        meant: whether the meaning sentence was ticked.
        step_up: the fresh proof of identity.
        by: the signer.
        subject_id: for whom they sign, where they sign for somebody else.
        observed: what the pages saw; nothing if not given.

    Raises:
        Refused: absent, or ``by`` has no line to answer in.
        StepUpNeeded: the proof is older than ``STEP_UP_HOLDS``, or from the future, or the handover is over.
        InvalidTransition: there is a newer version, this one is signed and not due yet, or its day has not come.
        ValidationError: the signer did not agree to a screen, the text was not read, a short question has no answer,
            no name was typed, or the meaning was not ticked.
    """
    version = answerable(version_id, "act.sign", by=by, subject_id=subject_id)
    line: SigningLine = version.line  # type: ignore[attr-defined]
    _check_proof(step_up, version, by)
    before = latest_answer(version.document_id, by, line)
    _check_not_in_force(version, timezone.now(), before)
    name = _checked(version, typed_name, meant=meant)
    evidence = _evidence(version, line, name, step_up, observed or Observed(), by)
    _check_ceremony(evidence)
    kind = load_kind(version.document.kind)
    entry = Entry(ActKind.SIGNED, "act.sign", evidence, meaning=kind.meaning, valid_days=version.valid_days)
    return append(version, entry, before, by=by, line=line)


def preview(
    version: DocumentVersion, typed_name: str, *, meant: bool, step_up: StepUpEvidence, observed: Observed, by: Person
) -> dict[str, Any]:
    """Return the evidence that ``sign`` would keep now, but for the moment of signing; writes nothing.

    Args:
        version: one that ``get_version_to_answer`` returned to ``by``.
        typed_name: the signature, as typed.
        meant: whether the meaning sentence was ticked.
        step_up: the fresh proof of identity.
        observed: what the pages saw.
        by: the signer.

    Raises:
        InvalidTransition: this one is signed and not due yet.
        ValidationError: as ``sign`` does.
    """
    line: SigningLine = version.line  # type: ignore[attr-defined]
    _check_not_in_force(version, timezone.now(), latest_answer(version.document_id, by, line))
    name = _checked(version, typed_name, meant=meant)
    found = _evidence(version, line, name, step_up, observed, by)
    _check_ceremony(found)
    return {
        **found,
        "version_number": version.number,
        "language": version.language,
        "text_sha256": version.text_sha256,
        "signer_zone": by.time_zone,
    }


def _check_proof(step_up: StepUpEvidence, version: DocumentVersion, by: Person) -> None:
    """Refuse a proof that does not hold now.

    Raises:
        Refused: the handover that it rests on is for another group.
        StepUpNeeded: it is old or from the future, or the handover that it rests on is over or to somebody else.
    """
    if step_up.method == KNOWN_TO_STAFF:
        handed = running_handover(step_up.event)
        if handed is None or handed.person_id != by.pk:
            raise StepUpNeeded(_("The time with this device is over. Please give it back."))
        in_person(handed, version, "act.sign", by=by)
    elif not timedelta(0) <= timezone.now() - step_up.at <= STEP_UP_HOLDS:
        raise StepUpNeeded(_("Please show once more that it is you."))


def _check_ceremony(evidence: dict[str, Any]) -> None:
    """Refuse to sign before the steps that come first.

    Raises:
        ValidationError: the signer did not agree to a screen, or a short question has no answer.
    """
    if evidence["esign"] is None:
        raise ValidationError(_("Agree first to sign on a screen, or choose paper. Open My agreements to begin."))
    if any(one["tries"] == 0 for one in evidence["teach_back"]):
        raise ValidationError(_("Answer the short questions about the text first. Open My agreements to go on."))


def _check_not_in_force(version: DocumentVersion, now: datetime, last: Act | None) -> None:
    """Refuse to sign twice what holds anyway, so that a double press leaves one signature.

    Raises:
        InvalidTransition: this number is signed and its notice time has not begun.
    """
    if last is None or last.act != ActKind.SIGNED or last.version.number != version.number:
        return
    notice = timedelta(days=load_kind(version.document.kind).notice_days)
    if last.valid_until is None or now < last.valid_until - notice:
        raise InvalidTransition(_("You have signed this version. Your copy is in My agreements."))


def _checked(version: DocumentVersion, typed_name: str, *, meant: bool) -> str:
    """Return the typed name without blanks around it.

    Raises:
        ValidationError: the text was not read, no name was typed, or the meaning was not ticked.
    """
    if version.read_at is None:  # type: ignore[attr-defined]
        raise ValidationError(_("Read the text first, and press Go on at its end."))
    name = typed_name.strip()
    wrong = {}
    if not name:
        wrong["typed_name"] = _("Type your name. It is your signature.")
    elif len(name) > LONGEST_NAME:
        wrong["typed_name"] = _("Type a shorter name, with at most 120 letters.")
    if not meant:
        wrong["meant"] = _("Tick this if you mean it. If not, you can talk first or decline.")
    if wrong:
        raise ValidationError(wrong)
    return name


def _evidence(
    version: DocumentVersion,
    line: SigningLine,
    name: str,
    step_up: StepUpEvidence,
    observed: Observed,
    by: Person,
) -> dict[str, Any]:
    """Return what is kept beside who, what and when. What was not observed is None: nothing is filled in."""
    text, read = text_of(version), reading(version, line)
    seen: dict[str, Any] = read.evidence if read is not None else {}
    return {
        "typed_name": name,
        "signature_form": "typed_and_drawn" if observed.drawing else "typed",
        "drawing": observed.drawing,
        "meaning_sentence": text.meaning,
        "body_sha256": hashlib.sha256(text.plain.encode()).hexdigest(),
        "presented_at": seen.get("shown_at"),
        "scrolled_to_end_at": seen.get("scrolled_to_end_at"),
        "read_at": version.read_at.isoformat(),  # type: ignore[attr-defined]
        "reviewed_at": observed.reviewed_at.isoformat() if observed.reviewed_at else None,
        "esign": _screen(by),
        "teach_back": _taught(version, line),
        "questions_asked": _asked(version, by),
        "session_sha256": observed.session or None,
        # Not recorded in any practice: our choice, because neither tells who it was.
        "network_address": None,
        "device": None,
        **_identity(step_up),
    }


def _identity(step_up: StepUpEvidence) -> dict[str, Any]:
    handed = running_handover(step_up.event) if step_up.method == KNOWN_TO_STAFF else None
    shown = {
        "method": step_up.method,
        "strength": STRENGTH.get(step_up.method, "seen"),
        "at": step_up.at.isoformat(),
        "event": step_up.event,
    }
    return {
        "step_up": shown,
        "in_person": handed is not None,
        "staff_id": str(handed.staff_id) if handed is not None else None,
        "handover": str(handed.pk) if handed is not None else None,
    }


def _screen(by: Person) -> dict[str, str] | None:
    agreed = screen_consent(by)
    if agreed is None:
        return None
    return {
        "sha256": agreed.sha256,
        "shown_sha256": agreed.shown_sha256,
        "language": agreed.language,
        "at": agreed.at.isoformat(),
        "device_test": agreed.device_test,
    }


def _taught(version: DocumentVersion, line: SigningLine) -> list[dict[str, Any]]:
    made = tries(version, line)
    return [
        {
            "question": one.key,
            "tries": len(made.get(one.key, [])),
            "right": any(row.is_right for row in made.get(one.key, [])),
        }
        for one in asked_back(version)
    ]


def _asked(version: DocumentVersion, by: Person) -> list[dict[str, Any]]:
    return [
        {"question": str(one.pk), "part": one.clause, "answered": hasattr(one, "reply")}
        for one in own_questions(by, version.document_id)
    ]
