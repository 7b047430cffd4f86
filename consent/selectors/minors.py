"""Who decides for a member, as those who run the group see it, and what a guardian answers for their own child."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias
from uuid import UUID

from consent.kinds.wording import title_of
from consent.models import ConsentBasis, GuardianLink, Who
from consent.permissions import place_to_decide
from consent.selectors.standings import Answer, PersonStanding
from groupcare.accounts.merge_models import as_one
from groupcare.accounts.models import Person
from groupcare.audit import record
from groupcare.vault import unlock
from groups.models import Membership

Found: TypeAlias = Mapping[tuple[UUID, UUID], PersonStanding]


@dataclass(frozen=True, slots=True)
class Deciders:
    """Who decides about one member's taking part: the basis that holds, the one before, and the guardians."""

    place: Membership
    basis: ConsentBasis | None
    links: tuple[GuardianLink, ...]

    @property
    def is_young(self) -> bool:
        """Return whether guardians have a part in it."""
        return self.basis is not None and self.basis.decides != ConsentBasis.Decides.ADULT


def deciders(viewer: Person, group_id: UUID, membership_id: UUID, action: str = "deciders.read") -> Deciders:
    """Return who decides for the member of a place, guardians in force first, and record the reading.

    Raises:
        Refused: absent, or the viewer does not manage the group.
    """
    place = place_to_decide(viewer, group_id, membership_id, action)
    own = as_one("person", [place.person_id])
    basis = ConsentBasis.objects.filter(own).order_by("-decided_at", "-pk").select_related("decided_by").first()
    links = list(GuardianLink.objects.filter(own).select_related("guardian__user").order_by("valid_from", "pk"))
    links.sort(key=lambda one: one.ended_at is not None)
    unlock(place, [basis, basis.decided_by] if basis else [], links)
    record(action, object_type="groups.Membership", object_id=place.pk)
    return Deciders(place, basis, tuple(links))


@dataclass(frozen=True, slots=True)
class WardAnswer:
    """What one guardian is asked for one child: the child's name, and how the guardian's own line stands."""

    ward: Person
    answer: Answer
    is_owed: bool
    title: str


def ward_rows(viewer: Person, places: Sequence[Membership], found: Found) -> list[WardAnswer]:
    """Return what the viewer is asked for each of their young people in these places.

    Of another guardian's answer nothing is in it: where the viewer's own is not owed, it says no more than that. Where
    the viewer's answer does not count there is no row.
    """
    unlock([one.person for one in places])
    rows = []
    for place in places:
        for answer in found[place.group_id, place.person_id].answers:
            mine = [one for one in answer.slots if one.slot.signer_id == viewer.pk]
            if answer.rule.who == Who.GUARDIAN and mine:
                owed = {slot.signer_id for slot in answer.owed}
                title = title_of(answer.rule.kind, viewer.language)
                own = Answer(answer.rule, mine[0].standing, tuple(mine))
                rows.append(WardAnswer(place.person, own, viewer.pk in owed, title))
    return rows
