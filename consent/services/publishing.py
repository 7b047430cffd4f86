"""Publishing a version: from then on its words never change."""

from collections.abc import Mapping
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _

from consent.kinds import GROUP_AGREEMENT, Kind, load_kind
from consent.kinds.wording import OWN_WORDS, Text, sha256, to_json
from consent.models import Document, DocumentVersion, Requirement
from consent.permissions import VERSION, check_can_publish
from consent.selectors import DEFAULT_ANSWER_DAYS, draft
from consent.services.prompting import prompt_group
from groupcare.accounts.models import Person
from groupcare.audit import record, unit_of_work
from groups.models import TherapyGroup

# Our choice, because an answer that takes longer than a month is none.
MOST_ANSWER_DAYS = 30


@unit_of_work()
def publish_version(
    *,
    group_id: UUID,
    by: Person,
    edited: Mapping[str, Mapping[str, str]] | None = None,
    answer_days: int = DEFAULT_ANSWER_DAYS,
    languages: tuple[str, ...] | None = None,
    kind_key: str = GROUP_AGREEMENT,
    summary: str = "",
) -> list[DocumentVersion]:
    """Publish the next version of a group's agreement, ask for it at the gate, and tell the members.

    Args:
        group_id: the group.
        by: who manages it.
        edited: language -> clause key -> own words; only editable clauses. What is left out keeps the shipped words.
        answer_days: working days within which somebody who raises a concern hears back.
        languages: which texts to publish; all that ship if not given.
        kind_key: the kind of document.
        summary: what changed, in a sentence, for people who signed before.

    Returns:
        One version per language, all with the same number.

    Raises:
        Refused: absent, or ``by`` does not manage the group.
        ValidationError: a field is out of its bounds, or nobody leads the group yet.
    """
    TherapyGroup.objects.select_for_update().filter(pk=group_id).first()
    group = check_can_publish(by, group_id)
    kind = load_kind(kind_key)
    if not 1 <= answer_days <= MOST_ANSWER_DAYS:
        raise ValidationError({"answer_days": _("Write a number of days from 1 to 30.")})
    now = timezone.now()
    texts = draft(by, group, kind, answer_days=answer_days, edited=edited, at=now)
    chosen = [text for language, text in texts.items() if languages is None or language in languages]
    _check_texts(chosen, group)
    document, _made = Document.objects.get_or_create(kind=kind.key, group=group)
    number = (document.versions.aggregate(last=Max("number"))["last"] or 0) + 1
    versions = [_version(document, kind, text, number, by=by) for text in chosen]
    for version in versions:
        version.published_at, version.summary = now, summary.strip()
        version.clauses = {**version.clauses, OWN_WORDS: dict((edited or {}).get(version.language, {}))}
        version.full_clean()
        version.save()
        record("document_version.publish", object_type=VERSION, object_id=version.pk)
    for requirement in _required(document, kind):
        prompt_group(requirement_id=requirement.pk)
    return versions


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


def _check_texts(texts: list[Text], group: TherapyGroup) -> None:
    """Refuse to publish what members could not read; an empty clause keeps the shipped words already.

    Raises:
        ValidationError: no language, or not the group's own language.
    """
    if group.language not in {text.language for text in texts}:
        raise ValidationError({"languages": _("Publish it at least in the language of the group.")})


def _version(document: Document, kind: Kind, text: Text, number: int, *, by: Person) -> DocumentVersion:
    stored = to_json(text)
    return DocumentVersion(
        document=document,
        group_id=document.group_id,
        number=number,
        language=text.language,
        clauses=stored,
        text_sha256=sha256(kind=kind.key, number=number, text=stored),
        valid_days=kind.validity_days,
        published_by=by,
        approved_by=by,
    )
