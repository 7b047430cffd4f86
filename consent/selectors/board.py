"""The coverage board, a member's own list, and what stands before the next sessions."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from django.core.paginator import Page, Paginator
from django.utils import timezone

from consent.models import Requirement
from consent.selectors.standings import PersonStanding, standings
from consent.standing import State
from groupcare.access import Right
from groupcare.accounts.models import Person
from groupcare.vault import unlock
from groups.models import GroupSession, Membership, TherapyGroup
from groups.permissions import groups_with
from groups.selectors import members_of, my_memberships

# Our choice, because 25 rows fit a screen and keep the page's names to one query.
PAGE_SIZE = 25
# How far ahead the day's page looks. Our choice, because after a weekly session the next one is in view.
AHEAD = timedelta(days=8)


@dataclass(frozen=True, slots=True)
class Line:
    """One member on the board."""

    membership: Membership
    standing: PersonStanding


@dataclass(frozen=True, slots=True)
class Board:
    """The standing of a whole group; names only of the people on the page."""

    page: Page[Membership]
    lines: tuple[Line, ...]
    total: int
    cleared: int
    states: Counter[State]

    @property
    def shut_out(self) -> int:
        """Return how many cannot come in."""
        return self.total - self.cleared


class Show(StrEnum):
    """Which lines of the board are shown."""

    ALL = "all"
    NEEDS = "needs"
    SHUT = "shut"

    def takes(self, standing: PersonStanding) -> bool:
        """Return whether a line with this standing is shown."""
        if self is Show.NEEDS:
            return standing.state != State.CURRENT
        return self is Show.ALL or not standing.cleared


def board(viewer: Person, group: TherapyGroup, number: int | str = 1, show: Show = Show.ALL) -> Board:
    """Return the coverage of a group that the viewer may see, with one page of its lines."""
    everyone = list(members_of(viewer, group))
    ids = [one.person_id for one in everyone]
    found = standings(viewer, [group.pk], ids)
    page = Paginator([one for one in everyone if show.takes(found[group.pk, one.person_id])], PAGE_SIZE).get_page(
        number
    )
    shown = list(page.object_list)
    unlock([*shown, *(one.person for one in shown)])
    return Board(
        page=page,
        lines=tuple(Line(one, found[group.pk, one.person_id]) for one in shown),
        total=len(ids),
        cleared=sum(found[group.pk, person_id].cleared for person_id in ids),
        states=Counter(found[group.pk, person_id].state for person_id in ids),
    )


@dataclass(frozen=True, slots=True)
class Coverage:
    """How a group stands as a whole, without anybody's name."""

    published: bool
    by_person: dict[UUID, PersonStanding]

    @property
    def states(self) -> Counter[State]:
        """Return how many people stand how."""
        return Counter(one.state for one in self.by_person.values())


def coverage(viewer: Person, group: TherapyGroup) -> Coverage:
    """Return how the members of a visible group stand, for panels on pages of that group."""
    ids = list(members_of(viewer, group).values_list("person_id", flat=True))
    found = standings(viewer, [group.pk], ids)
    asked = any(one.answers for one in found.values())
    published = asked or (not ids and Requirement.objects.filter(document__group=group).exists())
    return Coverage(published, {person_id: found[group.pk, person_id] for person_id in ids})


def my_agreements(viewer: Person) -> list[PersonStanding]:
    """Return the viewer's own standing in each group they belong to, longest first."""
    groups = list(my_memberships(viewer).values_list("group_id", flat=True))
    found = standings(viewer, groups, [viewer.pk])
    return [found[group_id, viewer.pk] for group_id in groups]


@dataclass(frozen=True, slots=True)
class Upcoming:
    """How many people cannot come to the next session of a group."""

    group_id: UUID
    starts_at: datetime
    shut_out: int
    total: int


def upcoming_not_cleared(viewer: Person) -> list[Upcoming]:
    """Return the next session, within eight days, of each visible group where somebody cannot come in yet."""
    now = timezone.now()
    seen = groups_with(viewer, Right.SEE_GROUP).values("pk")
    rows = (
        GroupSession.objects.filter(
            group__in=seen,
            state=GroupSession.State.SCHEDULED,
            ends_at__gt=now,
            starts_at__lte=now + AHEAD,
            group__memberships__state__in=Membership.COMING,
        )
        .order_by("starts_at", "pk")
        .values_list("group_id", "starts_at", "group__memberships__person_id")
    )
    starts: dict[UUID, datetime] = {}
    people: dict[UUID, set[UUID]] = {}
    for group_id, starts_at, person_id in rows:
        starts.setdefault(group_id, starts_at)
        people.setdefault(group_id, set()).add(person_id)
    found = standings(viewer, list(starts), set().union(*people.values())) if starts else {}
    counted = [
        Upcoming(group_id, starts[group_id], sum(not found[group_id, one].cleared for one in ids), len(ids))
        for group_id, ids in people.items()
    ]
    return sorted((one for one in counted if one.shut_out), key=lambda one: one.starts_at)
