"""Versions, and a person's own acts."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta
from functools import cache
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db.models import BooleanField, Exists, ExpressionWrapper, F, OuterRef, Q, QuerySet, Subquery
from django.utils import timezone

from consent.kinds import kinds, load_kind
from consent.kinds.wording import SHIPPED, Text, from_json, made_out
from consent.models import Act, ActKind, Capacity, Document, DocumentVersion, GuardianLink, Particulars, Who
from consent.permissions import ACT, DOCUMENT, VERSION
from consent.selectors.ceremony import reading
from consent.selectors.leads import with_leads
from consent.selectors.lines import (
    SigningLine,
    chosen_line,
    decides_alone,
    line_of_member,
    lines_of,
    wards_of,
    with_standing_place,
)
from consent.selectors.reviews import read_texts
from groupcare.access import Right
from groupcare.accounts.merge_models import as_one
from groupcare.accounts.models import Person
from groupcare.audit import record
from groupcare.audit.selectors import last_done
from groupcare.exceptions import Refused
from groups.models import Membership, TherapyGroup
from groups.permissions import groups_with

# What the trail keeps of a reading; the pages say from it when an agreement was last opened.
OPENED = "document.read"


def visible_versions(viewer: Person) -> QuerySet[DocumentVersion]:
    """Return the versions that the viewer may read.

    Those of their own groups, as a member or as one who runs them; those that guardians sign in the groups of the young
    people they answer for; those of the whole practice, for people who work there; and papers made out for one person:
    for that person, for guardians who answer that kind, and for those who write notes in the group.

    Each has ``newest: int`` (the number that counts now), and what ``lines_of`` reads.
    """
    mine = Membership.objects.filter(person=viewer, ended_at__isnull=True)
    run = groups_with(viewer, Right.SEE_GROUP).values("pk")
    for_groups = Q(document__person__isnull=True) & (
        Q(group__in=mine.values("group"))
        | Q(group__in=run)
        | Q(watches=True)
        | Q(interprets=True)
        | Q(has_wards=True, document__kind__in=kinds_of_guardians())
    )
    of_wards = Q(document__person__in=wards_of(viewer), document__kind__in=kinds_of_guardians())
    writes = groups_with(viewer, Right.WRITE_NOTES).values("pk")
    about_them = as_one("document__person", [viewer.pk]) | of_wards
    made_out = about_them | Q(document__person__isnull=False, group__in=writes)
    for_all = Q(works_here=True, document__person__isnull=True, group__isnull=True)
    return (
        with_standing_place(DocumentVersion.objects.all(), viewer)
        .filter(for_groups | made_out | for_all)
        .annotate(newest=Subquery(in_force().filter(document=OuterRef("document")).values("number")[:1]))
        .select_related("document")
    )


def in_force(now: datetime | None = None) -> QuerySet[DocumentVersion]:
    """Return versions whose day has come, the newest first; for subqueries of documents that the viewer may see."""
    begun = Q(effective_at__isnull=True) | Q(effective_at__lte=now or timezone.now())
    return DocumentVersion.objects.filter(begun).order_by("-number")


@cache
def kinds_of_guardians() -> tuple[str, ...]:
    """Return the keys of the kinds that guardians sign."""
    return tuple(kind.key for kind in kinds() if kind.signed_by(Who.GUARDIAN))


def get_version(viewer: Person, pk: UUID, action: str = "document_version.read") -> DocumentVersion:
    """Return one version.

    Raises:
        Refused: absent, or of a group that is not the viewer's.
    """
    found = visible_versions(viewer).filter(pk=pk).first()
    if found is None:
        raise Refused(action, VERSION, pk)
    return found


def open_version(viewer: Person, pk: UUID) -> DocumentVersion:
    """Return one version to read, and keep in the trail that the viewer opened its document.

    It has ``siblings``: the same number in every language, for the language choice. ``leads_have_signed`` can be asked
    about it.

    Raises:
        Refused: as ``get_version`` does.
    """
    asked = DocumentVersion.objects.filter(pk=pk)
    same = with_leads(visible_versions(viewer)).filter(
        document=Subquery(asked.values("document")), number=Subquery(asked.values("number"))
    )
    siblings = list(same.order_by("language"))
    found = next((one for one in siblings if one.pk == pk), None)
    if found is None:
        raise Refused("document_version.read", VERSION, pk)
    found.siblings = siblings  # type: ignore[attr-defined]
    record(OPENED, object_type=DOCUMENT, object_id=found.document_id)
    return found


def last_opened(viewer: Person, document_ids: Iterable[UUID]) -> dict[UUID, datetime]:
    """Return when the viewer last opened each of these documents; one that they never opened is left out."""
    found = last_done(DOCUMENT, document_ids, action=OPENED, actor=viewer.pk)
    return {UUID(document_id): at for document_id, at in found.items()}


def get_version_to_answer(viewer: Person, pk: UUID, action: str, subject_id: UUID | None = None) -> DocumentVersion:
    """Return one version that the viewer may answer.

    It has ``line: SigningLine`` (for whom and as what the viewer answers) and ``read_at: datetime | None``: when the
    viewer last read this very text in that line and went on, since the last promise there.

    Args:
        viewer: who answers.
        pk: the version.
        action: what is tried, for the trail.
        subject_id: for whom; may be left out by who has a line for one person alone.

    Raises:
        Refused: absent, or the viewer has no line to answer in.
        LineNotChosen: nobody is named, and the viewer has lines for several people.
    """
    found = visible_versions(viewer).filter(pk=pk).first()
    line = chosen_line(lines_of(viewer, found) if found is not None else [], subject_id)
    if found is None or line is None:
        raise Refused(action, VERSION, pk)
    read = reading(found, line)
    found.line, found.read_at = line, read.at if read is not None else None  # type: ignore[attr-defined]
    return found


def newest_versions(viewer: Person, document_id: UUID) -> list[DocumentVersion]:
    """Return the newest version of a document in every language it has.

    Raises:
        Refused: absent, not published, or of a group that is not the viewer's.
    """
    found = list(visible_versions(viewer).filter(document_id=document_id, number=F("newest")).order_by("language"))
    if not found:
        raise Refused("document.read", "consent.Document", document_id)
    return found


def text_of(version: DocumentVersion) -> Text:
    """Return the words of a version, with what was filled in for the person where it is made out for one.

    A translation that nobody had read when it was published counts as reviewed from when its shipped text was signed
    off; the words are the same.
    """
    stored: dict[str, Any] = version.clauses
    text = from_json(stored)
    if not text.reviewed and SHIPPED in stored:
        signed_off = (version.document.kind, text.language, stored[SHIPPED]) in read_texts()
        text = replace(text, reviewed=signed_off)
    if version.document.person_id is None:
        return text
    return made_out(text, particulars_of(version).filled)


def particulars_of(version: DocumentVersion) -> Particulars:
    """Return what was filled in for the person of a version that the caller has read for its viewer."""
    return Particulars.objects.get(document_id=version.document_id, number=version.number)


def last_published(viewer: Person, group: TherapyGroup | None, kind: str) -> list[DocumentVersion]:
    """Return the last published number of a kind, also one whose day has not come; one row per language.

    Args:
        viewer: who runs the group, or administers.
        group: the group; None for the whole practice.
        kind: the kind of document.
    """
    rows = list(
        visible_versions(viewer)
        .filter(document__kind=kind, document__group=group, document__person__isnull=True)
        .order_by("-number", "language")[: len(settings.LANGUAGES)]
    )
    return [one for one in rows if one.number == rows[0].number]


def own_lines(person: Person) -> Q:
    """Return the condition that an act is the person's own for themselves, on whichever of their entries it stands."""
    return as_one("subject", [person.pk]) & Q(signer=F("subject"))


def latest_answer(document_id: UUID, person: Person, line: SigningLine | None = None) -> Act | None:
    """Return the latest answer in a line, that of the person for themselves if none is given; for services and pages.

    It may stand in the line of an entry that is merged into theirs.
    """
    return _answers(document_id).filter((line or line_of_member(person)).condition).first()


def end_of_line(document_id: UUID, line: SigningLine) -> Act | None:
    """Return the latest answer in the line of exactly these entries: the one that its next answer follows."""
    exactly = {"subject": line.subject_id, "signer": line.signer_id, "capacity": line.capacity}
    return _answers(document_id).filter(**exactly).first()


def promise_held(version: DocumentVersion, last: Act | None) -> Act | None:
    """Return the latest answer in a line if it is a promise that holds and asks for nothing yet; None if it is not.

    It is one to words that count now, and its notice time has not begun.

    Args:
        version: one that ``visible_versions`` returned.
        last: what ``latest_answer`` returned for the line.
    """
    if last is None or not last.is_promise:
        return None
    kind, now = load_kind(last.document.kind), timezone.now()
    if last.act == ActKind.AGREED_ALOUD and not kind.spoken_allowed:
        return None
    if last.valid_until is not None and now >= last.valid_until - timedelta(days=kind.notice_days):
        return None
    newest: int | None = version.newest  # type: ignore[attr-defined]
    if newest is None or last.version.number >= newest:
        return last if newest is not None else None
    material = in_force(now).filter(document=version.document_id, material=True)
    asked = material.values_list("number", flat=True).first()
    return last if asked is not None and last.version.number >= asked else None


def ends_of_lines(document_id: UUID, subject: Person) -> list[Act]:
    """Return the last answer of each line about a person under a document, with its signer; for services."""
    later = Act.objects.filter(supersedes=OuterRef("pk"))
    found = _answers(document_id).filter(~Exists(later), as_one("subject", [subject.pk]))
    return list(found.select_related("signer", "version", "version__document"))


def _answers(document_id: UUID) -> QuerySet[Act]:
    found = Act.objects.filter(document_id=document_id).exclude(act=ActKind.PRESENTED)
    return found.select_related("version", "version__document", "document").order_by("-at", "-id")


def get_own_act(viewer: Person, pk: UUID, action: str = "act.read", *, only_by_them: bool = False) -> Act:
    """Return one of the viewer's own acts with its version, and record the reading.

    Their own are those of ``about_or_by``. It has ``is_last: bool`` and ``is_by_viewer: bool``: who answered.

    Args:
        viewer: who reads.
        pk: the act.
        action: what is tried, for the trail.
        only_by_them: whether it must be by the viewer, and not only about them.

    Raises:
        Refused: absent, or not the viewer's.
    """
    signed = as_one("signer", [viewer.pk])
    same_line = Q(subject=OuterRef("subject"), signer=OuterRef("signer")) | own_lines(viewer)
    later = Act.objects.filter(
        same_line, document=OuterRef("document"), capacity=OuterRef("capacity"), at__gt=OuterRef("at")
    )
    found = (
        Act.objects.filter(by_them(viewer) if only_by_them else about_or_by(viewer), pk=pk)
        .select_related("version__document", "document", "recorded_by", "supersedes", "superseded_by")
        .annotate(
            is_last=~Exists(later.exclude(act=ActKind.PRESENTED)),
            is_by_viewer=ExpressionWrapper(signed, output_field=BooleanField()),
        )
        .first()
    )
    if found is None:
        raise Refused(action, ACT, pk)
    record(action, object_type=ACT, object_id=found.pk)
    return found


def about_or_by(viewer: Person) -> Q:
    """Return the condition that an act is about the viewer, or theirs for somebody whom they may answer for now.

    What a guardian answered about the viewer is not theirs to read while they are young: it stays in the ledger, and is
    theirs alone from the day on which they are of age.
    """
    told = ~Q(capacity=Capacity.GUARDIAN) | Q(decides_alone(viewer))
    return (as_one("subject", [viewer.pk]) & told) | (as_one("signer", [viewer.pk]) & Q(subject__in=wards_of(viewer)))


def by_them(viewer: Person) -> Q:
    """Return the condition that the viewer gave an answer, for themselves or for whom they may answer for now."""
    return about_or_by(viewer) & as_one("signer", [viewer.pk])


def answer_to_check(viewer: Person, pk: UUID, action: str = "act.invalidate") -> Act:
    """Return an answer in a group that the viewer manages, with its version, document and signer.

    It has ``is_last: bool``: whether no later answer stands in its line; and ``answerer``: the signer, or of a guardian
    the link with the name that was written down for them.

    Raises:
        Refused: absent, only a reading, or in a group that the viewer does not manage.
    """
    found = (
        Act.objects.filter(pk=pk, group__in=groups_with(viewer, Right.MANAGE_GROUP).values("pk"))
        .exclude(act=ActKind.PRESENTED)
        .select_related("version__document", "document", "signer__user", "group", "recorded_by")
        .annotate(is_last=~Exists(Act.objects.filter(supersedes=OuterRef("pk"))))
        .first()
    )
    if found is None:
        raise Refused(action, ACT, pk)
    found.answerer = (_link_of(found) if found.capacity == Capacity.GUARDIAN else None) or found.signer  # type: ignore[attr-defined]
    return found


def _link_of(act: Act) -> GuardianLink | None:
    """Return the latest link of the guardian who gave an answer to the one whom it is about, on whichever entries."""
    both = as_one("person", [act.subject_id]) & as_one("guardian", [act.signer_id])
    links = GuardianLink.objects.filter(both).select_related("guardian__user").defer("evidence")
    return links.order_by("-valid_from", "-pk").first()


def own_acts(viewer: Person) -> QuerySet[Act]:
    """Return the answers that the viewer gave, newest first, without their evidence; what was only read is left out.

    Whoever is of age finds what guardians answered for them among these.
    """
    shown = as_one("signer", [viewer.pk]) | Q(capacity=Capacity.GUARDIAN)
    return (
        Act.objects.filter(about_or_by(viewer), shown)
        .exclude(act=ActKind.PRESENTED)
        .select_related("version", "document")
        .defer("evidence", "version__clauses", "version__summary")
        .order_by("-at", "-id")
    )


def is_withdrawable(document: Document) -> bool:
    """Return whether a signature under this document can be taken back."""
    return load_kind(document.kind).withdrawable
