"""Versions, and a person's own acts."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Exists, F, OuterRef, Q, QuerySet, Subquery

from consent.kinds import load_kind
from consent.kinds.wording import Text, from_json
from consent.models import Act, ActKind, Capacity, Document, DocumentVersion
from consent.permissions import ACT, DOCUMENT, VERSION
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
    """Return the versions of the viewer's own groups, as a member or as one who runs them.

    Each has ``can_answer: bool`` (the viewer is a member now) and ``newest: int`` (the number that counts now).
    """
    mine = Membership.objects.filter(person=viewer, ended_at__isnull=True)
    run = groups_with(viewer, Right.SEE_GROUP).values("pk")
    newest = DocumentVersion.objects.filter(document=OuterRef("document")).order_by("-number")
    return (
        DocumentVersion.objects.filter(Q(group__in=mine.values("group")) | Q(group__in=run))
        .annotate(
            can_answer=Exists(mine.filter(group=OuterRef("group"))),
            newest=Subquery(newest.values("number")[:1]),
        )
        .select_related("document")
    )


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

    Raises:
        Refused: as ``get_version`` does.
    """
    found = get_version(viewer, pk)
    record(OPENED, object_type=DOCUMENT, object_id=found.document_id)
    return found


def last_opened(viewer: Person, document_ids: Iterable[UUID]) -> dict[UUID, datetime]:
    """Return when the viewer last opened each of these documents; one that they never opened is left out."""
    found = last_done(DOCUMENT, document_ids, action=OPENED, actor=viewer.pk)
    return {UUID(document_id): at for document_id, at in found.items()}


def get_version_to_answer(viewer: Person, pk: UUID, action: str) -> DocumentVersion:
    """Return one version that the viewer may answer.

    It has ``read_at: datetime | None``: when the viewer last read this very text and went on.

    Raises:
        Refused: absent, or the viewer is no member of its group.
    """
    read = Act.objects.filter(own_lines(viewer), version=OuterRef("pk"), act=ActKind.PRESENTED)
    found = (
        visible_versions(viewer).filter(pk=pk).annotate(read_at=Subquery(read.order_by("-at").values("at")[:1])).first()
    )
    if found is None or not found.can_answer:  # type: ignore[attr-defined]
        raise Refused(action, VERSION, pk)
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
    """Return the words of a version."""
    stored: dict[str, Any] = version.clauses
    return from_json(stored)


def published(viewer: Person, group: TherapyGroup, kind: str) -> list[DocumentVersion]:
    """Return the newest published version of a kind in a group the viewer runs, one row per language."""
    return list(
        visible_versions(viewer).filter(document__kind=kind, group=group, number=F("newest")).order_by("language")
    )


def own_lines(person: Person) -> Q:
    """Return the condition that an act is the person's own for themselves, on whichever of their entries it stands."""
    return as_one("subject", [person.pk]) & Q(signer=F("subject"), capacity=Capacity.SELF)


def latest_answer(document_id: UUID, person: Person) -> Act | None:
    """Return the person's latest answer for themselves; for services and the person's own pages.

    It may stand in the line of an entry that is merged into theirs.
    """
    return _answers(document_id).filter(own_lines(person)).first()


def end_of_line(document_id: UUID, person: Person) -> Act | None:
    """Return the latest answer in the line of exactly this entry: the one that its next answer follows."""
    return _answers(document_id).filter(subject=person, signer=person, capacity=Capacity.SELF).first()


def _answers(document_id: UUID) -> QuerySet[Act]:
    found = Act.objects.filter(document_id=document_id).exclude(act=ActKind.PRESENTED)
    return found.select_related("version").order_by("-at", "-id")


def get_own_act(viewer: Person, pk: UUID, action: str = "act.read") -> Act:
    """Return one of the viewer's own acts with its version and ``is_last: bool``, and record the reading.

    Raises:
        Refused: absent, or about somebody else.
    """
    later = Act.objects.filter(own_lines(viewer), document=OuterRef("document"), at__gt=OuterRef("at"))
    found = (
        Act.objects.filter(as_one("subject", [viewer.pk]), pk=pk)
        .select_related("version", "document", "recorded_by")
        .annotate(is_last=~Exists(later.exclude(act=ActKind.PRESENTED)))
        .first()
    )
    if found is None:
        raise Refused(action, ACT, pk)
    record(action, object_type=ACT, object_id=found.pk)
    return found


def own_acts(viewer: Person) -> QuerySet[Act]:
    """Return the viewer's own answers, newest first, without their evidence; what was only read is left out."""
    return (
        Act.objects.filter(own_lines(viewer))
        .exclude(act=ActKind.PRESENTED)
        .select_related("version", "document")
        .defer("evidence", "version__clauses", "version__summary")
        .order_by("-at", "-id")
    )


def is_withdrawable(document: Document) -> bool:
    """Return whether a signature under this document can be taken back."""
    return load_kind(document.kind).withdrawable
