"""Groups, the people who run them and the people who belong to them."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Subquery
from django.utils import timezone

from groupcare.access import Right
from groupcare.access.models import RoleHolding
from groupcare.accounts.models import Person
from groupcare.exceptions import Refused
from groupcare.vault import unlock
from groups.models import Facilitation, LeaveWish, Membership, TherapyGroup
from groups.permissions import GROUP, NAMED_FROM, groups_with
from groups.selectors.naming import newest_choice

_FLAGS = {
    "can_manage": Right.MANAGE_GROUP,
    "can_read_notes": Right.READ_NOTES,
    "can_write_notes": Right.WRITE_NOTES,
}


def may_on(viewer: Person, right: Right, path: str = "pk") -> Exists:
    """Return a column that tells whether the viewer holds ``right`` on the group at ``path``."""
    return Exists(groups_with(viewer, right).filter(pk=OuterRef(path)))


def visible_groups(viewer: Person, right: Right = Right.SEE_GROUP) -> QuerySet[TherapyGroup]:
    """Return the groups on which the viewer holds ``right`` now, oldest first."""
    return groups_with(viewer, right).select_related("site").order_by("created_at", "pk")


def group_list(viewer: Person) -> QuerySet[TherapyGroup]:
    """Return the visible groups, each with ``places_taken: int``."""
    taken = Count("memberships", filter=Q(memberships__ended_at__isnull=True), distinct=True)
    return visible_groups(viewer).annotate(places_taken=taken)


def get_group(viewer: Person, pk: UUID, right: Right = Right.SEE_GROUP, action: str = "group.read") -> TherapyGroup:
    """Return one group, with ``can_manage``, ``can_read_notes`` and ``can_write_notes`` of the viewer.

    Raises:
        Refused: absent or forbidden; both look the same.
    """
    found = (
        visible_groups(viewer, right)
        .filter(pk=pk)
        .annotate(**{name: may_on(viewer, right) for name, right in _FLAGS.items()})
        .first()
    )
    if found is None:
        raise Refused(action, GROUP, pk)
    return found


def last_wish() -> Subquery:
    """Return a column of a membership: what the member last said about leaving, or None."""
    said = LeaveWish.objects.filter(membership=OuterRef("pk")).order_by("-said_at", "-pk")
    return Subquery(said.values("kind")[:1])


def members_of(viewer: Person, group: TherapyGroup) -> QuerySet[Membership]:
    """Return the open memberships of a group the viewer may see, longest first, each with its person and ``wish``.

    And with ``pronouns_shown``: to whom the member lets this group show their pronouns, or None.
    """
    return (
        Membership.objects.filter(group=group, group__in=groups_with(viewer, Right.SEE_GROUP), ended_at__isnull=True)
        .select_related("person__user", "group")
        .annotate(wish=last_wish(), pronouns_shown=newest_choice("pronouns_shown"))
        .order_by("created_at", "pk")
    )


def places_in(viewer: Person, groups: Iterable[UUID]) -> list[Membership]:
    """Return the open memberships of those of ``groups`` that the viewer may see, each with its person and group."""
    seen = groups_with(viewer, Right.SEE_GROUP).filter(pk__in=set(groups))
    found = Membership.objects.filter(group__in=seen, ended_at__isnull=True)
    return list(found.select_related("person", "group").order_by("created_at", "pk"))


def membership_of(viewer: Person, group: TherapyGroup, pk: UUID, action: str = "membership.read") -> Membership:
    """Return one open membership of a group the viewer may see.

    Raises:
        Refused: absent, ended, of another group, or forbidden.
    """
    found = members_of(viewer, group).filter(pk=pk).first()
    if found is None:
        raise Refused(action, "groups.Membership", pk)
    return found


def group_with_facilitators(
    viewer: Person,
    pk: UUID,
    columns: Mapping[str, Any] | None = None,
    *,
    right: Right = Right.SEE_GROUP,
    action: str = "group.read",
) -> tuple[TherapyGroup, list[Facilitation], Facilitation]:
    """Return a visible group with its rights of the viewer, who runs it now or will (lead first), in one query.

    Args:
        viewer: who asks.
        pk: the group.
        columns: more of the same query by their names, which may refer to ``OuterRef("group_id")``; the third that is
            returned is the row that carries them.
        right: what the viewer must hold on the group.
        action: what is tried, for the trail.

    Raises:
        Refused: absent or forbidden; both look the same.
    """
    found = list(
        Facilitation.objects.filter(group=pk, group__in=groups_with(viewer, right))
        .filter(Q(valid_until__isnull=True) | Q(valid_until__gt=timezone.now()))
        .select_related("group__site", "person")
        .annotate(**{name: may_on(viewer, flag, "group_id") for name, flag in _FLAGS.items()}, **(columns or {}))
        .order_by("valid_from", "pk")
    )
    if not found:
        raise Refused(action, GROUP, pk)
    group, order = found[0].group, list(Facilitation.Role)
    for name in _FLAGS:
        setattr(group, name, getattr(found[0], name))
    found.sort(key=lambda one: order.index(Facilitation.Role(one.role)))
    return group, found, found[0]


def facilitators_of(viewer: Person, group: TherapyGroup) -> list[Facilitation]:
    """Return who runs a visible group now or will, the lead first, each with the person.

    Raises:
        Refused: absent or forbidden; both look the same.
    """
    return group_with_facilitators(viewer, group.pk)[1]


def my_memberships(viewer: Person) -> QuerySet[Membership]:
    """Return the viewer's own open memberships, longest first."""
    return Membership.objects.filter(person=viewer, ended_at__isnull=True).order_by("created_at", "pk")


def staff_to_choose_from(viewer: Person, group: TherapyGroup) -> Sequence[Person]:
    """Return colleagues who may help to run a group the viewer manages, watch or interpret, by name; not those who do.

    Names of colleagues are known inside a practice; still only the manager of a group is shown them.
    """
    busy = Facilitation.objects.filter(group=group).filter(
        Q(valid_until__isnull=True) | Q(valid_until__gt=timezone.now())
    )
    roles = RoleHolding.objects.current().filter(role__in=NAMED_FROM)
    managed = groups_with(viewer, Right.MANAGE_GROUP).filter(pk=group.pk)
    people = list(
        Person.objects.filter(Exists(managed), pk__in=roles.values("person_id")).exclude(
            pk__in=busy.values("person_id")
        )
    )
    unlock(people)
    return sorted(people, key=lambda person: person.used_name.casefold())
