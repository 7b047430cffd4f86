"""The small practice that the tests tell stories about, and people at work in it."""

import uuid
from collections.abc import Iterator
from datetime import timedelta
from functools import lru_cache
from typing import Any

from django.contrib.auth.models import Permission
from django.test import Client
from django.utils import timezone

from benchmarks import mass
from groupcare.access import RoleHolding
from groupcare.accounts import middleware, stepup
from groupcare.accounts.models import Person, User
from groups.models import Facilitation, GroupGrant, GroupSession, Membership, TherapyGroup
from groups.roles import ROLE_RIGHTS
from tests.world import World, build


@lru_cache(maxsize=1)
def world() -> World:
    """Return the practice, built once a run."""
    return build()


def browser(person: Person) -> Client:
    """Return a signed-in browser with a proof of identity given just now."""
    client = Client(SERVER_NAME="localhost")
    assert person.login is not None
    client.force_login(person.login)
    session = client.session
    middleware.begin(session)
    session[stepup.KEY] = {
        "method": stepup.PASSWORD,
        "at": timezone.now().timestamp(),
        "event": "00000000-0000-4000-8000-000000000002",
    }
    session.save()
    return client


def opened(client: Client, url: str) -> bytes:
    """Return the content of a page, which must be there."""
    response = client.get(url)
    assert response.status_code == 200, (url, response.status_code)
    return bytes(response.content)


def ids(count: int) -> list[uuid.UUID]:
    """Return fresh ids."""
    return [uuid.uuid4() for _ in range(count)]


def add_people(count: int, *, users: bool = False, role: str = "") -> list[uuid.UUID]:
    """Add persons, with accounts or a role if wanted, and return their ids."""
    people = ids(count)
    mass.insert(Person, ({"id": one, "used_name": f"Person {one.hex[:8]}"} for one in people))
    if users:
        # The account has its person's id, so that it needs no looking up.
        mass.insert(
            User,
            ({"id": one, "person_id": one, "email": f"{one.hex}@example.org", "password": "!"} for one in people),
        )
    if role:
        mass.insert(RoleHolding, ({"id": uuid.uuid4(), "person_id": one, "role": role} for one in people))
    return people


def add_groups(count: int) -> list[uuid.UUID]:
    """Add groups without people and return their ids."""
    groups = ids(count)
    mass.insert(
        TherapyGroup,
        (
            {
                "id": one,
                "label": "B",
                "kind": "process",
                "openness": "open",
                "format": "in_person",
                "place": "US-NY",
                "capacity": 100,
                "language": "en",
            }
            for one in groups
        ),
    )
    return groups


def lead(pairs: Iterator[tuple[uuid.UUID, uuid.UUID]]) -> None:
    """Let persons lead groups: pairs of group and person, whose account's id is the second or looked up."""
    pairs_ = list(pairs)
    since = timezone.now() - timedelta(days=30)
    accounts = dict(User.objects.values_list("person_id", "pk"))
    rights = list(
        Permission.objects.filter(
            content_type__app_label="groups", codename__in=[str(right) for right in ROLE_RIGHTS["lead"]]
        ).values_list("pk", flat=True)
    )
    mass.insert(
        Facilitation,
        (
            {"id": uuid.uuid4(), "group_id": group, "person_id": person, "role": "lead", "valid_from": since}
            for group, person in pairs_
        ),
    )
    mass.insert(
        GroupGrant,
        (
            {"content_object_id": group, "user_id": accounts[person], "permission_id": right, "valid_from": since}
            for group, person in pairs_
            for right in rights
        ),
    )


def join(pairs: list[tuple[uuid.UUID, uuid.UUID]]) -> list[uuid.UUID]:
    """Give persons active places: pairs of group and person; returns the ids of the places."""
    places = ids(len(pairs))
    mass.insert(
        Membership,
        (
            {"id": place, "group_id": group, "person_id": person, "alias": "Alias", "state": "active"}
            for place, (group, person) in zip(places, pairs, strict=True)
        ),
    )
    return places


def add_sessions(group: uuid.UUID, count: int, *, first: int, start: Any, step: timedelta) -> list[uuid.UUID]:
    """Add sessions of a group, numbered from ``first``, ``step`` apart; returns their ids."""
    return add_all_sessions([(group, first + n, start + n * step) for n in range(count)])


def add_all_sessions(rows: list[tuple[uuid.UUID, int, Any]]) -> list[uuid.UUID]:
    """Add sessions given as group, number and start; returns their ids."""
    sessions = ids(len(rows))
    mass.insert(
        GroupSession,
        (
            {
                "id": session,
                "group_id": group,
                "number": number,
                "format": "in_person",
                "starts_at": start,
                "ends_at": start + timedelta(minutes=90),
            }
            for session, (group, number, start) in zip(sessions, rows, strict=True)
        ),
    )
    return sessions
