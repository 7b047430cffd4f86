"""Those who may join a group: for those who manage it, and each for themselves."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Case, Exists, F, IntegerField, OuterRef, Q, QuerySet, Subquery, UUIDField, Value, When
from django.db.models.functions import Coalesce
from django.utils import timezone

from groupcare.access import Right, Role
from groupcare.access.models import RoleHolding
from groupcare.accounts.merge_models import as_one, kept_for
from groupcare.accounts.models import Person
from groupcare.audit import record
from groupcare.exceptions import Refused
from groupcare.vault import unlock
from groups.enrolment_states import OPEN, OVER, State, in_order
from groups.models import Enrolment, EnrolmentStep, Facilitation, Membership, MembershipStep, TherapyGroup
from groups.permissions import groups_with
from groups.screening import LAST_RANK, priorities
from groups.selectors.overlap import standing_findings

ENROLMENT = "groups.Enrolment"
_NEWEST = ("id", "number", "state", "code", "due_at", "taken_at")


@dataclass(frozen=True)
class Opened:
    """One enrolment with its steps in order."""

    row: Enrolment
    steps: list[EnrolmentStep]

    @property
    def newest(self) -> EnrolmentStep:
        """Return the step that says where it stands."""
        return self.steps[-1]

    @property
    def state(self) -> str:
        """Return where it stands."""
        return self.newest.state


def newest_step(path: str = "pk") -> QuerySet[EnrolmentStep]:
    """Return the newest step of the enrolment at ``path``, for a subquery."""
    return EnrolmentStep.objects.filter(enrolment=OuterRef(path)).order_by("-number")


def with_state() -> QuerySet[Any]:
    """Return all enrolments, each with ``step_<field>`` of its newest step. Holds no check."""
    return Enrolment.objects.annotate(**{f"step_{name}": Subquery(newest_step().values(name)[:1]) for name in _NEWEST})


def _of_managed(viewer: Person, group_id: UUID) -> QuerySet[Any]:
    """Return the enrolments of a group that the viewer manages, each with ``overlaps``; else none."""
    human = Coalesce(kept_for("person"), F("person_id"), output_field=UUIDField())
    side = Q(one=OuterRef("human")) | Q(other=OuterRef("human"))
    found: QuerySet[Any] = (
        with_state()
        .filter(group=group_id, group__in=groups_with(viewer, Right.MANAGE_GROUP))
        .annotate(human=human)
        .annotate(overlaps=Exists(standing_findings().filter(side, group=OuterRef("group_id"))))
        .select_related("person__user", "group")
    )
    return found


def joining(viewer: Person, group: TherapyGroup, state: str = "") -> QuerySet[Any]:
    """Return who may join a group that the viewer manages, those who came last first.

    Args:
        viewer: who asks.
        group: the group.
        state: only those who stand there; "" for all who are on their way, "over" for all who are not any more.
    """
    found = _of_managed(viewer, group.pk).order_by("-opened_at", "pk")
    if state == "over":
        return found.filter(step_state__in=OVER)
    return found.filter(step_state__in=[state] if state in OPEN else OPEN)


def waiting_list(viewer: Person, group: TherapyGroup) -> QuerySet[Any]:
    """Return who waits for a place in a group that the viewer manages, by rank: priority, then since when.

    Each has ``priority`` (a code, shown to nobody else) and ``since``.
    """
    listed = EnrolmentStep.objects.filter(enrolment=OuterRef("pk"))
    given = listed.filter(state=State.WAITLISTED).order_by("-number")
    waits = listed.filter(state__in=(State.WAITLISTED, State.OFFERED)).order_by("number")
    known = list(priorities())
    ranks = [When(priority=code, then=Value(priorities()[code].rank)) for code in known]
    found: QuerySet[Any] = (
        _of_managed(viewer, group.pk)
        .filter(step_state=State.WAITLISTED)
        .annotate(
            priority=Subquery(given.filter(code__in=known).values("code")[:1]),
            since=Subquery(waits.values("taken_at")[:1]),
        )
        .annotate(rank=Case(*ranks, default=Value(LAST_RANK), output_field=IntegerField()))
        .order_by("rank", "since", "opened_at", "pk")
    )
    return found


def get_enrolment(viewer: Person, group_id: UUID, pk: UUID, action: str = "enrolment.read") -> Opened:
    """Return one enrolment of a group that the viewer manages, with its steps; a reading is recorded.

    Raises:
        Refused: absent, of another group, or forbidden; all look the same.
    """
    found = _of_managed(viewer, group_id).filter(pk=pk).select_related("comes_from").first()
    if found is None:
        raise Refused(action, ENROLMENT, pk)
    opened = opened_from(found)
    if action == "enrolment.read":
        record(action, object_type=ENROLMENT, object_id=pk)
    return opened


def opened_from(found: Enrolment) -> Opened:
    """Return an enrolment that the caller was shown with its steps, all unlocked; one query."""
    steps = in_order(EnrolmentStep.objects.filter(enrolment=found).select_related("taken_by"))
    unlock(found, steps)
    return Opened(found, steps)


def own_offers(viewer: Person) -> QuerySet[Any]:
    """Return the viewer's own enrolments in which a place is offered now, the one that ends first first."""
    found = with_state().filter(as_one("person", [viewer.pk]), step_state=State.OFFERED, step_due_at__gt=timezone.now())
    return found.order_by("step_due_at", "pk")


def places_taken(group_id: UUID) -> int:
    """Return how many places of a group are taken now; for a service that holds the group's row."""
    return Membership.objects.filter(group=group_id, ended_at__isnull=True).count()


def led_by_colleagues(viewer: Person, group: TherapyGroup) -> list[TherapyGroup]:
    """Return the other open groups into which somebody may be moved, each with ``leader`` and ``own``.

    For whoever manages ``group``. Of a group of a colleague only who leads it and its kind are to be shown: its name
    is not for others.
    """
    now = timezone.now()
    working = RoleHolding.objects.current().filter(role=Role.FACILITATOR, person=OuterRef("person"))
    rows = list(
        Facilitation.objects.filter(
            Q(valid_until__isnull=True) | Q(valid_until__gt=now),
            Exists(groups_with(viewer, Right.MANAGE_GROUP).filter(pk=group.pk)),
            Exists(working),
            group__closed_at__isnull=True,
            role=Facilitation.Role.LEAD,
            valid_from__lte=now,
        )
        .exclude(group=group)
        .select_related("group", "person")
        .annotate(own=Exists(groups_with(viewer, Right.MANAGE_GROUP).filter(pk=OuterRef("group_id"))))
        .order_by("group__created_at", "group_id", "valid_from")
    )
    unlock(rows)
    found: dict[UUID, Any] = {}
    for row in rows:
        one: Any = found.setdefault(row.group_id, row.group)
        one.leader, one.own = getattr(one, "leader", row.person), row.own
    return list(found.values())


def newest_of_place(viewer: Person, place: Membership) -> MembershipStep | None:
    """Return the newest step about a place that the viewer was shown, with its words; None where there is none.

    A reading of words is recorded.
    """
    del viewer
    found = MembershipStep.objects.filter(membership=place).order_by("-taken_at", "-pk").first()
    if found is not None:
        unlock(found)
        if found.words:
            record("membership_step.read", object_type="groups.MembershipStep", object_id=found.pk)
    return found
