"""Promises over the API: standing may be read, and a person may ask to talk.

Signing, declining and taking back are left out on purpose. A signature needs a human who reads the very text, sees
what will be kept, proves who they are and types a name; a program could do all of that without anybody reading.
Source: consent reference, part a ("no signature without a human"). Declining and taking back have pages that first
say what they mean.
"""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response

from consent import selectors, services
from consent.models import Who
from consent.selectors import Line
from consent.standing import State
from groupcare.access import Audience, Policy
from groupcare.access.api import GroupcareAPIView
from groups.api.common import asker, described
from groups.selectors import get_group

# The ten states of foundation F12, as the API names them.
STATES = [str(state) for state in State]


class AnswerOutput(serializers.Serializer[Any]):
    """How one agreement stands."""

    document = serializers.UUIDField(source="rule.document_id")
    kind = serializers.CharField(source="rule.kind")
    who = serializers.ChoiceField(choices=Who.choices, source="rule.who")
    number = serializers.IntegerField(source="rule.number")
    state = serializers.ChoiceField(choices=STATES, source="standing.state")
    answered_at = serializers.DateTimeField(source="standing.act.at", default=None)
    valid_until = serializers.DateTimeField(source="standing.act.valid_until", default=None)


class StandingOutput(serializers.Serializer[Any]):
    """How one person stands in one group."""

    person = serializers.UUIDField(source="standing.person_id")
    group = serializers.UUIDField(source="standing.group_id")
    # By a promise, by a grace period or by an override: what the door does.
    cleared = serializers.BooleanField()
    state = serializers.ChoiceField(choices=STATES, source="standing.state")
    answers = AnswerOutput(many=True, source="standing.answers")


class OwnStandingOutput(StandingOutput):
    """How the signed-in person stands in one group: their own answers alone, never what guardians answered."""

    state = serializers.ChoiceField(choices=STATES, source="standing.own_state")
    answers = AnswerOutput(many=True, source="own_answers")


class ActOutput(serializers.Serializer[Any]):
    """One answer of the signed-in person."""

    id = serializers.UUIDField()
    act = serializers.CharField()
    at = serializers.DateTimeField()


def _sent(found: Sequence[Line]) -> Response:
    return Response(StandingOutput(found, many=True).data)


class GroupStanding(GroupcareAPIView):
    """The standing of a group's members, for those who run it."""

    policy = Policy(Audience.STAFF)

    @described(responses=StandingOutput(many=True), operation_id="group_standing")
    def get(self, request: Request, group_id: UUID) -> Response:
        """Return one page of the board; ids only, no names. ``page`` counts from one."""
        person = asker(request)
        group = get_group(person, group_id, action="coverage.read")
        found = selectors.board(person, group, request.query_params.get("page", "1")[:6])
        return _sent(found.lines)


class OwnAgreements(GroupcareAPIView):
    """The signed-in person's own agreements."""

    policy = Policy(Audience.SIGNED_IN)

    @described(responses=OwnStandingOutput(many=True), operation_id="agreement_mine")
    def get(self, request: Request) -> Response:
        """Return how the person stands in each of their groups; ``state`` and ``answers`` are of their own answers."""
        return Response(OwnStandingOutput(selectors.my_agreements(asker(request)), many=True).data)


class TalkFirst(GroupcareAPIView):
    """Ask to talk before deciding."""

    policy = Policy(Audience.SIGNED_IN)

    @described(request=None, responses={201: ActOutput}, operation_id="agreement_talk_first")
    def post(self, request: Request, version_id: UUID) -> Response:
        """Keep that the person wants to talk first; reminders stop."""
        act = services.ask_to_talk(version_id=version_id, by=asker(request))
        return Response(ActOutput(act).data, status=status.HTTP_201_CREATED)
