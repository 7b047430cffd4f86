"""Everyone signs: how those who lead, watch, interpret and work here stand with what they promise (REQ-3, REQ-29)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.core.paginator import Page, Paginator
from django.db.models import Q
from django.utils import timezone

from consent.kinds.wording import name_of
from consent.models import Requirement, Who
from consent.selectors.lines import INTERPRETS, LEADS, WATCHES, running
from consent.selectors.roster import roster_rows
from consent.selectors.standings import Answer, Facts, answered, gathered
from consent.standing import State, worst
from groupcare.access import Role, RoleHolding, holds, roles_of
from groupcare.accounts.models import Person
from groupcare.vault import unlock
from groups.models import Facilitation, Membership

#: As what each part in running a group signs.
SIGNS_AS: dict[str, Who] = {
    **dict.fromkeys(LEADS, Who.FACILITATOR),
    **dict.fromkeys(WATCHES, Who.OBSERVER),
    **dict.fromkeys(INTERPRETS, Who.INTERPRETER),
}
STAFF_WHO = (Who.STAFF, *dict.fromkeys(SIGNS_AS.values()))
# Our choice, because 25 rows fit a screen.
STAFF_PER_PAGE = 25


@dataclass(frozen=True, slots=True)
class StaffStanding:
    """How one person who works here stands with everything that is asked of them as such."""

    person_id: UUID
    answers: tuple[Answer, ...]

    @property
    def missing(self) -> tuple[Answer, ...]:
        """Return the answers that are not in order."""
        return tuple(one for one in self.answers if not one.standing.cleared)

    @property
    def state(self) -> State:
        """Return the worst state; current where nothing is asked, because no gate hangs on it."""
        return worst(one.standing for one in self.answers).state if self.answers else State.CURRENT

    @property
    def for_practice(self) -> tuple[Answer, ...]:
        """Return the answers to documents of the whole practice."""
        return tuple(one for one in self.answers if one.rule.group_id is None)

    @property
    def for_groups(self) -> tuple[Answer, ...]:
        """Return the answers to documents of groups."""
        return tuple(one for one in self.answers if one.rule.group_id is not None)

    @property
    def groups_missing(self) -> int:
        """Return how many documents of groups are not in order; their groups are not named."""
        return sum(not one.standing.cleared for one in self.for_groups)


def staff_standings(
    viewer: Person | None,
    person_ids: Iterable[UUID],
    group_ids: Iterable[UUID] | None = None,
    now: datetime | None = None,
    *,
    work_here: bool = False,
) -> dict[UUID, StaffStanding]:
    """Return how each of these people stands with what is asked of those who work here; three queries.

    Args:
        viewer: who asks. None is a sweep, or a caller that has checked it. An administrator sees everybody, anybody
            else only themselves; of others nothing is said.
        person_ids: the people.
        group_ids: only documents of these groups, and none of the practice; everything if not given.
        now: the moment asked about; the present if not given.
        work_here: whether the caller knows already that all of them hold a role here; it saves a query.
    """
    now, people = now or timezone.now(), list(person_ids)
    if viewer is not None and set(people) != {viewer.pk} and not holds(viewer, Role.ADMINISTRATOR):
        people = []
    parts = running(now).filter(person__in=people)
    if group_ids is not None:
        parts = parts.filter(group__in=list(group_ids))
    duties = _duties(parts) if people else {}
    works = frozenset(people) if work_here else _works_here(people) if people and group_ids is None else frozenset()
    asked = Requirement.objects.filter(
        _of({group for found in duties.values() for group in found}, practice=group_ids is None),
        who__in=STAFF_WHO,
        document__person__isnull=True,
        document__retired_at__isnull=True,
    )
    if not people:
        return {}
    facts = gathered(roster_rows(asked, [], people, now, minors=False))
    return {one: StaffStanding(one, tuple(_answers(facts, one, duties.get(one, {}), works, now))) for one in people}


def _of(groups: set[UUID], *, practice: bool) -> Q:
    of_groups = Q(document__group__in=groups)
    return of_groups | Q(document__group__isnull=True) if practice else of_groups


def _duties(parts: Any) -> dict[UUID, dict[UUID, Who]]:
    """Return as what each person signs in each group: person -> group -> who."""
    found: dict[UUID, dict[UUID, Who]] = {}
    for person_id, group_id, role in parts.values_list("person_id", "group_id", "role"):
        found.setdefault(person_id, {})[group_id] = SIGNS_AS[role]
    return found


def _works_here(people: list[UUID]) -> frozenset[UUID]:
    held = RoleHolding.objects.current().filter(person__in=people)
    return frozenset(held.values_list("person_id", flat=True))


def _answers(
    facts: Facts, person_id: UUID, duties: Mapping[UUID, Who], works: Iterable[UUID], now: datetime
) -> list[Answer]:
    """Return how a person stands under each rule of the practice, and of the groups in which they have a part."""
    parts = {*duties.values(), Who.STAFF} if person_id in works else set()
    rules = [rule for rule in facts.rules.get(None, {}).values() if rule.who in parts]
    for group_id, who in duties.items():
        rules += [rule for rule in facts.rules.get(group_id, {}).values() if rule.who == who]
    return [answered(facts, rule, person_id, now) for rule in rules]


def my_duties(viewer: Person) -> list[tuple[Answer, str]]:
    """Return what is asked of the viewer because they work here, with its title; no query for anybody else."""
    if not roles_of(viewer):
        return []
    found = staff_standings(viewer, [viewer.pk], work_here=True)[viewer.pk]
    return [(one, name_of(one.rule.kind, viewer.language)) for one in found.answers]


@dataclass(frozen=True, slots=True)
class Lead:
    """One who leads a group, and whether everything that is asked of them there is in order."""

    facilitation: Facilitation
    has_signed: bool


def leads_of(viewer: Person, group_ids: Iterable[UUID]) -> dict[UUID, list[Lead]]:
    """Return who leads each of these groups and whether they have signed, to its members and those who run it.

    Nobody else is named, neither trainees nor members. Where nothing is asked of those who lead, nobody is returned.
    """
    now, groups = timezone.now(), list(group_ids)
    mine = Membership.objects.filter(person=viewer, ended_at__isnull=True).values("group")
    seen = running(now).filter(person=viewer).values("group")
    rows = list(
        running(now)
        .filter(Q(group__in=mine) | Q(group__in=seen), group__in=groups, role__in=LEADS)
        .select_related("person")
        .order_by("valid_from", "pk")
    )
    if not rows:
        return {}
    found = staff_standings(None, {one.person_id for one in rows}, groups, now)
    unlock([one.person for one in rows])
    leads: dict[UUID, list[Lead]] = {}
    for row in rows:
        answers = [one for one in found[row.person_id].for_groups if one.rule.group_id == row.group_id]
        if answers:
            signed = all(one.standing.cleared for one in answers)
            leads.setdefault(row.group_id, []).append(Lead(row, signed))
    return leads


def everyone_signs(viewer: Person, number: int | str = 1) -> tuple[Page[Person], list[tuple[Person, StaffStanding]]]:
    """Return a page of those who work here with how they stand; nobody for anybody but an administrator."""
    people = Person.objects.filter(pk__in=RoleHolding.objects.current().values("person")).order_by("created_at", "pk")
    if not holds(viewer, Role.ADMINISTRATOR):
        people = people.none()
    page: Page[Person] = Paginator(people, STAFF_PER_PAGE).get_page(number)
    shown = list(page.object_list)
    unlock(shown)
    found = staff_standings(viewer, [one.pk for one in shown], work_here=True)
    return page, [(one, found[one.pk]) for one in shown]
