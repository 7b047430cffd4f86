"""Answers that were given on paper, or told to us, written down by somebody who works with the group."""

import hashlib
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.db import models
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from consent.kinds import load_kind
from consent.models import LARGEST_SCAN, Act, ActKind, DocumentVersion, PaperScan, Route
from consent.selectors import is_withdrawable, latest_answer, number_in_force, promise_held, text_of
from consent.services.attesting import again, check_is_later, day_problem, found
from consent.services.ledger import Entry, Told, append
from consent.services.telling import tell_those_who_lead
from consent.services.withdrawing import take_back
from groupcare.accounts.models import Person
from groupcare.audit import record, unit_of_work
from groupcare.exceptions import InvalidTransition
from groupcare.vault import EncryptedStorage, Owner, Purpose
from groupcare.vault.storage import new_name
from groups.localtime import practice_zone, today_in

# What a file of each type begins with. Sources: ISO 32000-1, 7.5.2; ITU-T T.81, B.1.1.3; W3C PNG, 5.2.
_BEGINNINGS = {
    b"%PDF-": PaperScan.Type.PDF,
    b"\xff\xd8\xff": PaperScan.Type.JPEG,
    b"\x89PNG\r\n\x1a\n": PaperScan.Type.PNG,
}


class Wording(models.TextChoices):
    """How the words on the paper stand to the version that it is recorded for."""

    PRINTED = "printed", gettext_lazy("It was printed from here: version number and check sum stand on it")
    SAME = "same", gettext_lazy("It is an older paper. I compared it: its words are the same as this version")
    DIFFERENT = "different", gettext_lazy("Its words are different")


@dataclass(frozen=True, slots=True)
class Paper:
    """What somebody holds in their hands: the date on it, its scan, and what they compared."""

    signed_on: date
    wording: str
    scan: bytes
    compared: bool
    asked_for_paper: bool = False


@unit_of_work()
def record_paper(
    *,
    group_id: UUID,
    membership_id: UUID,
    version_id: UUID,
    paper: Paper,
    by: Person,
    signer_id: UUID | None = None,
) -> Act:
    """Keep that somebody signed this version by hand, with the scan that ``by`` compared with the original.

    The same scan of the same day a second time changes nothing.

    Args:
        group_id: the group.
        membership_id: the place of the member that it is about.
        version_id: what was signed.
        paper: what was seen.
        by: who compared it.
        signer_id: the guardian who signed, where it was one.

    Raises:
        Refused: no such place, version or signer, or ``by`` does not work with the group.
        ValidationError: the date, the scan or the words do not do.
        InvalidTransition: the person has answered after the day of the paper, or said no on it.
    """
    who, version = found(group_id, membership_id, version_id, "act.record_paper", by=by, signer_id=signer_id)
    before = latest_answer(version.document_id, who.person, who.line)
    kind_of_file = _check_paper(version, who.person, paper)
    scan_sha256 = hashlib.sha256(paper.scan).hexdigest()
    same = again(before, ActKind.SIGNED_ON_PAPER, version, paper.signed_on)
    if same is not None and same.evidence["scan_sha256"] == scan_sha256:
        return same
    check_is_later(version, who, paper.signed_on)
    kind = load_kind(version.document.kind)
    evidence = {
        "signature_form": "paper",
        "meaning_sentence": text_of(version).meaning,
        "wording": paper.wording,
        "compared_by": str(by.pk),
        "compared_name": by.used_name,
        "compared_on": today_in(practice_zone()).isoformat(),
        "scan_sha256": scan_sha256,
        "asked_for_paper": paper.asked_for_paper,
    }
    entry = Entry(
        ActKind.SIGNED_ON_PAPER, "act.record_paper", evidence, meaning=kind.meaning, valid_days=version.valid_days
    )
    told = Told(Route.PAPER, paper.signed_on, by)
    act = append(version, entry, before, by=who.person, told=told, line=who.line)
    _keep_scan(act, paper.scan, kind_of_file)
    return act


# What can be told to us by somebody who does not sign in.
TELLABLE = (ActKind.TALK_FIRST, ActKind.DECLINED, ActKind.WITHDRAWN)


@unit_of_work()
def record_told(  # noqa: PLR0913 - what was told is this many facts; who said it has a default
    *,
    group_id: UUID,
    membership_id: UUID,
    version_id: UUID,
    act: str,
    route: str,
    told_on: date,
    by: Person,
    signer_id: UUID | None = None,
) -> Act:
    """Keep that somebody without sign-in told us: talk first, no, or I take it back.

    Args:
        group_id: the group.
        membership_id: the place of the member that it is about.
        version_id: what it is about.
        act: one of ``TELLABLE``.
        route: on paper or by voice.
        told_on: the day.
        by: who was told.
        signer_id: the guardian who said it, where it was one.

    Raises:
        Refused: no such place or version, or ``by`` does not work with the group.
        ValidationError: the person signs in, the answer is none of the three, or the day does not do.
        InvalidTransition: the person has answered after that day, or there is nothing to take back.
    """
    who, version = found(group_id, membership_id, version_id, "act.record_told", by=by, signer_id=signer_id)
    before = latest_answer(version.document_id, who.person, who.line)
    wrong = day_problem(version, told_on, "told_on")
    if who.person.login is not None:
        wrong["__all__"] = _("This person signs in: they answer for themselves.")
    if act not in TELLABLE or route not in (Route.PAPER, Route.VOICE):
        wrong["act"] = _("Choose one.")
    if wrong:
        raise ValidationError(wrong)
    check_is_later(version, who, told_on, promise=False)
    if act == ActKind.WITHDRAWN:
        if before is None or not before.is_promise or not is_withdrawable(version.document):
            raise InvalidTransition(_("There is no promise in force that could be taken back."))
        return take_back(before, "act.record_told", who.line, by=who.person, told=Told(Route(route), told_on, by))
    if before is not None and (before.act, before.version.number) == (act, version.number):
        return before
    _check_open(version, before)
    entry = Entry(ActKind(act), "act.record_told", {"attested_by": str(by.pk), "attested_name": by.used_name})
    kept = append(version, entry, before, by=who.person, told=Told(Route(route), told_on, by), line=who.line)
    if act == ActKind.TALK_FIRST:
        tell_those_who_lead(kept, f"talk:{kept.pk}", besides=by.pk)
    return kept


def _check_open(version: DocumentVersion, before: Act | None) -> None:
    """Refuse a no beside a promise that holds: to take it back ends what hung on it, and a plain no would not.

    Raises:
        InvalidTransition: the promise holds.
    """
    version.newest = number_in_force(version)  # type: ignore[attr-defined]
    if promise_held(version, before) is not None:
        raise InvalidTransition(
            _("Their promise counts. If they do not want it any more, choose that they take it back.")
        )


def _check_paper(version: DocumentVersion, subject: Person, paper: Paper) -> PaperScan.Type:
    """Return the type of the scan.

    Raises:
        ValidationError: with everything that does not do.
    """
    wrong = day_problem(version, paper.signed_on, "signed_on", may_be_older=paper.wording == Wording.SAME)
    if paper.wording not in (Wording.PRINTED, Wording.SAME):
        wrong["wording"] = _(
            "Then this paper does not count for this version. Print the agreement and let the person sign that one."
        )
    if not paper.compared:
        wrong["compared"] = _("Hold the scan beside the paper. Tick this when they are the same.")
    if subject.login is not None and not paper.asked_for_paper:
        wrong["asked_for_paper"] = _("This person signs in and can sign for themselves, unless they asked for paper.")
    file_type = next((kind for start, kind in _BEGINNINGS.items() if paper.scan.startswith(start)), None)
    if len(paper.scan) > LARGEST_SCAN:
        wrong["scan"] = _("This file is larger than 10 MB. Scan it with fewer colours or a lower resolution.")
    elif file_type is None:
        wrong["scan"] = _("Choose a PDF, JPEG or PNG file.")
    if wrong or file_type is None:
        raise ValidationError(wrong)
    return file_type


def _keep_scan(act: Act, content: bytes, kind: PaperScan.Type) -> PaperScan:
    """Keep the scan encrypted under the subject's key; its row says where."""
    storage, name = EncryptedStorage(), new_name(Owner.PERSON, act.subject_id, Purpose.AGREEMENTS)
    storage.save(name, ContentFile(content))
    scan = PaperScan(act=act, file=name, content_type=kind, size=len(content))
    try:
        scan.full_clean(exclude=["act"])
        scan.save(force_insert=True)
    except Exception:
        storage.delete(name)
        raise
    record("paper.keep", object_type="consent.PaperScan", object_id=scan.pk)
    return scan
