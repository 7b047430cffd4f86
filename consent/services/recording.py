"""Answers that were given on paper or by voice, written down by somebody who works with the group."""

import hashlib
from dataclasses import dataclass
from datetime import date
from uuid import UUID
from zoneinfo import ZoneInfo

from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.db import models
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from consent.kinds import load_kind
from consent.models import LARGEST_SCAN, Act, ActKind, DocumentVersion, PaperScan, Route
from consent.permissions import check_can_record
from consent.selectors import is_withdrawable, latest_answer, text_of, version_of_group
from consent.services.ledger import Entry, Told, append, lock_document_of
from groupcare.accounts.models import Person
from groupcare.audit import record, unit_of_work
from groupcare.exceptions import InvalidTransition
from groupcare.practice.selectors import practice
from groupcare.vault import EncryptedStorage, Owner, Purpose
from groupcare.vault.storage import new_name
from groups.localtime import today_in

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


@dataclass(frozen=True, slots=True)
class Spoken:
    """A promise made aloud: when, what was read, and who stood by."""

    said_on: date
    witness: str
    why: str
    read_aloud: bool


@unit_of_work()
def record_paper(*, group_id: UUID, membership_id: UUID, version_id: UUID, paper: Paper, by: Person) -> Act:
    """Keep that a member signed this version by hand, with the scan that ``by`` compared with the original.

    The same scan of the same day a second time changes nothing.

    Raises:
        Refused: no such place or version, or ``by`` does not work with the group.
        ValidationError: the date, the scan or the words do not do.
        InvalidTransition: the person has answered after the day of the paper.
    """
    subject, version = _found(group_id, membership_id, version_id, "act.record_paper", by=by)
    before = latest_answer(version.document_id, subject)
    kind_of_file = _check_paper(version, subject, paper)
    _check_is_later(before, paper.signed_on)
    scan_sha256 = hashlib.sha256(paper.scan).hexdigest()
    again = _again(before, ActKind.SIGNED_ON_PAPER, version, paper.signed_on)
    if again is not None and again.evidence["scan_sha256"] == scan_sha256:
        return again
    kind = load_kind(version.document.kind)
    evidence = {
        "signature_form": "paper",
        "meaning_sentence": text_of(version).meaning,
        "wording": paper.wording,
        "compared_by": str(by.pk),
        "compared_name": by.used_name,
        "compared_on": today_in(_zone()).isoformat(),
        "scan_sha256": scan_sha256,
        "asked_for_paper": paper.asked_for_paper,
    }
    entry = Entry(
        ActKind.SIGNED_ON_PAPER, "act.record_paper", evidence, meaning=kind.meaning, valid_days=version.valid_days
    )
    act = append(version, entry, before, by=subject, told=Told(Route.PAPER, paper.signed_on, by))
    _keep_scan(act, paper.scan, kind_of_file)
    return act


@unit_of_work()
def record_aloud(*, group_id: UUID, membership_id: UUID, version_id: UUID, spoken: Spoken, by: Person) -> Act:
    """Keep that a member heard this version read and agreed aloud, before ``by`` and a witness; harmless twice a day.

    Raises:
        Refused: no such place or version, or ``by`` does not work with the group.
        ValidationError: the kind needs a signature, the day does not do, or something was not said.
        InvalidTransition: the person has answered after that day.
    """
    subject, version = _found(group_id, membership_id, version_id, "act.record_aloud", by=by)
    before = latest_answer(version.document_id, subject)
    wrong = _day_problem(version, spoken.said_on, "said_on")
    if not load_kind(version.document.kind).spoken_allowed:
        wrong["__all__"] = _("This document needs a signature. Use paper.")
    if subject.login is not None:
        wrong["__all__"] = _("This person signs in: they answer for themselves.")
    if not spoken.witness.strip():
        wrong["witness"] = _("Write who stood by and heard it.")
    elif _plain(spoken.witness) in {_plain(by.used_name), _plain(subject.used_name)}:
        wrong["witness"] = _("The witness must be a second person.")
    if not spoken.read_aloud:
        wrong["read_aloud"] = _("Tick this only if every part was read aloud.")
    if wrong:
        raise ValidationError(wrong)
    _check_is_later(before, spoken.said_on)
    again = _again(before, ActKind.AGREED_ALOUD, version, spoken.said_on)
    if again is not None:
        return again
    evidence = {
        "signature_form": "verbal",
        "meaning_sentence": text_of(version).meaning,
        "attested_by": str(by.pk),
        "attested_name": by.used_name,
        "witness": spoken.witness.strip(),
        "why_not_in_writing": spoken.why.strip(),
    }
    kind = load_kind(version.document.kind)
    entry = Entry(
        ActKind.AGREED_ALOUD, "act.record_aloud", evidence, meaning=kind.meaning, valid_days=version.valid_days
    )
    return append(version, entry, before, by=subject, told=Told(Route.VOICE, spoken.said_on, by))


# What can be told to us by somebody who does not sign in.
TELLABLE = (ActKind.TALK_FIRST, ActKind.DECLINED, ActKind.WITHDRAWN)


@unit_of_work()
def record_told(
    *, group_id: UUID, membership_id: UUID, version_id: UUID, act: str, route: str, told_on: date, by: Person
) -> Act:
    """Keep that a member without sign-in told us: talk first, no, or I take it back.

    Raises:
        Refused: no such place or version, or ``by`` does not work with the group.
        ValidationError: the person signs in, the answer is none of the three, or the day does not do.
        InvalidTransition: the person has answered after that day, or there is nothing to take back.
    """
    subject, version = _found(group_id, membership_id, version_id, "act.record_told", by=by)
    before = latest_answer(version.document_id, subject)
    wrong = _day_problem(version, told_on, "told_on")
    if subject.login is not None:
        wrong["__all__"] = _("This person signs in: they answer for themselves.")
    if act not in TELLABLE or route not in (Route.PAPER, Route.VOICE):
        wrong["act"] = _("Choose one.")
    if wrong:
        raise ValidationError(wrong)
    _check_is_later(before, told_on)
    if act == ActKind.WITHDRAWN:
        if before is None or not before.is_promise or not is_withdrawable(version.document):
            raise InvalidTransition(_("There is no promise in force that could be taken back."))
        version = before.version
    elif before is not None and (before.act, before.version.number) == (act, version.number):
        return before
    entry = Entry(ActKind(act), "act.record_told", {"attested_by": str(by.pk), "attested_name": by.used_name})
    return append(version, entry, before, by=subject, told=Told(Route(route), told_on, by))


def _found(
    group_id: UUID, membership_id: UUID, version_id: UUID, action: str, *, by: Person
) -> tuple[Person, DocumentVersion]:
    """Return the member and the version, with its document locked."""
    lock_document_of(version_id)
    place = check_can_record(by, group_id, membership_id, action)
    return place.person, version_of_group(place.group_id, version_id, action)


def _plain(name: str) -> str:
    return " ".join(name.split()).casefold()


def _again(before: Act | None, act: ActKind, version: DocumentVersion, day: date) -> Act | None:
    """Return the latest answer if it is this very one, as after a second press."""
    if before is None or (before.act, before.version_id, before.dated_on) != (act, version.pk, day):
        return None
    return before


def _zone() -> ZoneInfo:
    return ZoneInfo(practice().time_zone)


def _day_problem(version: DocumentVersion, day: date, field: str, *, may_be_older: bool = False) -> dict[str, str]:
    """Return what is wrong with a day, if anything."""
    if day > today_in(_zone()):
        return {field: _("Choose a day that has come already.")}
    if not may_be_older and day < version.published_at.astimezone(_zone()).date():
        return {field: _("This version was not published yet on that day.")}
    return {}


def _check_paper(version: DocumentVersion, subject: Person, paper: Paper) -> PaperScan.Type:
    """Return the type of the scan.

    Raises:
        ValidationError: with everything that does not do.
    """
    wrong = _day_problem(version, paper.signed_on, "signed_on", may_be_older=paper.wording == Wording.SAME)
    if paper.wording not in (Wording.PRINTED, Wording.SAME):
        wrong["wording"] = _(
            "Then this paper does not count for this version. Print the agreement and let the person sign that one."
        )
    if not paper.compared:
        wrong["compared"] = _("Hold the scan beside the paper. Tick this when they are the same.")
    if subject.login is not None and not paper.asked_for_paper:
        wrong["asked_for_paper"] = _("This person signs in and can sign for themselves, unless they asked for paper.")
    found = next((kind for start, kind in _BEGINNINGS.items() if paper.scan.startswith(start)), None)
    if len(paper.scan) > LARGEST_SCAN:
        wrong["scan"] = _("This file is larger than 10 MB. Scan it with fewer colours or a lower resolution.")
    elif found is None:
        wrong["scan"] = _("Choose a PDF, JPEG or PNG file.")
    if wrong or found is None:
        raise ValidationError(wrong)
    return found


def _check_is_later(before: Act | None, day: date) -> None:
    """Refuse to put an older answer before a newer one.

    Raises:
        InvalidTransition: the person answered on a later day.
    """
    if before is not None and day < (before.dated_on or before.at.astimezone(_zone()).date()):
        raise InvalidTransition(_("The person has answered after that day. Their later answer counts."))


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
