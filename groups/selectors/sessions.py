"""Sessions as seen by those who run them, and by a member."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery
from django.utils import timezone

from groupcare.access import Right
from groupcare.accounts.merge_models import as_one
from groupcare.accounts.models import Person
from groupcare.exceptions import Refused
from groups.models import GroupSession, Membership, Observance, TherapyGroup, Whereabouts
from groups.permissions import SESSION, groups_with, sessions_with
from groups.selectors.groups import may_on

_NEXT = ("id", "number", "starts_at", "ends_at", "format")


def visible_sessions(viewer: Person) -> QuerySet[GroupSession]:
    """Return sessions of the viewer's groups, and single ones granted to the viewer; earliest first."""
    of_groups = GroupSession.objects.filter(group__in=groups_with(viewer, Right.SEE_GROUP).values("pk"))
    single = sessions_with(viewer, Right.SEE_SESSION)
    return (
        # One IN over a UNION: of two INs joined by OR PostgreSQL makes two filters over every session there is.
        GroupSession.objects.filter(pk__in=of_groups.values("pk").union(single.values("pk")))
        .select_related("group", "site", "room")
        .order_by("starts_at", "pk")
    )


def sessions_of(viewer: Person, group: TherapyGroup) -> QuerySet[GroupSession]:
    """Return the visible sessions of one group, latest first."""
    return visible_sessions(viewer).filter(group=group).order_by("-starts_at", "pk")


def coming(sessions: QuerySet[GroupSession]) -> QuerySet[GroupSession]:
    """Keep those that were not called off and are not over; one in progress counts, also with a note already."""
    return sessions.exclude(state=GroupSession.State.CANCELLED).filter(ends_at__gt=timezone.now())


def next_columns() -> dict[str, Subquery]:
    """Return columns ``next_<field>`` of the coming session of the group at ``group_id``, for one query less."""
    first = coming(GroupSession.objects.filter(group=OuterRef("group_id"))).order_by("starts_at", "pk")
    return {f"next_{name}": Subquery(first.values(name)[:1]) for name in _NEXT}


def next_from(row: Any, group: TherapyGroup) -> GroupSession | None:
    """Return the session that ``next_columns`` put on ``row``, or None; it is not for saving."""
    if row.next_id is None:
        return None
    session = GroupSession(group=group, **{name: getattr(row, f"next_{name}") for name in _NEXT})
    session.site = group.site
    return session


def get_session(viewer: Person, pk: UUID, action: str = "session.read") -> GroupSession:
    """Return one session for those who run it, with ``can_manage``, ``can_read_notes``, ``can_write_notes``.

    Raises:
        Refused: absent or forbidden; both look the same.
    """
    found = (
        visible_sessions(viewer)
        .filter(pk=pk)
        .annotate(
            can_see_group=may_on(viewer, Right.SEE_GROUP, "group_id"),
            can_run=Q(may_on(viewer, Right.SEE_GROUP, "group_id")) | Q(pk__in=run_alone(viewer)),
            can_manage=may_on(viewer, Right.MANAGE_GROUP, "group_id"),
            can_read_notes=may_on(viewer, Right.READ_NOTES, "group_id"),
            can_write_notes=may_on(viewer, Right.WRITE_NOTES, "group_id"),
        )
        .first()
    )
    if found is None:
        raise Refused(action, SESSION, pk)
    return found


def run_alone(viewer: Person) -> Any:
    """Return the single sessions that the viewer runs for somebody else."""
    return sessions_with(viewer, Right.RUN_SESSION).values("pk")


def session_to_run(
    viewer: Person, pk: UUID, action: str, right: Right = Right.SEE_GROUP, columns: Mapping[str, Any] | None = None
) -> GroupSession:
    """Return the session for those who hold ``right`` on its group, or run this one for somebody else.

    Args:
        viewer: who asks.
        pk: the session.
        action: what is tried, for the trail.
        right: what they must hold on the group.
        columns: more columns of the same query by their names.

    Raises:
        Refused: absent or forbidden; both look the same.
    """
    mine = Q(group__in=groups_with(viewer, right).values("pk")) | Q(pk__in=run_alone(viewer))
    found = (
        GroupSession.objects.filter(mine, pk=pk)
        .select_related("group", "site", "room")
        .annotate(can_see_group=may_on(viewer, Right.SEE_GROUP, "group_id"), **(columns or {}))
        .first()
    )
    if found is None:
        raise Refused(action, SESSION, pk)
    return found


def places_of(viewer: Person, session: GroupSession) -> list[Membership]:
    """Return who has a place in the session, or had one at its end, longest first, for those who run it; else nobody."""
    mine = GroupSession.objects.filter(
        Q(group__in=groups_with(viewer, Right.SEE_GROUP).values("pk")) | Q(pk__in=run_alone(viewer)), pk=session.pk
    )
    then = Q(ended_at__isnull=True) | Q(ended_at__gt=session.ends_at)
    found = Membership.objects.filter(then, Exists(mine), group_id=session.group_id, created_at__lt=session.ends_at)
    return list(found.select_related("person", "group").order_by("created_at", "pk"))


def _of_member(viewer: Person) -> QuerySet[GroupSession]:
    """Return sessions of groups in which the viewer has a place, each with ``agreed_at`` of the ground rules."""
    mine = Membership.objects.filter(person=viewer, state__in=Membership.COMING).values("group_id")
    own = as_one("person", [viewer.pk])
    agreed = Observance.objects.filter(own, session=OuterRef("pk"), kind=Observance.Kind.GROUND_RULES).values("at")
    return (
        GroupSession.objects.filter(group__in=mine)
        .annotate(
            agreed_at=Subquery(agreed[:1]),
            said_where=Exists(Whereabouts.objects.filter(own, session=OuterRef("pk"))),
        )
        .select_related("site", "room", "group")
    )


def my_sessions(viewer: Person) -> QuerySet[GroupSession]:
    """Return sessions of groups in which the viewer has a place, not over yet; earliest first."""
    return _of_member(viewer).filter(ends_at__gt=timezone.now()).order_by("starts_at", "pk")


def get_session_as_member(viewer: Person, pk: UUID, action: str = "session.join") -> GroupSession:
    """Return one session of a group in which the viewer has a place now, also when it is over.

    Raises:
        Refused: absent, of another group, or the place has ended.
    """
    found = _of_member(viewer).filter(pk=pk).first()
    if found is None:
        raise Refused(action, SESSION, pk)
    return found
