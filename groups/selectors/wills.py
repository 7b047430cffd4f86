"""Professional wills: one's own; who has one; and, for those concerned, how far an opening is."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Exists, Model, OuterRef, QuerySet
from django.utils import timezone

from groupcare.access import Role, holds, roles_of
from groupcare.access.models import RoleHolding
from groupcare.accounts.models import Person
from groupcare.audit import record
from groupcare.exceptions import Refused
from groupcare.vault import unlock
from groups.models import Facilitation, ProfessionalWill, TherapyGroup, WillOpening
from groups.permissions import groups_with
from groups.wills import REVIEW_AFTER, Condition, Done, Stage, conditions, stage_of

WILL, OPENING = "groups.ProfessionalWill", "groups.WillOpening"


@dataclass(frozen=True)
class Opening:
    """An opening with what was done about it."""

    row: WillOpening
    stage: Stage
    condition: Condition
    opens_at: datetime | None


def newest_wills() -> QuerySet[ProfessionalWill]:
    """Return the newest version of each facilitator. Holds no check; nothing in it is unlocked."""
    later = ProfessionalWill.objects.filter(
        facilitator=OuterRef("facilitator"), reviewed_at__gt=OuterRef("reviewed_at")
    )
    return ProfessionalWill.objects.filter(~Exists(later)).select_related("facilitator").order_by("reviewed_at", "pk")


def own_will(viewer: Person) -> ProfessionalWill | None:
    """Return the viewer's own newest will, or None."""
    return newest_wills().filter(facilitator=viewer).first()


def is_due(will: ProfessionalWill) -> bool:
    """Tell whether a year has passed since the will was reviewed."""
    return will.reviewed_at + REVIEW_AFTER <= timezone.now()


def oversees_wills(viewer: Person) -> bool:
    """Tell whether the viewer may list who has a will, and say that a condition is met."""
    return bool(roles_of(viewer) & {Role.ADMINISTRATOR, Role.PRIVACY_OFFICER})


def will_list(viewer: Person) -> QuerySet[ProfessionalWill]:
    """Return who has a will and when it was reviewed, for those who oversee them; no content."""
    return newest_wills() if oversees_wills(viewer) else ProfessionalWill.objects.none()


def will_to_open(viewer: Person, pk: UUID) -> ProfessionalWill:
    """Return the newest will of somebody else.

    Raises:
        Refused: absent, superseded, one's own, or the viewer does not oversee wills.
    """
    found = will_list(viewer).exclude(facilitator=viewer).filter(pk=pk).first()
    if found is None:
        raise Refused("will.ask", WILL, pk)
    return found


def folded(rows: list[WillOpening]) -> list[Opening]:
    """Return openings with their stages; the rows bring their steps."""
    now, found = timezone.now(), []
    for row in rows:
        condition = conditions()[row.condition]
        steps = [Done(step.kind, step.actor_id, step.taken_at) for step in row.steps.all()]
        stage = stage_of(opened_by=row.asked_by_id, wait=condition.wait, steps=steps, now=now)
        confirmed = next((step.at for step in steps if step.kind == "confirmed"), None)
        found.append(Opening(row, stage, condition, confirmed + condition.wait if confirmed else None))
    return found


def _openings() -> QuerySet[WillOpening]:
    """Return all openings with their steps, newest first. Holds no check."""
    rows = WillOpening.objects.select_related("will", "facilitator", "asked_by").prefetch_related("steps")
    return rows.order_by("-asked_at", "pk")


def delegates(will: ProfessionalWill) -> set[str]:
    """Return the ids of those whom a will names. Unlocks it; for services and checks only."""
    terms: dict[str, Any] = will.terms
    return {one for one in (terms.get("delegate"), terms.get("second")) if one}


def openings_for(viewer: Person) -> list[Opening]:
    """Return the openings that concern the viewer: their own will, one that names them, or all for who oversees."""
    rows = list(_openings()[:50])
    unlock(rows)
    if not (oversees_wills(viewer) or holds(viewer, Role.EXTERNAL_REVIEWER)):
        rows = [row for row in rows if row.facilitator_id == viewer.pk or str(viewer.pk) in delegates(row.will)]
    return folded(rows)


def get_opening(
    viewer: Person, pk: UUID, action: str = "will.read", may: Callable[[Person, Opening], bool] | None = None
) -> Opening:
    """Return one opening that concerns the viewer, with which they ``may`` do ``action``, and record the reading.

    Raises:
        Refused: absent, it does not concern them, or they may not; all look the same.
    """
    found = next((one for one in openings_for(viewer) if one.row.pk == pk), None)
    if found is None or not (may is None or may(viewer, found)):
        raise Refused(action, OPENING, pk)
    record(action, object_type=OPENING, object_id=pk)
    return found


def may_confirm(viewer: Person, opening: Opening) -> bool:
    """Tell whether the viewer may be the second person: a delegate, or the external reviewer; never who asked."""
    if viewer.pk in (opening.row.asked_by_id, opening.row.facilitator_id):
        return False
    return holds(viewer, Role.EXTERNAL_REVIEWER) or str(viewer.pk) in delegates(opening.row.will)


def may_stop(viewer: Person, opening: Opening) -> bool:
    """Tell whether it is the viewer's own will."""
    return opening.row.facilitator_id == viewer.pk


def ready_openings() -> list[Opening]:
    """Return the openings whose hours are over, for the sweep. Holds no check."""
    return [one for one in folded(list(_openings())) if one.stage == Stage.READY]


def led_groups(person_id: UUID) -> QuerySet[TherapyGroup]:
    """Return the groups that a person leads now. Holds no check; for services."""
    now = timezone.now()
    leading = Facilitation.objects.filter(
        person=person_id, role=Facilitation.Role.LEAD, valid_from__lte=now, valid_until__isnull=True
    )
    return TherapyGroup.objects.filter(pk__in=leading.values("group_id")).order_by("created_at", "pk")


def own_led_groups(viewer: Person) -> list[TherapyGroup]:
    """Return the groups that the viewer leads now and may see."""
    from groupcare.access import Right

    seen = groups_with(viewer, Right.MANAGE_GROUP).values("pk")
    return list(led_groups(viewer.pk).filter(pk__in=seen))


def colleagues(viewer: Person, also: Iterable[Model] = ()) -> list[Person]:
    """Return the other facilitators, by name, for somebody who writes a will; the keys of ``also`` come along."""
    working = RoleHolding.objects.current().filter(role=Role.FACILITATOR)
    people = list(Person.objects.filter(pk__in=working.values("person_id")).exclude(pk=viewer.pk))
    unlock(people, also)
    return sorted(people, key=lambda person: person.used_name.casefold())
