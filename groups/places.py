"""Where groups meet: what the practice's law needs to know of them."""

from collections.abc import Collection
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from groupcare.access import RoleHolding
from groups.models import Facilitation, TherapyGroup
from groups.permissions import WORKING_ROLES


def _open() -> QuerySet[TherapyGroup]:
    return TherapyGroup.objects.filter(closed_at__isnull=True)


def _at(places: Collection[str], path: str = "") -> Q:
    return Q(**{f"{path}place__in": list(places)}) | Q(**{f"{path}site__place__in": list(places)})


def _running() -> QuerySet[Facilitation]:
    """Return who runs an open group now, with a role that lets them and an account in use."""
    now = timezone.now()
    return (
        Facilitation.objects.filter(
            Q(valid_until__isnull=True) | Q(valid_until__gt=now), valid_from__lte=now, group__closed_at__isnull=True
        )
        .filter(
            Exists(RoleHolding.objects.current().filter(person=OuterRef("person"), role__in=WORKING_ROLES)),
        )
        .exclude(person__user__is_active=False)
    )


class GroupPlaces:
    """Whose law the open groups stand under: that which was chosen for each, and that of the site where it meets."""

    def in_use(self) -> QuerySet[Any, str]:
        """Return the chosen places of all open groups; their sites are those of the practice."""
        return _open().order_by().values_list("place", flat=True)

    def used(self, places: Collection[str]) -> Exists:
        """Return the condition that an open group stands under the law of one of these places."""
        return Exists(_open().filter(_at(places)))

    def people_at(self, places: Collection[str]) -> set[UUID]:
        """Return who runs an open group there now."""
        return set(_running().filter(_at(places, "group__")).values_list("person_id", flat=True))

    def of_person(self, person_id: UUID) -> set[str]:
        """Return the places of the open groups that this person runs now."""
        rows = _running().filter(person=person_id).values_list("group__place", "group__site__place").distinct()
        return {code for row in rows for code in row if code}
