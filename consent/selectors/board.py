"""The coverage board, a member's own list, and what stands before the next sessions."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from django.core.paginator import Page, Paginator
from django.utils import timezone

from consent.models import Requirement
from consent.selectors.standings import PersonStanding, standings
from consent.standing import Grace, State
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

    @property
    def grace(self) -> Grace | None:
        """Return the grace period that lets this person in without a promise; None if none does, or need not."""
        return self.standing.grace_for(belongs_since(self.membership))

    @property
    def cleared(self) -> bool:
        """Return whether the gate opens for this person now: by their promise, or by a grace period."""
        return self.standing.cleared or self.grace is not None


def belongs_since(place: Membership) -> datetime:
    """Return from when on a person has belonged to the group; somebody entered later may have come long before."""
    return min(place.created_at, place.joined_at or place.created_at)


@dataclass(frozen=True, slots=True)
class Board:
    """The standing of a whole group; names only of the people on the page."""

    page: Page[Line]
    lines: tuple[Line, ...]
    total: int
    cleared: int
    states: Counter[State]
    grace: Grace | None

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
        return sum(line.cleared for line in self.lines)

    @property
    def outside(self) -> tuple[Line, ...]:
        """Return those who cannot come in yet."""
        return tuple(line for line in self.lines if not line.cleared)


class Show(StrEnum):
    """Which lines of the board are shown."""

    ALL = "all"
    NEEDS = "needs"
    SHUT = "shut"

    def takes(self, line: Line) -> bool:
        """Return whether a line is shown."""
        if self is Show.NEEDS:
            return line.standing.state != State.CURRENT
        return self is Show.ALL or not line.cleared


def board(viewer: Person, group: TherapyGroup, number: int | str = 1, show: Show = Show.ALL) -> Board:
    """Return the coverage of a group that the viewer may see, with one page of its lines."""
    everyone = list(members_of(viewer, group))
    ids = [one.person_id for one in everyone]
    found = standings(viewer, [group.pk], ids)
    lines = [Line(one, found[group.pk, one.person_id]) for one in everyone]
    page = Paginator([line for line in lines if show.takes(line)], PAGE_SIZE).get_page(number)
    shown = list(page.object_list)
    unlock([line.membership for line in shown], [line.membership.person for line in shown])
    return Board(
        page=page,
        lines=tuple(shown),
        total=len(ids),
        cleared=sum(line.cleared for line in lines),
        states=Counter(line.standing.state for line in lines),
        grace=running_grace(line.standing for line in lines),
    )


def running_grace(standings: Iterable[PersonStanding]) -> Grace | None:
    """Return the group's grace period that runs now; None where none does, or nobody has a place."""
    now = timezone.now()
    found = (one.rule.grace for standing in standings for one in standing.answers)
    return next((grace for grace in found if grace is not None and now < grace.until), None)


@dataclass(frozen=True, slots=True)
class Coverage:
    """How a group stands as a whole, without anybody's name."""

    published: bool
    by_person: dict[UUID, PersonStanding]

    @property
    def states(self) -> Counter[State]:
        """Return how many people stand how."""
        return Counter(one.state for one in self.by_person.values())

    @property
    def grace(self) -> Grace | None:
        """Return the group's grace period that runs now, if one does."""
        return running_grace(self.by_person.values())


def coverage(viewer: Person, group: TherapyGroup) -> Coverage:
    """Return how the members of a visible group stand, for panels on pages of that group."""
    ids = list(members_of(viewer, group).values_list("person_id", flat=True))
    found = standings(viewer, [group.pk], ids)
    asked = any(one.answers for one in found.values())
    published = asked or (not ids and Requirement.objects.filter(document__group=group).exists())
    return Coverage(published, {person_id: found[group.pk, person_id] for person_id in ids})


def my_agreements(viewer: Person) -> list[Line]:
    """Return the viewer's own standing in each group they belong to, longest first."""
    places = list(my_memberships(viewer))
    found = standings(viewer, [one.group_id for one in places], [viewer.pk])
    return [Line(one, found[one.group_id, viewer.pk]) for one in places]


def roll_calls(places: Iterable[Membership]) -> dict[UUID, RollCall]:
    """Return who of each group can come in now, from all its places as their reader may see them; one query."""
    places = list(places)
    groups = {one.group_id for one in places}
    found = standings(None, groups, {one.person_id for one in places}) if places else {}
    lines = [Line(one, found[one.group_id, one.person_id]) for one in places]
    return {
        group_id: RollCall(tuple(line for line in lines if line.membership.group_id == group_id)) for group_id in groups
    }
