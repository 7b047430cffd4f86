"""Who signs what: the lines of answers that a person keeps under one document, and for whom."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Exists, F, OuterRef, Q, QuerySet, Subquery
from django.utils import timezone

from consent.kinds import Scope, Signer, load_kind
from consent.models import Capacity, ConsentBasis, DocumentVersion, GuardianLink, Who
from groupcare.access import RoleHolding
from groupcare.accounts.merge_models import as_one
from groupcare.accounts.models import Person
from groups.models import Facilitation, Membership

# Those who lead sign as such; those who learn or supervise sign as people who watch. Source: REQ-3, REQ-29.
LEADS = (Facilitation.Role.LEAD, Facilitation.Role.CO, Facilitation.Role.STAND_IN)
WATCHES = (Facilitation.Role.TRAINEE, Facilitation.Role.SUPERVISOR)


@dataclass(frozen=True, slots=True)
class SigningLine:
    """One line of answers: who answers, for whom, as what. A young person's guardian answers in a line of their own."""

    who: Who
    capacity: Capacity
    subject_id: UUID
    signer_id: UUID

    @property
    def is_own(self) -> bool:
        """Return whether the signer answers for themselves."""
        return self.subject_id == self.signer_id

    @property
    def condition(self) -> Q:
        """Return the condition that an act stands in this line, on whichever entries of the two people it stands."""
        subject = as_one("subject", [self.subject_id])
        signer = Q(signer=F("subject")) if self.is_own else as_one("signer", [self.signer_id])
        return subject & signer & Q(capacity=self.capacity)


def line_of_member(person: Person) -> SigningLine:
    """Return the line in which a member answers for themselves."""
    return SigningLine(Who.MEMBER, Capacity.SELF, person.pk, person.pk)


def with_standing_place(versions: QuerySet[DocumentVersion], viewer: Person) -> QuerySet[DocumentVersion]:
    """Return versions that know what ``viewer`` is to the group of each: what ``lines_of`` reads, in the same query."""
    now = timezone.now()
    mine = Membership.objects.filter(person=viewer, group=OuterRef("group"), ended_at__isnull=True)
    runs = Facilitation.objects.filter(person=viewer, group=OuterRef("group"), valid_from__lte=now).filter(
        Q(valid_until__isnull=True) | Q(valid_until__gt=now)
    )
    basis = ConsentBasis.objects.filter(person=viewer).order_by("-decided_at", "-pk")
    wards = Membership.objects.filter(group=OuterRef("group"), ended_at__isnull=True, person__in=wards_of(viewer))
    return versions.annotate(
        is_member=Exists(mine),
        leads=Exists(runs.filter(role__in=LEADS)),
        watches=Exists(runs.filter(role__in=WATCHES)),
        works_here=Exists(RoleHolding.objects.current().filter(person=viewer)),
        decides=Subquery(basis.values("decides")[:1]),
        has_wards=Exists(wards),
    )


def lines_of(viewer: Person, version: DocumentVersion) -> list[SigningLine]:
    """Return the lines under a version's document in which ``viewer`` may answer now; their own first.

    Args:
        viewer: who would answer.
        version: one that ``with_standing_place`` read for the viewer.
    """
    if version.document.retired_at is not None:
        return []
    found = [line for signer in load_kind(version.document.kind).signers for line in _lines(viewer, version, signer)]
    return sorted(found, key=lambda line: (not line.is_own, str(line.subject_id)))


def decides_for(person_ids: Iterable[UUID]) -> dict[UUID, ConsentBasis]:
    """Return the basis that holds for each of these people; who has none decides for themselves. One query."""
    rows = ConsentBasis.objects.filter(person__in=list(person_ids)).order_by("decided_at", "pk").defer("grounds")
    return {row.person_id: row for row in rows}


def guardian_links() -> QuerySet[GuardianLink]:
    """Return the links that hold now; for services and other selectors, which ask about people the viewer may see."""
    now = timezone.now()
    links = GuardianLink.objects.filter(ended_at__isnull=True, valid_from__lte=now)
    return links.filter(Q(valid_until__isnull=True) | Q(valid_until__gt=now))


def wards_of(viewer: Person) -> QuerySet[GuardianLink, UUID]:
    """Return the ids of the young people whom ``viewer`` may answer for now, for a subquery."""
    return guardian_links().filter(guardian=viewer).values_list("person_id", flat=True)


def _lines(viewer: Person, version: DocumentVersion, signer: Signer) -> list[SigningLine]:
    """Return the viewer's lines for one signature line of the kind."""
    if signer.who == Who.GUARDIAN:
        return _as_guardian(viewer, version, signer) if version.has_wards else []  # type: ignore[attr-defined]
    mine = SigningLine(signer.who, signer.capacity, viewer.pk, viewer.pk)
    return [mine] if _signs(viewer, version, signer.who) else []


def _signs(viewer: Person, version: Any, who: Who) -> bool:
    """Return whether the viewer is one of ``who`` for this version's document."""
    if load_kind(version.document.kind).scope == Scope.PERSON:
        is_theirs = version.document.person_id == viewer.pk
    else:
        is_theirs = version.is_member
    decides = version.decides or ConsentBasis.Decides.ADULT
    signs: dict[Who, bool] = {
        Who.MEMBER: is_theirs,
        Who.ADULT_MEMBER: is_theirs and decides != ConsentBasis.Decides.GUARDIAN,
        Who.YOUNG_MEMBER: is_theirs and decides != ConsentBasis.Decides.ADULT,
        Who.FACILITATOR: version.leads,
        Who.OBSERVER: version.watches,
        Who.STAFF: version.works_here,
    }
    return signs.get(who, False)


def _as_guardian(viewer: Person, version: DocumentVersion, signer: Signer) -> list[SigningLine]:
    """Return a line for each young person of the version's group whom the viewer is a guardian of."""
    places = Membership.objects.filter(group=version.group_id, ended_at__isnull=True, person__in=wards_of(viewer))
    wards = list(places.values_list("person_id", flat=True))
    bases = decides_for(wards)
    asked = {ConsentBasis.Decides.GUARDIAN, ConsentBasis.Decides.BOTH}
    return [
        SigningLine(signer.who, signer.capacity, ward, viewer.pk)
        for ward in wards
        if ward in bases and bases[ward].decides in asked
    ]
