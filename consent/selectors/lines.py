"""Who signs what: the lines of answers that a person keeps under one document, and for whom."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Exists, F, OuterRef, Q, QuerySet, Subquery, UUIDField, Value
from django.db.models.functions import Coalesce
from django.db.models.lookups import Exact
from django.utils import timezone
from django.utils.translation import gettext as _

from consent.kinds import Scope, Signer, load_kind
from consent.models import Capacity, ConsentBasis, DocumentVersion, GuardianLink, SignersPolicy, Who
from groupcare.access import RoleHolding
from groupcare.accounts.merge_models import as_one, kept_for
from groupcare.accounts.models import Person
from groupcare.exceptions import InvalidTransition
from groups.models import Facilitation, Membership

# Those who lead sign as such; those who learn or supervise sign as people who watch. Source: REQ-3, REQ-29.
LEADS = (Facilitation.Role.LEAD, Facilitation.Role.CO, Facilitation.Role.STAND_IN)
WATCHES = (Facilitation.Role.TRAINEE, Facilitation.Role.SUPERVISOR, Facilitation.Role.OBSERVER)
INTERPRETS = (Facilitation.Role.INTERPRETER,)
# Guardians are asked only where the basis says so.
ANSWERED_FOR = (ConsentBasis.Decides.GUARDIAN, ConsentBasis.Decides.BOTH)


class LineNotChosen(InvalidTransition):
    """Somebody who may answer for several people did not say for whom: nothing is chosen for them."""


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


def running(now: datetime) -> QuerySet[Facilitation]:
    """Return the parts in running groups that hold at ``now``; for subqueries about people the viewer may see."""
    return Facilitation.objects.filter(valid_from__lte=now).filter(Q(valid_until__isnull=True) | Q(valid_until__gt=now))


def line_of_member(person: Person) -> SigningLine:
    """Return the line in which a member answers for themselves."""
    return SigningLine(Who.MEMBER, Capacity.SELF, person.pk, person.pk)


def with_standing_place(versions: QuerySet[DocumentVersion], viewer: Person) -> QuerySet[DocumentVersion]:
    """Return versions that know what ``viewer`` is to the group of each: what ``lines_of`` reads, in the same query."""
    now = timezone.now()
    mine = Membership.objects.filter(person=viewer, group=OuterRef("group"), ended_at__isnull=True)
    duties = running(now).filter(person=viewer)
    runs = duties.filter(group=OuterRef("group"))
    basis = ConsentBasis.objects.filter(person=viewer).order_by("-decided_at", "-pk")
    wards = Membership.objects.filter(group=OuterRef("group"), ended_at__isnull=True, person__in=wards_of(viewer))
    return versions.annotate(
        is_member=Exists(mine),
        leads=Exists(runs.filter(role__in=LEADS)),
        watches=Exists(runs.filter(role__in=WATCHES)),
        interprets=Exists(runs.filter(role__in=INTERPRETS)),
        interprets_here=Exists(duties.filter(role__in=INTERPRETS)),
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


def chosen_line(lines: Sequence[SigningLine], subject_id: UUID | None) -> SigningLine | None:
    """Return the line for somebody, or the only one if nobody is named; None where there is no such line.

    Raises:
        LineNotChosen: nobody is named, and there are lines for several people.
    """
    if subject_id is None and len({line.subject_id for line in lines}) > 1:
        raise LineNotChosen(_("You answer for more than one person here. Choose first for whom."))
    return next((line for line in lines if subject_id in (None, line.subject_id)), None)


def decides_for(person_ids: Iterable[UUID]) -> dict[UUID, ConsentBasis]:
    """Return the basis that holds for each of these people; who has none decides for themselves. One query."""
    rows = ConsentBasis.objects.filter(person__in=list(person_ids)).order_by("decided_at", "pk").defer("grounds")
    return {row.person_id: row for row in rows}


def guardian_links() -> QuerySet[GuardianLink]:
    """Return the links that hold now; for services and other selectors, which ask about people the viewer may see."""
    return GuardianLink.objects.filter(holds_at(timezone.now()))


def links_of(guardian_ids: Iterable[UUID], wards: QuerySet[Membership]) -> list[GuardianLink]:
    """Return the links, also ended ones, of these guardians to the people of these places, the latest last; one query.

    They hold the names under which those who run the group know the guardians. Each has ``ward`` and ``known``, the ids
    under which the young person and the guardian are kept, and ``has_place: bool``: whether one of the places is the
    guardian's own. For selectors whose rows the viewer may see.
    """
    entries = GuardianLink.objects.annotate(
        ward=Coalesce(kept_for("person"), F("person"), output_field=UUIDField()),
        known=Coalesce(kept_for("guardian"), F("guardian"), output_field=UUIDField()),
        has_place=Exists(wards.filter(person=OuterRef("guardian"))),
    )
    people = wards.values("person")
    found = entries.filter(as_one("guardian", guardian_ids), Q(ward__in=people) | Q(person__in=people))
    return list(found.select_related("guardian__user").defer("evidence").order_by("valid_from", "pk"))


def holds_at(now: datetime) -> Q:
    """Return the condition that a guardian link holds at ``now``."""
    begun = Q(valid_from__lte=now) & (Q(valid_until__isnull=True) | Q(valid_until__gt=now))
    return begun & (Q(ended_at__isnull=True) | Q(ended_at__gt=now))


def wards_of(viewer: Person) -> QuerySet[GuardianLink, UUID]:
    """Return the ids of the young people whom ``viewer`` may answer for now, for a subquery.

    A young person who is of age, or decides alone, is nobody's ward from that moment on, whatever the links say. Where
    a court order decides whose answer counts, they are the ward of those alone whom it names: nobody else is asked,
    sees a paper, or learns why.
    """
    basis = ConsentBasis.objects.filter(person=OuterRef("person")).order_by("-decided_at", "-pk")
    mine = guardian_links().filter(as_one("guardian", [viewer.pk]))
    decided = mine.annotate(
        decides=Subquery(basis.values("decides")[:1]), joined=Subquery(basis.values("guardians")[:1])
    )
    counts = ~Q(joined=SignersPolicy.COURT_ORDER) | Q(authority=GuardianLink.Authority.COURT)
    return decided.filter(counts, decides__in=ANSWERED_FOR).values_list("person_id", flat=True)


def decides_alone(viewer: Person) -> "Exact[str]":
    """Return the condition that nobody else decides for ``viewer`` any more, nor ever did: who is of age.

    A young person who decides alone under a law of the place is not of age: what guardians signed before stays theirs
    until then (our choice).
    """
    basis = ConsentBasis.objects.filter(as_one("person", [viewer.pk])).order_by("-decided_at", "-pk")
    said = Coalesce(Subquery(basis.values("decides")[:1]), Value(ConsentBasis.Decides.ADULT))
    return Exact(said, Value(ConsentBasis.Decides.ADULT))


def leaders_of(group_ids: Iterable[UUID]) -> dict[UUID, list[UUID]]:
    """Return the ids of those who lead each group now, in a steady order; for services that write to them."""
    wanted = list(group_ids)
    runs = running(timezone.now()).filter(group__in=wanted, role__in=LEADS, person__user__is_active=True)
    found: dict[UUID, list[UUID]] = {group_id: [] for group_id in wanted}
    for group_id, person_id in runs.order_by("person_id").values_list("group_id", "person_id"):
        found[group_id].append(person_id)
    return found


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
        Who.INTERPRETER: version.interprets if version.group_id else version.interprets_here,
        Who.STAFF: version.works_here,
    }
    return signs.get(who, False)


def _as_guardian(viewer: Person, version: DocumentVersion, signer: Signer) -> list[SigningLine]:
    """Return a line for each young person of the version's group whom the viewer is a guardian of."""
    places = Membership.objects.filter(group=version.group_id, ended_at__isnull=True, person__in=wards_of(viewer))
    if version.document.person_id is not None:
        places = places.filter(person=version.document.person_id)
    wards = places.order_by("created_at", "pk").values_list("person_id", flat=True)
    return [SigningLine(signer.who, signer.capacity, ward, viewer.pk) for ward in wards]
