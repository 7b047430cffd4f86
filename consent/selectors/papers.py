"""Versions, and a person's own acts."""

from typing import Any
from uuid import UUID

from django.db.models import Exists, F, OuterRef, Q, QuerySet, Subquery

from consent.kinds import load_kind
from consent.kinds.wording import Text, from_json
from consent.models import Act, ActKind, Capacity, Document, DocumentVersion
from consent.permissions import ACT, VERSION, check_is_own
from groupcare.access import Right
from groupcare.accounts.models import Person
from groupcare.audit import record
from groupcare.exceptions import Refused
from groups.models import Membership, TherapyGroup
from groups.permissions import groups_with


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


def get_version_to_answer(viewer: Person, pk: UUID, action: str) -> DocumentVersion:
    """Return one version that the viewer may answer.

    It has ``read_at: datetime | None``: when the viewer last read this very text and went on.

    Raises:
        Refused: absent, or the viewer is no member of its group.
    """
    read = Act.objects.filter(version=OuterRef("pk"), subject=viewer, signer=viewer, act=ActKind.PRESENTED)
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


def latest_answer(document_id: UUID, person: Person) -> Act | None:
    """Return the person's latest answer for themselves; for services and the person's own pages."""
    return (
        Act.objects.filter(document_id=document_id, subject=person, signer=person, capacity=Capacity.SELF)
        .exclude(act=ActKind.PRESENTED)
        .select_related("version")
        .order_by("-at", "-id")
        .first()
    )


def get_own_act(viewer: Person, pk: UUID, action: str = "act.read") -> Act:
    """Return one of the viewer's own acts with its version and ``is_last: bool``, and record the reading.

    Raises:
        Refused: absent, or about somebody else.
    """
    followed = Act.objects.filter(supersedes=OuterRef("pk"))
    found = Act.objects.filter(pk=pk).select_related("version", "document").annotate(is_last=~Exists(followed)).first()
    own = check_is_own(viewer, found, pk, action)
    record(action, object_type=ACT, object_id=own.pk)
    return own


def own_acts(viewer: Person) -> QuerySet[Act]:
    """Return the viewer's own answers, newest first, without their evidence; what was only read is left out."""
    return (
        Act.objects.filter(subject=viewer, signer=viewer)
        .exclude(act=ActKind.PRESENTED)
        .select_related("version", "document")
        .defer("evidence", "version__clauses", "version__summary")
        .order_by("-at", "-id")
    )


def is_withdrawable(document: Document) -> bool:
    """Return whether a signature under this document can be taken back."""
    return load_kind(document.kind).withdrawable
