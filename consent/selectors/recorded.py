"""What those who work with a group see of answers on paper and by voice, and the scans of papers."""

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Exists, Model, OuterRef, Q, QuerySet

from consent.kinds import Kind
from consent.models import (
    Act,
    ActKind,
    ConsentBasis,
    Document,
    DocumentVersion,
    GracePeriod,
    GuardianLink,
    PaperScan,
    Particulars,
    SignersPolicy,
    Who,
)
from consent.permissions import ACT, VERSION, can_read_papers
from consent.selectors.lines import ANSWERED_FOR, SigningLine, guardian_links
from consent.selectors.papers import about_or_by, in_force
from groupcare.accounts.merge_models import as_one
from groupcare.accounts.models import Person
from groupcare.audit import record
from groupcare.exceptions import Refused
from groupcare.vault import EncryptedStorage, unlock
from groups.models import Membership, TherapyGroup

# Our choice, because a person answers once a year; more are on the person's own list.
MOST_ANSWERS = 20


@dataclass(frozen=True, slots=True)
class Answerer:
    """Somebody whose answer about a member is written down: the member, or one of their guardians."""

    person: Person
    line: SigningLine
    # What those who run the group call them: of a guardian, the name as it was written down, not what we know besides.
    name: str
    # What the guardian is to the member; empty for the member.
    relationship: str = ""


@dataclass(frozen=True, slots=True)
class Answerers:
    """Who answers for the member of a place: themselves, and the guardians that hold now."""

    place: Membership
    decides: ConsentBasis.Decides
    guardians: tuple[GuardianLink, ...]

    def of(self, kind: Kind) -> list[Answerer]:
        """Return who answers a kind, the member first; nobody where only those who work here do."""
        person = self.place.person
        own = {
            Who.MEMBER: True,
            Who.ADULT_MEMBER: self.decides != ConsentBasis.Decides.GUARDIAN,
            Who.YOUNG_MEMBER: self.decides != ConsentBasis.Decides.ADULT,
        }
        found = [
            Answerer(person, SigningLine(one.who, one.capacity, person.pk, person.pk), person.used_name)
            for one in kind.signers
            if own.get(one.who)
        ]
        guardian = kind.signed_by(Who.GUARDIAN)
        if guardian is None or self.decides not in ANSWERED_FOR:
            return found
        return found + [
            Answerer(
                link.guardian,
                SigningLine(guardian.who, guardian.capacity, person.pk, link.guardian_id),
                link.name,
                str(link.get_relationship_display()),
            )
            for link in self.guardians
        ]


def answerers(place: Membership, *, also: Iterable[Model] = ()) -> Answerers:
    """Return who answers for the member of a place, with the place and its names unlocked.

    Under a court order those guardians alone whom it names.

    Two queries where guardians have a part in it, one where they do not.

    Args:
        place: one that ``check_can_record`` returned for the viewer.
        also: rows of the caller, whose keys are fetched in the same query.
    """
    decides = ConsentBasis.Decides(place.decides or ConsentBasis.Decides.ADULT)  # type: ignore[attr-defined]
    found: tuple[GuardianLink, ...] = ()
    if decides in ANSWERED_FOR:
        links = guardian_links().filter(person=place.person_id).select_related("guardian__user").defer("evidence")
        if place.joined_by == SignersPolicy.COURT_ORDER:  # type: ignore[attr-defined]
            links = links.filter(authority=GuardianLink.Authority.COURT)
        found = tuple(links.order_by("valid_from", "pk"))
    unlock(place, place.person, found, also)
    return Answerers(place, decides, found)


def version_for_place(place: Membership, pk: UUID, action: str) -> DocumentVersion:
    """Return a version that counts now or did, to be read out or handed to a place's member.

    The caller has checked who asks.

    Raises:
        Refused: absent, not in force yet, of another group, or a paper made out for somebody else.
    """
    found = _for_place(place).filter(pk=pk).first()
    if found is None:
        raise Refused(action, VERSION, pk)
    return found


def versions_for_place(place: Membership) -> QuerySet[DocumentVersion]:
    """Return the versions for a place's member, newest first, without their words: the group's, and their own papers.

    Documents that are retired are left out, and versions whose day has not come.
    """
    found = _for_place(place).filter(document__retired_at__isnull=True).defer("clauses", "summary")
    return found.order_by("document__created_at", "document", "-number", "language")


def _for_place(place: Membership) -> QuerySet[DocumentVersion]:
    """Return the versions that count now or did; one whose day has not come is nothing to sign or to read out yet."""
    for_all = Q(document__person__isnull=True) | Q(document__person=place.person_id)
    return in_force().order_by().filter(for_all, group=place.group_id).select_related("document")


def number_in_force(version: DocumentVersion) -> int | None:
    """Return the number of a version's document that counts now; the caller may see the version."""
    return in_force().filter(document=version.document_id).values_list("number", flat=True).first()


def last_valid_answer(document_id: UUID, line: SigningLine) -> Act | None:
    """Return the latest answer in a line that was not found not valid; for services, which know whose line it is.

    "Not valid" always follows the one answer that it is about, so both are passed over together.
    """
    rows = (
        Act.objects.filter(line.condition, document_id=document_id)
        .exclude(act=ActKind.PRESENTED)
        .defer("evidence")
        .order_by("-at", "-id")
    )
    passed_over = 0
    for one in rows:
        if one.act == ActKind.INVALIDATED:
            passed_over += 1
        elif passed_over:
            passed_over -= 1
        else:
            return one
    return None


def answers_of(place: Membership) -> list[Act]:
    """Return the latest answers of a place's member in its group, newest first, and record the reading.

    Who wrote one down is still locked: ``answerers`` unlocks them in the same query as everybody else. Each has ``is_last: bool``: whether no later answer stands in its line. The caller has checked that the viewer works
    with the group (``check_can_record``).
    """
    found: list[Act] = list(
        Act.objects.filter(as_one("subject", [place.person_id]), group_id=place.group_id)
        .exclude(act=ActKind.PRESENTED)
        .select_related("version__document", "recorded_by", "scan", "spoken")
        .annotate(is_last=~Exists(Act.objects.filter(supersedes=OuterRef("pk"))))
        .defer("evidence", "version__clauses", "version__summary")
        .order_by("-at", "-id")[:MOST_ANSWERS]
    )
    record("act.list", object_type="groups.Membership", object_id=place.pk)
    return found


@dataclass(frozen=True, slots=True)
class ScanFile:
    """The content of a scan, to be sent."""

    content: bytes
    content_type: str
    name: str


def read_scan(viewer: Person, act_id: UUID) -> ScanFile:
    """Return the scan of a paper for those whose own act it is, or somebody who works with the group; recorded.

    What a guardian signed on paper is theirs, and not the young person's before they are of age (``about_or_by``).

    Raises:
        Refused: absent, no paper, or not the viewer's to see.
    """
    act = Act.objects.filter(pk=act_id).defer("evidence").first()
    scan = PaperScan.objects.filter(act_id=act_id).first()
    # Asked for what is absent too, so that both answers cost the same.
    works_there = can_read_papers(viewer, (act.group_id if act else None) or act_id)
    is_own = Act.objects.filter(about_or_by(viewer), pk=act_id).exists()
    if act is None or scan is None or not (works_there or is_own):
        raise Refused("paper.read", ACT, act_id)
    record("paper.read", object_type="consent.PaperScan", object_id=scan.pk)
    ending = PaperScan.Type(scan.content_type).name.lower()
    with EncryptedStorage().open(scan.file) as file:
        return ScanFile(file.read(), scan.content_type, f"paper-{act.dated_on:%Y-%m-%d}.{ending}")


def filled_in(document: Document) -> dict[str, str]:
    """Return what fills the blanks of a paper now; the caller has checked that the viewer works with its group."""
    found = Particulars.objects.filter(document=document).order_by("-number").first()
    filled: dict[str, str] = found.filled if found is not None else {}
    return filled


def grace_of(group: TherapyGroup) -> GracePeriod | None:
    """Return the latest row of a visible group's grace period, running or over."""
    return GracePeriod.objects.filter(group=group).select_related("set_by").order_by("-set_at", "-pk").first()
