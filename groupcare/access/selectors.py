"""Reads of roles."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef

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


def role_marks(person_id: OuterRef) -> dict[str, Exists]:
    """Return for each role whether this person holds it now, for a query of accounts; read by ``marked_roles``."""
    held = RoleHolding.objects.current().filter(person=person_id)
    return {f"holds_{role}": Exists(held.filter(role=role)) for role in Role}


def marked_roles(row: Any) -> frozenset[Role] | None:
    """Return the roles that a row read with ``role_marks`` holds, or None for a row read without."""
    marks = {role: getattr(row, f"holds_{role}", None) for role in Role}
    return None if None in marks.values() else frozenset(role for role, held in marks.items() if held)


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
