"""Possible overlaps, for those who manage a group: that there is one, and what was done; never why."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Exists, F, OuterRef, Q, QuerySet, Subquery, UUIDField
from django.db.models.functions import Coalesce

from groupcare.access import Right
from groupcare.accounts.merge_models import as_one, kept_for
from groupcare.accounts.models import Person
from groupcare.audit import record
from groupcare.exceptions import Refused
from groupcare.vault import unlock
from groups.models import AvoidList, Enrolment, Membership, OverlapFinding, OverlapStep, TherapyGroup
from groups.permissions import groups_with

FINDING = "groups.OverlapFinding"
Kind = OverlapStep.Kind


@dataclass(frozen=True)
class Overlap:
    """One possible overlap as it is worked on: each side with the row that names it here, and who was talked to."""

    row: OverlapFinding
    sides: list[tuple[UUID, Membership | Enrolment]]
    talked: frozenset[UUID]
    decided: str

    @property
    def both_talked(self) -> bool:
        """Return whether each was talked to alone."""
        return {pk for pk, _called in self.sides} <= self.talked


def standing_findings() -> QuerySet[OverlapFinding]:
    """Return the findings that keep a place from being given: nobody let both in, and they still match. No check."""
    settled = OverlapStep.objects.filter(finding=OuterRef("pk"), kind__in=(Kind.LETS_IN, Kind.GONE))
    return OverlapFinding.objects.filter(~Exists(settled))


def stands(group_id: UUID, person_id: UUID) -> bool:
    """Tell whether a possible overlap of a person in a group is not settled; for a service that let in who asks."""
    found = standing_findings().filter(Q(one=person_id) | Q(other=person_id), group=group_id)
    return found.exists()


def overlaps_in(viewer: Person, group: TherapyGroup) -> QuerySet[OverlapFinding]:
    """Return the possible overlaps of a group that the viewer manages, newest first; those that are gone left out."""
    gone = OverlapStep.objects.filter(finding=OuterRef("pk"), kind=Kind.GONE)
    managed = groups_with(viewer, Right.MANAGE_GROUP)
    found = OverlapFinding.objects.filter(~Exists(gone), group=group, group__in=managed)
    steps = OverlapStep.objects.filter(finding=OuterRef("pk"))
    talked = steps.filter(kind=Kind.TALKED)
    found = found.annotate(
        decided=Subquery(steps.exclude(kind=Kind.TALKED).values("kind")[:1]),
        one_human=_human("one"),
        other_human=_human("other"),
        talked_one=Exists(talked.filter(side=OuterRef("one"))),
        talked_other=Exists(talked.filter(side=OuterRef("other"))),
    )
    return found.order_by("-found_at", "pk")


def _human(field: str) -> Coalesce:
    """Return a column: the id under which a row's person is kept."""
    return Coalesce(kept_for(field), F(f"{field}_id"), output_field=UUIDField())


def worked_on(viewer: Person, group: TherapyGroup, rows: Sequence[Any]) -> list[Overlap]:
    """Return rows of ``overlaps_in`` with what names the two sides, which is needed to talk with each.

    Which of the two named the other is not told. Each reading is recorded.
    """
    del viewer
    humans = {pk: human for row in rows for pk, human in _sides(row)}
    names = _called(group, humans)
    for row in rows:
        record("overlap.read", object_type=FINDING, object_id=row.pk)
    return [_overlap(row, names) for row in rows]


def get_finding(viewer: Person, group_id: UUID, pk: UUID, action: str) -> OverlapFinding:
    """Return one finding of a group that the viewer manages.

    Raises:
        Refused: absent, of another group, or forbidden.
    """
    managed = groups_with(viewer, Right.MANAGE_GROUP)
    found = OverlapFinding.objects.filter(pk=pk, group=group_id, group__in=managed).prefetch_related("steps").first()
    if found is None:
        raise Refused(action, FINDING, pk)
    return found


def _sides(row: Any) -> tuple[tuple[UUID, UUID], tuple[UUID, UUID]]:
    """Return the two people of a row of ``overlaps_in``, each with the id under which they are kept."""
    return (row.one_id, row.one_human), (row.other_id, row.other_human)


def _overlap(row: Any, called: dict[UUID, Membership | Enrolment]) -> Overlap:
    both = ((row.one_id, row.talked_one), (row.other_id, row.talked_other))
    talked = frozenset(pk for pk, was in both if was)
    return Overlap(row, [(pk, called[pk]) for pk, _was in both if pk in called], talked, row.decided or "")


def _called(group: TherapyGroup, humans: dict[UUID, UUID]) -> dict[UUID, Membership | Enrolment]:
    """Return the rows by which a group calls these people: places, else ways in; the group is unlocked too.

    An entry that was put together with another one since is called as the one that is kept.
    """
    human, mine = _human("person"), as_one("person", set(humans.values()))
    asked: list[Any] = list(Enrolment.objects.filter(mine, group=group).annotate(human=human).order_by("opened_at"))
    places: list[Any] = list(
        Membership.objects.filter(mine, group=group)
        .select_related("person")
        .annotate(human=human)
        .order_by("created_at")
    )
    unlock(group, asked, places)
    rows = {one.human: one for one in (*asked, *places)}
    return {pk: rows[human] for pk, human in humans.items() if human in rows}


def own_list(viewer: Person) -> AvoidList | None:
    """Return what the viewer wants to avoid, as they wrote it last, or None."""
    found = AvoidList.objects.filter(person=viewer).order_by("-written_at", "-pk").first()
    if found is not None:
        unlock(found)
    return found
