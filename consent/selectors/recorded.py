"""What those who work with a group see of answers on paper and by voice, and the scans of papers."""

from dataclasses import dataclass
from uuid import UUID

from django.db.models import QuerySet

from consent.models import Act, ActKind, DocumentVersion, GracePeriod, PaperScan
from consent.permissions import ACT, VERSION, can_read_papers
from groupcare.accounts.merge_models import as_one
from groupcare.accounts.models import Person
from groupcare.audit import record
from groupcare.exceptions import Refused
from groupcare.vault import EncryptedStorage, unlock
from groups.models import Membership, TherapyGroup

# Our choice, because a person answers once a year; more are on the person's own list.
MOST_ANSWERS = 20


def version_of_group(group_id: UUID, pk: UUID, action: str) -> DocumentVersion:
    """Return a published version of a group's document; the caller has checked who asks.

    Raises:
        Refused: absent, or of another group.
    """
    found = DocumentVersion.objects.filter(pk=pk, group_id=group_id).select_related("document").first()
    if found is None:
        raise Refused(action, VERSION, pk)
    return found


def versions_of_group(group: TherapyGroup) -> QuerySet[DocumentVersion]:
    """Return all published versions of a group, newest first, without their words."""
    return (
        DocumentVersion.objects.filter(group=group)
        .select_related("document")
        .defer("clauses", "summary")
        .order_by("-number", "language")
    )


def answers_of(place: Membership) -> list[Act]:
    """Return the latest answers of a place's member in its group, newest first, and record the reading.

    The caller has checked that the viewer works with the group (``check_can_record``).
    """
    found = list(
        Act.objects.filter(as_one("subject", [place.person_id]), group_id=place.group_id)
        .exclude(act=ActKind.PRESENTED)
        .select_related("version", "recorded_by", "scan")
        .defer("evidence", "version__clauses", "version__summary")
        .order_by("-at", "-id")[:MOST_ANSWERS]
    )
    unlock(place, [one.recorded_by for one in found if one.recorded_by is not None])
    record("act.list", object_type="groups.Membership", object_id=place.pk)
    return found


@dataclass(frozen=True, slots=True)
class ScanFile:
    """The content of a scan, to be sent."""

    content: bytes
    content_type: str
    name: str


def read_scan(viewer: Person, act_id: UUID) -> ScanFile:
    """Return the scan of a paper for the person it is about, or somebody who works with the group; recorded.

    Raises:
        Refused: absent, no paper, or not the viewer's to see.
    """
    act = Act.objects.filter(pk=act_id).defer("evidence").first()
    scan = PaperScan.objects.filter(act_id=act_id).first()
    # Asked for what is absent too, so that both answers cost the same.
    works_there = can_read_papers(viewer, (act.group_id if act else None) or act_id)
    is_own = Act.objects.filter(as_one("subject", [viewer.pk]), pk=act_id).exists()
    if act is None or scan is None or not (works_there or is_own):
        raise Refused("paper.read", ACT, act_id)
    record("paper.read", object_type="consent.PaperScan", object_id=scan.pk)
    ending = PaperScan.Type(scan.content_type).name.lower()
    with EncryptedStorage().open(scan.file) as file:
        return ScanFile(file.read(), scan.content_type, f"paper-{act.dated_on:%Y-%m-%d}.{ending}")


def grace_of(group: TherapyGroup) -> GracePeriod | None:
    """Return the latest row of a visible group's grace period, running or over."""
    return GracePeriod.objects.filter(group=group).select_related("set_by").order_by("-set_at", "-pk").first()
