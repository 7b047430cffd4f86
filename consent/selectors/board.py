"""The coverage board, a member's own list, and what stands before the next sessions."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from django.core.paginator import Page, Paginator

from consent.models import Requirement
from consent.selectors.standings import PersonStanding, standings
from consent.standing import State
from groupcare.accounts.models import Person
from groupcare.vault import unlock
from groups.models import Membership, TherapyGroup
from groups.selectors import members_of, my_memberships

# Our choice, because 25 rows fit a screen and keep the page's names to one query.
PAGE_SIZE = 25


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


@dataclass(frozen=True, slots=True)
class RollCall:
    """Everyone with a place in a group, longest first, and whether the gate opens for them."""

    lines: tuple[Line, ...]

    @property
    def cleared(self) -> int:
        """Return how many can come in."""
        return sum(line.standing.cleared for line in self.lines)

    @property
    def outside(self) -> tuple[Line, ...]:
        """Return those who cannot come in yet."""
        return tuple(line for line in self.lines if not line.standing.cleared)


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


def roll_calls(places: Iterable[Membership]) -> dict[UUID, RollCall]:
    """Return who of each group can come in now, from all its places as their reader may see them; one query."""
    places = list(places)
    groups = {one.group_id for one in places}
    found = standings(None, groups, {one.person_id for one in places}) if places else {}
    lines = [Line(one, found[one.group_id, one.person_id]) for one in places]
    return {
        group_id: RollCall(tuple(line for line in lines if line.membership.group_id == group_id)) for group_id in groups
    }
