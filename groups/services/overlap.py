"""The overlap check: a member's own list, the comparison, and what is done about a match."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import combinations
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from groupcare.access import Right, acting_as_system
from groupcare.accounts.merge_models import as_one, ids_of, kept_ids
from groupcare.accounts.models import Person
from groupcare.audit import record, unit_of_work
from groupcare.exceptions import InvalidTransition
from groupcare.vault import blind_index, unlock
from groups.enrolment_states import COMPARED
from groups.models import (
    AvoidList,
    ChosenName,
    Membership,
    OverlapCheck,
    OverlapFinding,
    OverlapStep,
    TherapyGroup,
)
from groups.overlaps import PEOPLE, PLACES, Side, matches
from groups.permissions import locked_group
from groups.selectors.enrolment import with_state
from groups.selectors.overlap import FINDING, get_finding, standing_findings
from groups.services.overlap_checks import ask_check
from groups.services.rows import each_row

Kind = OverlapStep.Kind
#: Lines in each part of a list. Our choice: more is a register of a life, not a list of whom to avoid.
MOST_LINES = 30
#: Letters in one line, as in a name.
LONGEST_LINE = 120
_ENDS = frozenset({Kind.LETS_IN, Kind.KEEPS_APART, Kind.GONE})
#: What asks for nothing any more. Two who do not come together stay so until one of them is gone.
_OVER = frozenset({Kind.LETS_IN, Kind.GONE})


@unit_of_work()
def write_avoid_list(*, people: Sequence[str], places: Sequence[str], by: Person) -> AvoidList:
    """Keep a new version of the caller's own list, and have their groups looked through by the clock.

    What comes of it is never told to the caller, nor can the time that this takes tell it.

    Raises:
        ValidationError: too many lines, or one that is too long.
    """
    entries = {PEOPLE: _lines(people, PEOPLE), PLACES: _lines(places, PLACES)}
    kept = AvoidList(person=by, entries=entries)
    kept.full_clean(exclude=["entries"])
    kept.save(force_insert=True)
    ask_check(by.pk)
    record("avoid_list.write", object_type="groups.AvoidList", object_id=kept.pk)
    return kept


def _lines(typed: Sequence[str], field: str) -> list[str]:
    found = list(dict.fromkeys(" ".join(line.split()) for line in typed if line.strip()))
    if len(found) > MOST_LINES:
        raise ValidationError({field: _("Write at most %(most)d lines.") % {"most": MOST_LINES}})
    if any(len(line) > LONGEST_LINE for line in found):
        raise ValidationError({field: _("Write one name or place in each line, without a story.")})
    return found


def check_overlaps() -> int:
    """Return how many people's groups were looked through because something changed; safe twice, late, beside itself."""
    with acting_as_system("check_overlaps"):
        due = list(
            OverlapCheck.objects.filter(done_at__isnull=True).order_by("due_at", "pk").values_list("pk", flat=True)
        )
        return each_row(due, _check_due)


@unit_of_work()
def _check_due(check_id: UUID) -> int:
    """Look through the groups of one person, if nobody did in the meantime."""
    if not OverlapCheck.objects.filter(pk=check_id, done_at__isnull=True).update(done_at=timezone.now()):
        return 0
    person_id = OverlapCheck.objects.values_list("person_id", flat=True).get(pk=check_id)
    check_groups_of(person_id)
    return 1


def check_groups_of(person_id: UUID) -> None:
    """Look through every group in which a person has a place, may join or was found, each locked, in order of ids."""
    human = kept_ids([person_id])[person_id]
    mine = as_one("person", [human])
    groups = set(Membership.objects.filter(mine, ended_at__isnull=True).values_list("group_id", flat=True))
    groups |= set(with_state().filter(mine, step_state__in=COMPARED).values_list("group_id", flat=True))
    # Where the person has left, what was found is gone.
    entries = ids_of(human)
    found = standing_findings().filter(Q(one__in=entries) | Q(other__in=entries))
    groups |= set(found.values_list("group_id", flat=True))
    for group_id in sorted(groups):
        TherapyGroup.objects.select_for_update(no_key=True).get(pk=group_id)
        check_group(group_id)


def check_group(group_id: UUID) -> None:
    """Compare those who have a place in a locked group with each other and with those who fit it; keep what matches.

    A match that is there already stays one finding, with its talks; one that is not there any more is settled.
    """
    members, sides = _sides(group_id)
    pairs = [(one, other) for one, other in combinations(sorted(sides), 2) if one in members or other in members]
    found = {pair: told for pair in pairs if (told := matches(sides[pair[0]], sides[pair[1]]))}
    newest: dict[tuple[UUID, UUID], OverlapFinding] = {}
    for row in OverlapFinding.objects.filter(group=group_id).prefetch_related("steps").order_by("number"):
        newest[row.one_id, row.other_id] = row
    for pair, told in found.items():
        _keep(group_id, pair, blind_index("groups.overlap", "\n".join(told)), newest.get(pair))
    for pair, row in newest.items():
        if pair not in found and not _over(row):
            _settle(row, Kind.GONE, None)


def _keep(group_id: UUID, pair: tuple[UUID, UUID], basis: str, before: OverlapFinding | None) -> None:
    """Write one finding, unless the same one stands or was decided."""
    if before is not None and before.basis == basis and not _is(before, Kind.GONE):
        return
    if before is not None and not _over(before):
        _settle(before, Kind.GONE, None)
    made = OverlapFinding(
        group_id=group_id, one_id=pair[0], other_id=pair[1], number=before.number + 1 if before else 1, basis=basis
    )
    made.full_clean()
    made.save(force_insert=True)
    record("overlap.find", object_type=FINDING, object_id=made.pk)


def _is(row: OverlapFinding, kind: str) -> bool:
    return any(step.kind == kind for step in row.steps.all())


def _ended(row: OverlapFinding) -> bool:
    return any(step.kind in _ENDS for step in row.steps.all())


def _over(row: OverlapFinding) -> bool:
    return any(step.kind in _OVER for step in row.steps.all())


def _settle(row: OverlapFinding, kind: str, by: Person | None, side: UUID | None = None) -> OverlapStep:
    step = OverlapStep(finding=row, kind=kind, side_id=side, taken_by=by)
    step.full_clean()
    step.save(force_insert=True)
    record(f"overlap.{kind}", object_type=FINDING, object_id=row.pk)
    return step


def _sides(group_id: UUID) -> tuple[frozenset[UUID], dict[UUID, Side]]:
    """Return who has a place, and everybody of the group as the check sees them, by the id they are kept under."""
    places = list(Membership.objects.filter(group=group_id, ended_at__isnull=True).values_list("person_id", flat=True))
    asked = list(with_state().filter(group=group_id, step_state__in=COMPARED).values_list("person_id", flat=True))
    kept = kept_ids({*places, *asked})
    people = set(kept.values())
    sides = dict.fromkeys(people, Side(()))
    for person_id, name in _names(people):
        sides[person_id] = replace(sides[person_id], names=(*sides[person_id].names, name))
    for person_id, entries in _lists(people):
        one = sides[person_id]
        sides[person_id] = replace(one, people=(*one.people, *entries[PEOPLE]), places=(*one.places, *entries[PLACES]))
    return frozenset(kept[one] for one in places), sides


def _names(people: Iterable[UUID]) -> list[tuple[UUID, str]]:
    """Return every name of these people: their own, and what any group calls or called them.

    A place that a message to a wrong address gave away carries somebody else's name, so it is left out.
    """
    rows = list(Person.objects.filter(as_one("pk", people)))
    places = list(Membership.objects.filter(as_one("person", people), mistake__isnull=True))
    asked = list(with_state().filter(as_one("person", people), step_state__in=COMPARED))
    chosen = list(ChosenName.objects.filter(membership__in=[place.pk for place in places]).select_related("membership"))
    unlock(rows, places, asked, chosen)
    kept = kept_ids({row.pk for row in rows})
    found = [(row.pk, name) for row in rows for name in (row.used_name, row.legal_name)]
    found += [(place.person_id, place.alias) for place in places]
    found += [(one.person_id, one.name) for one in asked]
    found += [(one.membership.person_id, name) for one in chosen for name in (one.name, one.before)]
    return sorted({(kept[pk], name) for pk, name in found if name})


def _lists(people: Iterable[UUID]) -> list[tuple[UUID, dict[str, list[str]]]]:
    """Return the newest list of each entry of these people."""
    rows = list(AvoidList.objects.filter(as_one("person", people)).order_by("written_at", "pk"))
    unlock(rows)
    newest = {row.person_id: row for row in rows}
    kept = kept_ids(newest)
    return [(kept[pk], row.entries) for pk, row in sorted(newest.items())]


@unit_of_work()
def talk_about_overlap(
    *, finding_id: UUID, group_id: UUID, kind: str, by: Person, side: UUID | None = None
) -> OverlapStep:
    """Keep that one side was talked to alone, or what was decided once both were; the same talk twice keeps one.

    Args:
        finding_id: the possible overlap.
        group_id: its group.
        kind: talked, lets_in or keeps_apart.
        by: who manages the group.
        side: who was talked to.

    Raises:
        Refused: ``by`` does not manage the group, or it has no such finding.
        InvalidTransition: it is decided, or somebody was not talked to yet.
        ValidationError: no such step, or the side is none of the two.
    """
    group = locked_group(by, group_id, Right.MANAGE_GROUP, "overlap.talk")
    row = get_finding(by, group.pk, finding_id, "overlap.talk")
    if _ended(row):
        raise InvalidTransition(_("This was decided already."))
    steps = {step.side_id: step for step in row.steps.all()}
    if kind == Kind.TALKED:
        if side not in (row.one_id, row.other_id):
            raise ValidationError({"side": _("Choose one of the two.")})
        return steps.get(side) or _settle(row, kind, by, side)
    if kind not in (Kind.LETS_IN, Kind.KEEPS_APART):
        raise ValidationError({"kind": _("Choose one.")})
    if not {row.one_id, row.other_id} <= set(steps):
        raise InvalidTransition(_("Talk with each of the two alone first."))
    return _settle(row, kind, by)
