"""Sessions, and the way into one."""

from typing import Any
from uuid import UUID

from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from groupcare.access import Right
from groupcare.exceptions import NotCleared
from groups import selectors, services
from groups.api.common import SignedInView, asker, checked, described, paged
from groups.models import GroupSession
from groups.selectors import Entry, Phase
from groups.services import MOST_WEEKS


class SessionOut(serializers.Serializer[GroupSession]):
    """A session as those who run it see it."""

    id = serializers.UUIDField()
    group_id = serializers.UUIDField()
    number = serializers.IntegerField()
    starts_at = serializers.DateTimeField()
    ends_at = serializers.DateTimeField()
    format = serializers.CharField()
    site_id = serializers.UUIDField(allow_null=True)
    state = serializers.CharField()


class MySessionOut(serializers.Serializer[GroupSession]):
    """A session as a member sees it: neither the group nor its count of sessions."""

    id = serializers.UUIDField()
    starts_at = serializers.DateTimeField()
    ends_at = serializers.DateTimeField()
    format = serializers.CharField()
    state = serializers.CharField()


class SessionIn(serializers.Serializer[Any]):
    """What plans sessions: the practice's wall-clock time, once or every week."""

    day = serializers.DateField()
    starts = serializers.TimeField()
    minutes = serializers.IntegerField(min_value=15, max_value=720)
    weeks = serializers.IntegerField(min_value=1, max_value=MOST_WEEKS, required=False)


class RuleOut(serializers.Serializer[Any]):
    """One ground rule."""

    title = serializers.CharField()
    text = serializers.CharField()


class JoinOut(serializers.Serializer[Any]):
    """How far the member is on the way in; ``link`` and ``room`` only when the door is open."""

    phase = serializers.ChoiceField(Phase.choices)
    opens_at = serializers.DateTimeField()
    ends_at = serializers.DateTimeField()
    agreed_at = serializers.DateTimeField(allow_null=True)
    rules = RuleOut(many=True)
    promise = serializers.CharField()
    link = serializers.CharField()
    room = serializers.CharField()


class GroupSessionsView(SignedInView):
    """The sessions of one group."""

    @described(operation_id="group_sessions_list", responses=SessionOut(many=True))
    def get(self, request: Request, pk: UUID) -> Response:
        """List them, latest first."""
        viewer = asker(request)
        group = selectors.get_group(viewer, pk, action="session.list")
        return paged(request, selectors.sessions_of(viewer, group), SessionOut)

    @described(operation_id="group_sessions_create", request=SessionIn, responses={201: SessionOut(many=True)})
    def post(self, request: Request, pk: UUID) -> Response:
        """Plan one, or one a week."""
        viewer = asker(request)
        group = selectors.get_group(viewer, pk, Right.MANAGE_GROUP, "session.schedule")
        made = services.schedule_weekly(group=group, by=viewer, **checked(request, SessionIn))
        return Response([SessionOut(one).data for one in made], status=201)


class MySessionsView(SignedInView):
    """The viewer's own sessions to come, as a member."""

    @described(operation_id="my_sessions_list", responses=MySessionOut(many=True))
    def get(self, request: Request) -> Response:
        """List them, earliest first."""
        return paged(request, selectors.my_sessions(asker(request)), MySessionOut)


class SessionView(SignedInView):
    """One session, for those who run it."""

    @described(operation_id="sessions_read", responses=SessionOut)
    def get(self, request: Request, pk: UUID) -> Response:
        """Show it."""
        return Response(SessionOut(selectors.get_session(asker(request), pk)).data)


class JoinView(SignedInView):
    """The member before the door: the same gate as on the page."""

    @described(operation_id="session_join_read", responses=JoinOut)
    def get(self, request: Request, pk: UUID) -> Response:
        """Show how far the member is; 403 with the reasons while a promise is not current."""
        viewer = asker(request)
        entry = selectors.entry(viewer, pk)
        if entry.phase == Phase.NOT_CLEARED:
            services.record_not_cleared(session_id=pk, by=viewer)
            raise NotCleared(entry.clearance.reasons)
        room = services.reveal_link(session_id=pk, by=viewer) if entry.phase == Phase.OPEN else None
        return Response(_join_body(entry, room))

    @described(operation_id="session_join_agree", request=None, responses={201: JoinOut})
    def post(self, request: Request, pk: UUID) -> Response:
        """Agree to the ground rules."""
        viewer = asker(request)
        try:
            services.acknowledge_ground_rules(session_id=pk, by=viewer)
        except NotCleared:
            services.record_not_cleared(session_id=pk, by=viewer)
            raise
        return Response(_join_body(selectors.entry(viewer, pk), None), status=201)


def _join_body(entry: Entry, room: services.Room | None) -> dict[str, Any]:
    """Return the fields of ``JoinOut``."""
    facts = {
        "phase": entry.phase,
        "opens_at": entry.opens_at,
        "ends_at": entry.session.ends_at,
        "agreed_at": entry.agreed_at,
        "rules": entry.rules.rules,
        "promise": entry.rules.promise,
        "link": room.link if room else "",
        "room": room.site.name if room and room.site else "",
    }
    return dict(JoinOut(facts).data)
