"""Rooms to choose from, the series of a group, and what became of one session's time."""

from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from groupcare.access import Right
from groupcare.accounts.models import Person
from groupcare.exceptions import Refused
from groups.models import GroupSession, Room, SessionMove, SessionSeries, TherapyGroup
from groups.permissions import SESSION, groups_with, sees_tonight
from groups.selectors.groups import may_on
from groups.selectors.sessions import visible_sessions

SERIES = "groups.SessionSeries"


def rooms(viewer: Person) -> QuerySet[Room]:
    """Return the rooms of the practice by house and name, for facilitators; a room says nothing of who meets there."""
    found = Room.objects.select_related("site").order_by("site__name", "name")
    return found if sees_tonight(viewer) else found.none()


def _newest() -> QuerySet[SessionSeries]:
    later = SessionSeries.objects.filter(supersedes=OuterRef("pk"))
    return SessionSeries.objects.filter(~Exists(later)).select_related("site", "room", "group")


def series_of(viewer: Person, group: TherapyGroup) -> list[SessionSeries]:
    """Return the series of a group the viewer may see that have sessions to come, or may be extended; oldest first."""
    to_come = GroupSession.objects.filter(series__line=OuterRef("line"), starts_at__gt=timezone.now())
    found = _newest().filter(group=group, group__in=groups_with(viewer, Right.SEE_GROUP))
    return list(found.filter(Exists(to_come)).order_by("first_day", "pk"))


def series_to_change(viewer: Person, pk: UUID, action: str) -> SessionSeries:
    """Return a row of a series of a group that the viewer manages, with ``newest: bool``.

    Raises:
        Refused: absent or forbidden; both look the same.
    """
    later = SessionSeries.objects.filter(supersedes=OuterRef("pk"))
    found = (
        SessionSeries.objects.filter(pk=pk, group__in=groups_with(viewer, Right.MANAGE_GROUP))
        .select_related("site", "room", "group")
        .annotate(newest=~Exists(later))
        .first()
    )
    if found is None:
        raise Refused(action, SERIES, pk)
    return found


def sessions_to_change(viewer: Person, series: SessionSeries) -> list[GroupSession]:
    """Return the sessions of a series that go along with a change, earliest first: to come, and not moved alone."""
    alone = SessionMove.objects.filter(session=OuterRef("pk"), series__isnull=True)
    managed = groups_with(viewer, Right.MANAGE_GROUP)
    return list(
        GroupSession.objects.filter(
            ~Exists(alone),
            group__in=managed,
            series__in=SessionSeries.objects.filter(line=series.line).values("pk"),
            state=GroupSession.State.SCHEDULED,
            starts_at__gt=timezone.now(),
        ).order_by("series_day", "number")
    )


def session_to_move(viewer: Person, pk: UUID) -> Any:
    """Return one session of a group that the viewer manages, whatever its state.

    Raises:
        Refused: absent or forbidden; both look the same.
    """
    found = visible_sessions(viewer).filter(Q(may_on(viewer, Right.MANAGE_GROUP, "group_id")), pk=pk).first()
    if found is None:
        raise Refused("session.move", SESSION, pk)
    return found
