"""The groups' part when two entries of one person are put together: open places move, and go back."""

from collections import Counter
from collections.abc import Iterable
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from groupcare.accounts.models import Person, PersonMerge
from groupcare.accounts.ports import Looked, MergePart
from groupcare.audit import record
from groupcare.outbox.selectors import reachable
from groupcare.outbox.services import Draft, Link, queue_many
from groups.models import EnrolmentStep, Facilitation, Membership, MovedPlace
from groups.services.overlap_checks import ask_check

PLACE = "groups.Membership"


def look(kept: UUID, duplicate: UUID) -> Looked:
    """Return how many places each entry has in which state, and whether both have one in the same group.

    Counts only: who administers sees no group. One query.
    """
    rows = list(
        Membership.objects.filter(person__in=[kept, duplicate])
        .annotate(runs=Exists(_running([kept, duplicate]).filter(group=OuterRef("group"))))
        .values_list("person_id", "group_id", "state", "runs")
        .order_by("state")
    )
    counted = Counter((person_id, state) for person_id, _group, state, _runs in rows)
    lines: dict[UUID, list[str]] = {kept: [], duplicate: []}
    for (person_id, state), many in counted.items():
        words = _("Places in groups, %(state)s: %(many)s.")
        lines[person_id].append(words % {"state": Membership.State(state).label.lower(), "many": many})
    for said in lines.values():
        if not said:
            said.append(_("No place in a group."))
    open_in = [group for _person, group, state, _runs in rows if state != Membership.State.ENDED]
    refusals = []
    if len(open_in) != len(set(open_in)):
        refusals.append(
            _(
                "Both have a place in the same group. Ask who leads it to end the place that is too many, then come back."
            )
        )
    if any(runs for _person, _group, _state, runs in rows):
        refusals.append(_("One of them runs a group in which the other has a place. Ask who leads it to end one."))
    return Looked(lines, refusals)


def _running(person_ids: list[UUID]) -> QuerySet[Facilitation]:
    """Return what these people run now or will."""
    not_over = Q(valid_until__isnull=True) | Q(valid_until__gt=timezone.now())
    return Facilitation.objects.filter(not_over, person__in=person_ids)


def move_places(merge: PersonMerge, by: Person) -> None:
    """Let the duplicate's open places be the kept entry's, and tell whoever leads the groups concerned."""
    places = Membership.objects.select_for_update(no_key=True).filter(person=merge.duplicate_id, ended_at__isnull=True)
    groups = set()
    for place in places.order_by("pk"):
        _hand_on(place, merge.kept_id)
        moved = MovedPlace(merge=merge, place=place)
        moved.full_clean()
        moved.save(force_insert=True)
        groups.add(place.group_id)
    _look_again(merge)
    _tell_leads(merge, groups, "merged", by)


def give_back_places(merge: PersonMerge, by: Person) -> None:
    """Let the places that moved be the duplicate's again, also those that ended since; tell whoever leads."""
    moved = MovedPlace.objects.filter(merge=merge).values("place")
    # The duplicate was on the way, and took the place under the kept entry since.
    taken = EnrolmentStep.objects.filter(
        enrolment__person=merge.duplicate_id, place__isnull=False, taken_at__gte=merge.merged_at
    ).values("place")
    groups = set()
    for place in (
        Membership.objects.select_for_update(no_key=True)
        .filter(Q(pk__in=moved) | Q(pk__in=taken), person=merge.kept_id)
        .order_by("pk")
    ):
        _hand_on(place, merge.duplicate_id)
        groups.add(place.group_id)
    _look_again(merge)
    _tell_leads(merge, groups, "unmerged", by)


def _hand_on(place: Membership, person_id: UUID) -> None:
    """Let a place be that of another entry; what the group calls the person stays with the place."""
    place.person_id = person_id
    place.save(update_fields=["person"])
    record("membership.hand_on", object_type=PLACE, object_id=place.pk)


def _look_again(merge: PersonMerge) -> None:
    """Have the overlaps of both entries looked for again: two lists are one now, or two again."""
    for person_id in (merge.kept_id, merge.duplicate_id):
        ask_check(person_id)


def _tell_leads(merge: PersonMerge, groups: Iterable[UUID], what: str, by: Person) -> None:
    """Queue one neutral notice for each who leads one of these groups now, however many they lead."""
    now = timezone.now()
    rows = Facilitation.objects.filter(
        Q(valid_until__isnull=True) | Q(valid_until__gt=now),
        group__in=list(groups),
        role=Facilitation.Role.LEAD,
        valid_from__lte=now,
    )
    people = set(rows.values_list("person_id", flat=True)) - {by.pk}
    queue_many(
        [
            Draft(
                recipient_id=person_id,
                kind="list_changed",
                key=f"{what}:{merge.pk}:{person_id}",
                link=Link("work", merge.pk, 0),
            )
            for person_id in sorted(reachable(people))
        ]
    )


PART = MergePart(look=look, merge=move_places, unmerge=give_back_places)
