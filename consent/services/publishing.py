"""Publishing a version: from then on its words never change."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db.models import Max
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from consent.kinds import GROUP_AGREEMENT, AskedOf, Kind, load_kind
from consent.kinds.wording import OWN_WORDS, SHIPPED, Text, sha256, shipped_sha256, to_json
from consent.models import Document, DocumentVersion, Gate, Requirement
from consent.permissions import DOCUMENT, VERSION, check_can_publish_kind, check_can_retire
from consent.selectors import DEFAULT_ANSWER_DAYS, Draft, draft, seen_of
from consent.services.prompting import prompt_group
from groupcare.accounts.models import Person
from groupcare.audit import record, unit_of_work
from groupcare.exceptions import InvalidTransition
from groupcare.practice.models import Practice
from groups.localtime import practice_zone
from groups.models import TherapyGroup

# Our choice, because an answer that takes longer than a month is none.
MOST_ANSWER_DAYS = 30
# Our choice, because what is to begin later than in a year is better published later.
MOST_DAYS_AHEAD = 365


@dataclass(frozen=True, slots=True)
class Terms:
    """What goes with the words of a version.

    Attributes:
        answer_days: working days within which somebody who raises a concern hears back.
        summary: what changed, in a sentence, for people who signed before.
        material: whether those who signed before are asked again; the first version always is.
        effective_on: the day from which it counts, by the clocks of the practice; at once if not given or not later
            than today. Until then the version before counts.
        seen: what ``seen_of`` gave for the texts that the publisher looked at; not compared if not given.
    """

    answer_days: int = DEFAULT_ANSWER_DAYS
    summary: str = ""
    material: bool = True
    effective_on: date | None = None
    seen: str | None = None


_PLAIN = Terms()


@unit_of_work()
def publish_version(
    *,
    group_id: UUID | None,
    by: Person,
    edited: Mapping[str, Mapping[str, str]] | None = None,
    languages: Sequence[str] | None = None,
    kind_key: str = GROUP_AGREEMENT,
    terms: Terms = _PLAIN,
) -> list[DocumentVersion]:
    """Publish the next version of a text of a group or of the practice, and ask for it where its kind asks.

    Who publishes is kept as who approved: the pages let nobody publish words that did not stand before them as a whole
    (``Terms.seen``). A document that was retired asks again.

    Args:
        group_id: the group; None for the whole practice.
        by: who manages the group, or administers.
        edited: language -> clause key -> own words; only editable clauses. What is left out keeps the shipped words;
            words that are empty leave the clause out, which is refused.
        languages: which texts to publish; all that ship if not given.
        kind_key: the kind of document.
        terms: what goes with the words.

    Returns:
        One version per language, all with the same number.

    Raises:
        Refused: absent, or ``by`` may not publish there.
        ValidationError: an element or the value of a blank is missing, a field is out of its bounds, or the words are
            others than those that were looked at.
    """
    _lock(group_id)
    kind, group = check_can_publish_kind(by, group_id, kind_key)
    if not 1 <= terms.answer_days <= MOST_ANSWER_DAYS:
        raise ValidationError({"answer_days": _("Write a number of days from 1 to 30.")})
    now = timezone.now()
    begins = _beginning(terms.effective_on, now)
    drafts = draft(by, group, kind, answer_days=terms.answer_days, edited=edited, at=now)
    chosen = [one for language, one in drafts.items() if languages is None or language in languages]
    _check_drafts(chosen, group, terms.seen)
    document, number = _next(kind, group)
    _check_not_before(document, begins)
    versions = [_version(document, kind, one.text, number, by=by) for one in chosen]
    for version in versions:
        version.published_at, version.effective_at = now, begins
        version.material, version.summary = terms.material or number == 1, terms.summary.strip()
        version.clauses |= {OWN_WORDS: dict((edited or {}).get(version.language, {}))}
        version.full_clean()
        version.save()
        record("document_version.publish", object_type=VERSION, object_id=version.pk)
    for requirement in _required(document, kind):
        prompt_group(requirement_id=requirement.pk)
    return versions


@unit_of_work()
def retire_document(*, document_id: UUID, by: Person) -> Document:
    """Ask nobody any more for a document; what was promised under it stays, and every copy of it.

    To publish a new version of it takes it up again.

    Args:
        document_id: the document of a group or of the practice.
        by: who may publish its kind there.

    Raises:
        Refused: absent or forbidden.
        InvalidTransition: every group must ask for this kind at its door, or it is retired already.
    """
    Document.objects.select_for_update(no_key=True).filter(pk=document_id).first()
    document = check_can_retire(by, document_id)
    if document.retired_at is not None:
        raise InvalidTransition(_("It is retired already. Nobody is asked for it."))
    if must_stay(load_kind(document.kind)):
        raise InvalidTransition(_("Every group asks for this one at its door. Publish a new version of it instead."))
    document.retired_at, document.retired_by = timezone.now(), by
    document.full_clean()
    document.save(update_fields=["retired_at", "retired_by"])
    record("document.retire", object_type=DOCUMENT, object_id=document.pk)
    return document


def must_stay(kind: Kind) -> bool:
    """Return whether a document of this kind cannot be retired: every group shuts its door without it.

    Our choice: without this a lead could open the door by retiring the confidentiality agreement.
    """
    return kind.asked_of == AskedOf.ALWAYS and kind.gate == Gate.SESSION


def _lock(group_id: UUID | None) -> None:
    """Let one publication at a time find the next number."""
    if group_id is not None:
        TherapyGroup.objects.select_for_update(no_key=True).filter(pk=group_id).first()
    else:
        Practice.objects.select_for_update(no_key=True).first()


def _beginning(day: date | None, now: datetime) -> datetime | None:
    """Return the first moment of a day to come by the clocks of the practice; None for at once.

    Raises:
        ValidationError: the day is too far away.
    """
    zone = practice_zone()
    today = now.astimezone(zone).date()
    if day is None or day <= today:
        return None
    if day > today + timedelta(days=MOST_DAYS_AHEAD):
        raise ValidationError({"effective_on": _("Choose a day within a year from now.")})
    return datetime.combine(day, time.min, zone)


def _next(kind: Kind, group: TherapyGroup | None) -> tuple[Document, int]:
    """Return the document, made where it is new and taken up where it was retired, and its next number."""
    document, _made = Document.objects.get_or_create(kind=kind.key, group=group, person=None)
    if document.retired_at is not None:
        document.retired_at = document.retired_by = None
        document.save(update_fields=["retired_at", "retired_by"])
        record("document.take_up", object_type=DOCUMENT, object_id=document.pk)
    last = document.versions.aggregate(last=Max("number"))["last"]
    return document, (last or 0) + 1


def _check_not_before(document: Document, begins: datetime | None) -> None:
    """Refuse words that would count before those of the number before them, on which they are built.

    Our choice: who edits starts from what was published last, so an earlier day would let those words in early, and
    without anybody being asked for them.

    Raises:
        ValidationError: a version is published whose day has not come, and this one would count before it.
    """
    last = document.versions.order_by("-number").values_list("effective_at", flat=True).first()
    if last is not None and last > timezone.now() and (begins is None or begins < last):
        day = date_format(last.astimezone(practice_zone()), "DATE_FORMAT")
        words = _("A version is published that counts from %(day)s. Choose that day or a later one.") % {"day": day}
        raise ValidationError({"effective_on": words})


def _required(document: Document, kind: Kind) -> list[Requirement]:
    """Return what the kind asks of whom, made where it is new; members first."""
    return [
        Requirement.objects.get_or_create(
            document=document,
            gate=kind.gate,
            who=signer.who,
            defaults={
                "signers": kind.signers_policy,
                "validity_days": kind.validity_days,
                "notice_days": kind.notice_days,
            },
        )[0]
        for signer in kind.signers
    ]


def _check_drafts(drafts: Sequence[Draft], group: TherapyGroup | None, seen: str | None) -> None:
    """Refuse to publish what lacks something, what members could not read, and what nobody looked at.

    Raises:
        ValidationError: no language, not the group's own, a gap, or other words than those that were looked at.
    """
    spoken = {one.text.language for one in drafts}
    if not spoken or (group is not None and group.language not in spoken):
        raise ValidationError({"languages": _("Publish it at least in the language of the group.")})
    if problems := _by_field(drafts):
        raise ValidationError(problems)
    if seen is not None and seen != seen_of(drafts):
        raise ValidationError(
            {"seen": _("These words are new since you looked at the whole text. Read it, then publish.")}
        )


def _by_field(drafts: Iterable[Draft]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for one in drafts:
        for gap in one.gaps:
            found.setdefault(gap.field, []).append(gap.sentence)
    return found


def _version(document: Document, kind: Kind, text: Text, number: int, *, by: Person) -> DocumentVersion:
    stored = to_json(text)
    return DocumentVersion(
        document=document,
        group_id=document.group_id,
        number=number,
        language=text.language,
        clauses={**stored, SHIPPED: shipped_sha256(kind.key, text.language)},
        text_sha256=sha256(kind=kind.key, number=number, text=stored),
        valid_days=kind.validity_days,
        published_by=by,
        approved_by=by,
    )
