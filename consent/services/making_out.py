"""Making out a paper for one person: filled in, shown, published, and asked for once. A notice is issued instead."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _

from consent import paper
from consent.kinds import Kind
from consent.kinds.wording import sha256, to_json
from consent.models import Act, ActKind, Capacity, Document, DocumentVersion, Particulars, Who
from consent.permissions import ACT, DOCUMENT, PLACE, VERSION, check_can_make_out
from consent.selectors import SigningLine, get_version, paper_to_change, reached
from consent.services.ledger import HELD_BY_THE_DATABASE, Entry, append
from consent.services.signing import LONGEST_NAME, STEP_UP_HOLDS, StepUpEvidence
from groupcare.accounts.models import Person
from groupcare.audit import record, unit_of_work
from groupcare.exceptions import InvalidTransition, Refused, StepUpNeeded
from groupcare.outbox.ports import Link
from groupcare.outbox.services import queue
from groups.localtime import practice_zone, today_in
from groups.models import Membership

Typed = Mapping[str, str | date | None]


@dataclass(frozen=True, slots=True)
class Issue:
    """Who sends a notice out for the practice: their typed name, the ticked sentence and the fresh proof."""

    typed_name: str
    meant: bool
    step_up: StepUpEvidence


@unit_of_work()
def make_out(
    *,
    group_id: UUID,
    membership_id: UUID,
    kind_key: str,
    typed: Typed,
    by: Person,
    instead_of: UUID | None = None,
    issue: Issue | None = None,
) -> DocumentVersion:
    """Make out a paper for a member, publish it in their language, and ask them for it once.

    Each paper is of one kind and is signed by itself, so none is ever put together with another.

    Args:
        group_id: the group.
        membership_id: the place of the member whom it is about.
        kind_key: which paper.
        typed: what fills its blanks; days as dates.
        by: who works with the group; a notice is issued by who manages it.
        instead_of: a paper of the same kind that this one replaces; nothing is shared under that one any more.
        issue: the signature for the practice; for a notice alone.

    Raises:
        Refused: absent, another kind of paper, or ``by`` may not.
        StepUpNeeded: the proof of who sends a notice out is not fresh.
        ValidationError: by field: what is missing or does not do.
        InvalidTransition: the paper to be replaced has ended.
    """
    kind = next((one for one in paper.made_out_here() if one.key == kind_key), None)
    place = check_can_make_out(by, group_id, membership_id, issues=kind_key == paper.NOTICE)
    if kind is None:
        raise Refused("paper.make_out", PLACE, membership_id)
    document = _document(kind, place, instead_of, by=by)
    paper.check(kind, typed, today_in(practice_zone()))
    _check_issue(kind, issue)
    document.save()
    version = _published(document, kind, place, typed, by=by)
    if issue is not None:
        _issued(version, kind, issue, by=by)
    if reached([place.person_id]):
        link = Link("agreement", document.pk, version.number)
        key = f"paper:{document.pk}:{version.number}"
        queue(recipient=place.person, kind="agreement_waiting", key=key, link=link)
    return version


@unit_of_work()
def end_paper(*, document_id: UUID, by: Person) -> Document:
    """Keep that a paper has ended, because what it names has come; from now on nothing is shared under it.

    Raises:
        Refused: absent, or ``by`` does not work with its group.
        InvalidTransition: it has ended already.
    """
    document = paper_to_change(by, document_id)
    held = Document.objects.select_for_update(no_key=True).get(pk=document.pk)
    if held.retired_at is not None:
        raise InvalidTransition(_("This paper has ended already."))
    held.retired_at, held.retired_by = timezone.now(), by
    held.full_clean(exclude=["group", "person", "retired_by"], validate_unique=False)
    held.save(update_fields=["retired_at", "retired_by"])
    record("paper.end", object_type=DOCUMENT, object_id=held.pk)
    return held


@unit_of_work()
def acknowledge(*, version_id: UUID, by: Person) -> Act:
    """Keep that the person whom a notice is about has read it, because they wish so; once. It is no signature.

    Raises:
        Refused: absent, no notice, or about somebody else.
    """
    version = get_version(by, version_id, "act.acknowledge")
    if version.document.kind != paper.NOTICE or version.document.person_id != by.pk:
        raise Refused("act.acknowledge", VERSION, version_id)
    kept = Act.objects.filter(version=version, signer=by, act=ActKind.PRESENTED).order_by("at").first()
    if kept is not None:
        return kept
    act = Act(
        act=ActKind.PRESENTED,
        document_id=version.document_id,
        version=version,
        group_id=version.group_id,
        subject=by,
        signer=by,
        capacity=Capacity.SELF,
        evidence={"language": version.language, "text_sha256": version.text_sha256, "signer_zone": by.time_zone},
    )
    act.full_clean(**HELD_BY_THE_DATABASE)
    act.save()
    record("act.acknowledge", object_type=ACT, object_id=act.pk)
    return act


def _document(kind: Kind, place: Membership, instead_of: UUID | None, *, by: Person) -> Document:
    """Return the document that gets the next number, locked; a new one, not saved yet, if none is replaced."""
    if instead_of is None:
        return Document(kind=kind.key, group_id=place.group_id, person_id=place.person_id)
    found = paper_to_change(by, instead_of)
    if (found.kind, found.person_id, found.group_id) != (kind.key, place.person_id, place.group_id):
        raise Refused("paper.make_out", DOCUMENT, instead_of)
    if found.retired_at is not None:
        raise InvalidTransition(_("The paper that this one should replace has ended. Make out a new one."))
    return Document.objects.select_for_update(no_key=True).get(pk=found.pk)


def _check_issue(kind: Kind, issue: Issue | None) -> None:
    """Refuse a notice that nobody sends out for the practice.

    Raises:
        StepUpNeeded: the proof is older than ``STEP_UP_HOLDS``, or from the future.
        ValidationError: the name or the tick is missing.
    """
    if kind.key != paper.NOTICE:
        return
    if issue is not None and not timedelta(0) <= timezone.now() - issue.step_up.at <= STEP_UP_HOLDS:
        raise StepUpNeeded(_("Please show once more that it is you."))
    wrong = {}
    if issue is None or not 0 < len(issue.typed_name.strip()) <= LONGEST_NAME:
        wrong["typed_name"] = _("Type your name. It is your signature.")
    if issue is None or not issue.meant:
        wrong["meant"] = _("Tick this if you checked the notice and send it out.")
    if wrong:
        raise ValidationError(wrong)


def _published(document: Document, kind: Kind, place: Membership, typed: Typed, *, by: Person) -> DocumentVersion:
    """Return the new version with its blanks open, and keep beside it what fills them."""
    language = paper.language_for(kind, place.person.language)
    filled = paper.spelled(kind, typed, language)
    text = paper.text_for(kind, language, place.group.place)
    number = (document.versions.aggregate(last=Max("number"))["last"] or 0) + 1
    ends = typed.get(paper.ENDS_ON)
    particulars = Particulars(
        document=document,
        number=number,
        person_id=place.person_id,
        filled=filled,
        ends_on=ends if isinstance(ends, date) else None,
        created_by=by,
    )
    particulars.full_clean(exclude=["document", "person", "created_by"])
    particulars.save(force_insert=True)
    version = DocumentVersion(
        document=document,
        group_id=place.group_id,
        number=number,
        language=language,
        clauses=to_json(text),
        text_sha256=sha256(kind=kind.key, number=number, text=to_json(paper.whole(text, filled))),
        valid_days=kind.validity_days,
        published_by=by,
        approved_by=by,
    )
    version.full_clean(exclude=["document", "group", "published_by", "approved_by"])
    version.save(force_insert=True)
    record("paper.make_out", object_type=VERSION, object_id=version.pk)
    return version


def _issued(version: DocumentVersion, kind: Kind, issue: Issue, *, by: Person) -> Act:
    """Keep that ``by`` sent a notice out for the practice."""
    evidence: dict[str, Any] = {
        "typed_name": issue.typed_name.strip(),
        "signature_form": "typed",
        "meaning_sentence": version.clauses["meaning"],
        "step_up": {
            "method": issue.step_up.method,
            "at": issue.step_up.at.isoformat(),
            "event": issue.step_up.event,
        },
    }
    entry = Entry(ActKind.SIGNED, "notice.issue", evidence, meaning=kind.meaning)
    person_id: UUID = version.document.person_id  # type: ignore[assignment] # a paper for one person has one
    return append(version, entry, None, by=by, line=SigningLine(Who.PRACTICE, Capacity.PRACTICE, person_id, by.pk))
