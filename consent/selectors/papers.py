"""Versions, and a person's own acts."""

from collections.abc import Iterable
from datetime import datetime
from functools import cache
from typing import Any
from uuid import UUID

from django.db.models import Exists, F, OuterRef, Q, QuerySet, Subquery
from django.utils import timezone

from consent.kinds import kinds, load_kind
from consent.kinds.wording import Text, from_json, made_out
from consent.models import Act, ActKind, Document, DocumentVersion, Particulars, Who
from consent.permissions import ACT, DOCUMENT, VERSION
from consent.selectors.lines import SigningLine, line_of_member, lines_of, with_standing_place
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
    people they answer for; those of the whole practice, for people who work there; and papers made out for them.

    Each has ``newest: int`` (the number that counts now), and what ``lines_of`` reads.
    """
    mine = Membership.objects.filter(person=viewer, ended_at__isnull=True)
    run = groups_with(viewer, Right.SEE_GROUP).values("pk")
    for_groups = Q(document__person__isnull=True) & (
        Q(group__in=mine.values("group"))
        | Q(group__in=run)
        | Q(has_wards=True, document__kind__in=kinds_of_guardians())
    )
    made_out = Q(document__person=viewer) | Q(document__person__isnull=False, group__in=run)
    for_all = Q(works_here=True, document__person__isnull=True, group__isnull=True)
    return (
        with_standing_place(DocumentVersion.objects.all(), viewer)
        .filter(for_groups | made_out | for_all)
        .annotate(newest=Subquery(in_force().filter(document=OuterRef("document")).values("number")[:1]))
        .select_related("document")
    )


def in_force() -> QuerySet[DocumentVersion]:
    """Return versions whose day has come, the newest first; for subqueries of documents that the viewer may see."""
    begun = Q(effective_at__isnull=True) | Q(effective_at__lte=timezone.now())
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

    It has ``can_answer: bool``: whether there is a line in which the viewer may answer.

    Raises:
        Refused: as ``get_version`` does.
    """
    found = get_version(viewer, pk)
    found.can_answer = bool(lines_of(viewer, found))  # type: ignore[attr-defined]
    record(OPENED, object_type=DOCUMENT, object_id=found.document_id)
    return found


def last_opened(viewer: Person, document_ids: Iterable[UUID]) -> dict[UUID, datetime]:
    """Return when the viewer last opened each of these documents; one that they never opened is left out."""
    found = last_done(DOCUMENT, document_ids, action=OPENED, actor=viewer.pk)
    return {UUID(document_id): at for document_id, at in found.items()}


def get_version_to_answer(viewer: Person, pk: UUID, action: str, subject_id: UUID | None = None) -> DocumentVersion:
    """Return one version that the viewer may answer.

    It has ``line: SigningLine`` (for whom and as what the viewer answers) and ``read_at: datetime | None``: when the
    viewer last read this very text and went on.

    Args:
        viewer: who answers.
        pk: the version.
        action: what is tried, for the trail.
        subject_id: for whom; for themselves, or the only one they can answer for, if not given.

    Raises:
        Refused: absent, or the viewer has no line to answer in.
    """
    read = Act.objects.filter(as_one("signer", [viewer.pk]), version=OuterRef("pk"), act=ActKind.PRESENTED)
    found = (
        visible_versions(viewer).filter(pk=pk).annotate(read_at=Subquery(read.order_by("-at").values("at")[:1])).first()
    )
    lines = lines_of(viewer, found) if found is not None else []
    line = next((one for one in lines if subject_id in (None, one.subject_id)), None)
    if found is None or line is None:
        raise Refused(action, VERSION, pk)
    found.line = line  # type: ignore[attr-defined]
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


def siblings(version: DocumentVersion) -> list[DocumentVersion]:
    """Return the same version number in every language, for the language choice; without the words."""
    return list(
        DocumentVersion.objects.filter(document_id=version.document_id, number=version.number)
        .defer("clauses", "summary")
        .order_by("language")
    )


def text_of(version: DocumentVersion) -> Text:
    """Return the words of a version, with what was filled in for the person where it is made out for one."""
    stored: dict[str, Any] = version.clauses
    text = from_json(stored)
    if version.document.person_id is None:
        return text
    return made_out(text, particulars_of(version).filled)


def particulars_of(version: DocumentVersion) -> Particulars:
    """Return what was filled in for the person of a version that the caller has read for its viewer."""
    return Particulars.objects.get(document_id=version.document_id, number=version.number)


def published(viewer: Person, group: TherapyGroup, kind: str) -> list[DocumentVersion]:
    """Return the newest published version of a kind in a group the viewer runs, one row per language."""
    return list(
        visible_versions(viewer).filter(document__kind=kind, group=group, number=F("newest")).order_by("language")
    )


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


def _answers(document_id: UUID) -> QuerySet[Act]:
    found = Act.objects.filter(document_id=document_id).exclude(act=ActKind.PRESENTED)
    return found.select_related("version", "version__document").order_by("-at", "-id")


def get_own_act(viewer: Person, pk: UUID, action: str = "act.read") -> Act:
    """Return one of the viewer's own acts with its version and ``is_last: bool``, and record the reading.

    Their own are those about them, and those that they signed for somebody else.

    Raises:
        Refused: absent, or about and by somebody else.
    """
    same_line = Q(subject=OuterRef("subject"), signer=OuterRef("signer")) | own_lines(viewer)
    later = Act.objects.filter(
        same_line, document=OuterRef("document"), capacity=OuterRef("capacity"), at__gt=OuterRef("at")
    )
    found = (
        Act.objects.filter(as_one("subject", [viewer.pk]) | as_one("signer", [viewer.pk]), pk=pk)
        .select_related("version__document", "document", "recorded_by")
        .annotate(is_last=~Exists(later.exclude(act=ActKind.PRESENTED)))
        .first()
    )
    if found is None:
        raise Refused(action, ACT, pk)
    record(action, object_type=ACT, object_id=found.pk)
    return found


def own_acts(viewer: Person) -> QuerySet[Act]:
    """Return the answers that the viewer gave, newest first, without their evidence; what was only read is left out."""
    return (
        Act.objects.filter(as_one("signer", [viewer.pk]))
        .exclude(act=ActKind.PRESENTED)
        .select_related("version", "document")
        .defer("evidence", "version__clauses", "version__summary")
        .order_by("-at", "-id")
    )


def is_withdrawable(document: Document) -> bool:
    """Return whether a signature under this document can be taken back."""
    return load_kind(document.kind).withdrawable
