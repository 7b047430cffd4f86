"""Signing: the one act that binds, with the evidence that it was this person, these words, this moment."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _

from consent.kinds import load_kind
from consent.models import Act, ActKind, DocumentVersion
from consent.selectors import SigningLine, latest_answer, text_of
from consent.services.answering import answerable
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
    """How the signer proved who they are just before: the method, the moment, and the id of the event."""

    method: str
    at: datetime
    event: str


@unit_of_work()
def sign(
    *,
    version_id: UUID,
    typed_name: str,
    meant: bool,
    step_up: StepUpEvidence,
    by: Person,
    subject_id: UUID | None = None,
) -> Act:
    """Append ``by``'s signature under this very text; the answer before it stays as it is.

    Args:
        version_id: the text that was read, in the language in which it was read.
        typed_name: the signature, as typed.
        meant: whether the meaning sentence was ticked.
        step_up: the fresh proof of identity.
        by: the signer.
        subject_id: for whom they sign, where they sign for somebody else.

    Raises:
        Refused: absent, or ``by`` has no line to answer in.
        StepUpNeeded: the proof is older than ``STEP_UP_HOLDS``, or from the future.
        InvalidTransition: there is a newer version, or this one is signed and not due yet.
        ValidationError: the text was not read, no name was typed, or the meaning was not ticked.
    """
    version = answerable(version_id, "act.sign", by=by, subject_id=subject_id)
    line: SigningLine = version.line  # type: ignore[attr-defined]
    now = timezone.now()
    if not timedelta(0) <= now - step_up.at <= STEP_UP_HOLDS:
        raise StepUpNeeded(_("Please show once more that it is you."))
    before = latest_answer(version.document_id, by, line)
    _check_not_in_force(version, now, before)
    name = _checked(version, typed_name, meant=meant)
    kind = load_kind(version.document.kind)
    entry = Entry(
        ActKind.SIGNED,
        "act.sign",
        _evidence(version, name, step_up),
        meaning=kind.meaning,
        valid_days=version.valid_days,
    )
    return append(version, entry, before, by=by, line=line)


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


def _evidence(version: DocumentVersion, name: str, step_up: StepUpEvidence) -> dict[str, Any]:
    """Return what is kept beside who, what and when. Nothing is filled in that was not seen."""
    return {
        "typed_name": name,
        "signature_form": "typed",
        "meaning_sentence": text_of(version).meaning,
        "read_at": version.read_at.isoformat(),  # type: ignore[attr-defined]
        "step_up": {"method": step_up.method, "at": step_up.at.isoformat(), "event": step_up.event},
    }
