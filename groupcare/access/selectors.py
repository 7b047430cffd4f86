"""Reads of roles."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.db.models import Case, IntegerField, OuterRef, Subquery, Sum, Value, When
from django.db.models.functions import Coalesce

from groupcare.access import acting
from groupcare.access.models import Role, RoleHolding
from groupcare.access.people import Person, is_system


def roles_of(person: Person) -> frozenset[Role]:
    """Return the roles that ``person`` holds now; one query while the same person is at work.

    The system may ask about anyone.

    Raises:
        RuntimeError: nobody is at work, or another person is.
    """
    if is_system(person):
        return frozenset()
    state = acting.require(person, system_may_ask=True)
    assert person.id is not None  # noqa: S101 - only the system has no id
    if person.id not in state.roles:
        state.roles[person.id] = roles_by_person([person.id]).get(person.id, frozenset())
    return state.roles[person.id]


# A bit for each role, in the order of the list: they live in one query, and are kept nowhere.
_BITS = {role: 1 << number for number, role in enumerate(Role)}


def role_mark(person_id: OuterRef) -> Coalesce:
    """Return the roles that this person holds now as one number, for a query of accounts; read by ``marked_roles``."""
    bit = Case(*(When(role=role, then=Value(bit)) for role, bit in _BITS.items()))
    # A role that is held twice counts once.
    held = RoleHolding.objects.current().filter(person=person_id).values("person").annotate(all=Sum(bit, distinct=True))
    return Coalesce(Subquery(held.values("all"), output_field=IntegerField()), 0)


def marked_roles(row: Any) -> frozenset[Role] | None:
    """Return the roles that a row holds whose ``held_roles`` is a ``role_mark``, or None for a row read without."""
    mark: int | None = getattr(row, "held_roles", None)
    return None if mark is None else frozenset(role for role, bit in _BITS.items() if mark & bit)


def holds(person: Person, role: Role) -> bool:
    """Return whether ``person`` holds ``role`` now. Raises RuntimeError as ``roles_of`` does."""
    return role in roles_of(person)


def may_administer(person: Person) -> bool:
    """Return whether ``person`` is an administrator now, or the system at work."""
    if is_system(person):
        return bool(acting.current().system)
    return holds(person, Role.ADMINISTRATOR)


def holder_ids(role: Role) -> list[UUID]:
    """Return the ids of the people who hold ``role`` now, earliest holder first; one query while the same is at work.

    Somebody whose account is switched off is left out: nobody may wait for them to read a concern.

    Raises:
        RuntimeError: nobody is at work.
    """
    state = acting.current()
    if role not in state.holders:
        held = RoleHolding.objects.current().filter(role=role).exclude(person__user__is_active=False)
        rows = held.order_by("valid_from", "id")
        state.holders[role] = list(rows.values_list("person_id", flat=True))
    return list(state.holders[role])


def roles_by_person(person_ids: Iterable[UUID] | None = None) -> dict[UUID, frozenset[Role]]:
    """Return the current roles of these people, or of everybody, in one query; who holds none is left out.

    Asked for everybody, it has read what ``holder_ids`` wants too, and keeps it for as long.

    Raises:
        RuntimeError: nobody is at work.
    """
    state = acting.current()
    found: dict[UUID, set[Role]] = {}
    holders: dict[Role, list[UUID]] = {role: [] for role in Role}
    rows = RoleHolding.objects.current().order_by("valid_from", "id")
    if person_ids is not None:
        rows = rows.filter(person_id__in=list(person_ids))
    for person_id, role, is_active in rows.values_list("person_id", "role", "person__user__is_active"):
        found.setdefault(person_id, set()).add(Role(role))
        if is_active is not False:
            holders[Role(role)].append(person_id)
    if person_ids is None:
        state.holders.update(holders)
    return {person_id: frozenset(roles) for person_id, roles in found.items()}
