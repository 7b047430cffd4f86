"""Concerns over the API: the same services and selectors as the pages, fields named one by one."""

from typing import Any
from uuid import UUID

from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.throttling import BaseThrottle

from groupcare.access import Audience, Policy
from groupcare.access.api import GroupcareAPIView
from groupcare.accounts.models import Person
from groups.api.common import described
from incidents import limits, selectors, services
from incidents.models import NAMED_LENGTH, STORY_LENGTH
from incidents.selectors import READERS
from incidents.states import Outcome, State

PAGE = 25


class ConcernInput(serializers.Serializer[Any]):
    """A new concern."""

    what_happened = serializers.CharField(max_length=STORY_LENGTH)
    named = serializers.ListField(child=serializers.UUIDField(), required=False, max_length=50)
    named_text = serializers.CharField(max_length=NAMED_LENGTH, required=False, allow_blank=True)


class OwnConcernOutput(serializers.Serializer[Any]):
    """A concern as its reporter sees it."""

    id = serializers.UUIDField()
    number = serializers.CharField()
    received_on = serializers.DateField()
    state = serializers.ChoiceField(choices=State.choices)
    standing = serializers.CharField(source="words.standing")
    next = serializers.CharField(source="words.next")
    read_by = serializers.CharField()
    outcome = serializers.CharField()
    told = serializers.CharField()


class ConcernRow(serializers.Serializer[Any]):
    """A concern in a reader's list: nothing of its content."""

    id = serializers.UUIDField()
    number = serializers.CharField()
    received_on = serializers.DateField()
    state = serializers.ChoiceField(choices=State.choices)


class NamedOutput(serializers.Serializer[Any]):
    """A person named in a concern."""

    id = serializers.UUIDField()
    used_name = serializers.CharField()


class EntryOutput(serializers.Serializer[Any]):
    """One step of a concern."""

    to_state = serializers.CharField()
    taken_on = serializers.DateField()
    taken_by = serializers.UUIDField(source="taken_by_id")
    body = serializers.CharField()
    outcome = serializers.CharField()
    told_reporter = serializers.CharField()


class ConcernOutput(ConcernRow):
    """A concern opened for reading; the reporter is not in it."""

    what_happened = serializers.CharField()
    named_text = serializers.CharField()
    named = NamedOutput(many=True)
    entries = EntryOutput(many=True)


class AssessInput(serializers.Serializer[Any]):
    """What was found out."""

    reasons = serializers.CharField(max_length=STORY_LENGTH)


class CloseInput(serializers.Serializer[Any]):
    """How it ends."""

    outcome = serializers.ChoiceField(choices=Outcome.choices)
    told_reporter = serializers.CharField(max_length=STORY_LENGTH)


class QuietThrottle(BaseThrottle):
    """The day's limit of new concerns; reading one's own is not counted."""

    def allow_request(self, request: Request, view: Any) -> bool:
        """Return whether this request stays within the limit."""
        return request.method != "POST" or limits.may_raise(_person(request).id)

    def wait(self) -> None:
        """Return no number of seconds: the limit ends with the day."""


def _person(request: Request) -> Person:
    person: Person = request._request.person  # type: ignore[attr-defined]
    return person


class OwnConcerns(GroupcareAPIView):
    """The signed-in person's own concerns."""

    policy = Policy(Audience.SIGNED_IN, quiet=True)
    throttle_classes = (QuietThrottle,)  # type: ignore[assignment]

    @described(responses=OwnConcernOutput(many=True), operation_id="concern_mine")
    def get(self, request: Request) -> Response:
        """Return what the signed-in person raised."""
        return Response(OwnConcernOutput(selectors.my_concerns(_person(request)), many=True).data)

    @described(request=ConcernInput, responses={201: OwnConcernOutput}, operation_id="concern_raise")
    def post(self, request: Request) -> Response:
        """Raise a concern."""
        given = ConcernInput(data=request.data)
        given.is_valid(raise_exception=True)
        person = _person(request)
        concern = services.raise_concern(by=person, **given.validated_data)
        own = selectors.get_my_concern(person, concern.id)
        return Response(OwnConcernOutput(own).data, status=status.HTTP_201_CREATED)


class Concerns(GroupcareAPIView):
    """The concerns the reader may see."""

    policy = Policy(Audience.ROLES, roles=frozenset(READERS))

    @described(responses=ConcernRow(many=True), operation_id="concerns_list")
    def get(self, request: Request) -> Response:
        """Return one page of visible concerns, without a total."""
        asked = request.query_params.get("offset", "0")
        offset = int(asked) if asked.isdecimal() and len(asked) < 8 else 0
        return Response(
            ConcernRow(selectors.visible_concerns(_person(request))[offset : offset + PAGE], many=True).data
        )


class ConcernRead(GroupcareAPIView):
    """One concern, opened for reading."""

    policy = Policy(Audience.ROLES, roles=frozenset(READERS), step_up=True)

    @described(responses=ConcernOutput, operation_id="concerns_read")
    def get(self, request: Request, pk: UUID) -> Response:
        """Return the concern; the reading is recorded before the answer is sent."""
        opened = selectors.read_concern(_person(request), pk)
        row = {name: getattr(opened.concern, name) for name in ("id", "number", "received_on", "state")}
        text = {"what_happened": opened.concern.what_happened, "named_text": opened.concern.named_text}
        return Response(ConcernOutput({**row, **text, "named": opened.named, "entries": opened.entries}).data)


class _Step(GroupcareAPIView):
    """One step on a concern."""

    policy = Policy(Audience.ROLES, roles=frozenset(READERS), step_up=True)


class ConcernAcknowledge(_Step):
    """Say that it was read."""

    @described(request=None, responses=ConcernRow, operation_id="concerns_acknowledge")
    def post(self, request: Request, pk: UUID) -> Response:
        """Acknowledge the concern."""
        return Response(ConcernRow(services.acknowledge(concern_id=pk, by=_person(request))).data)


class ConcernAssess(_Step):
    """Keep what was found out."""

    @described(request=AssessInput, responses=ConcernRow, operation_id="concerns_assess")
    def post(self, request: Request, pk: UUID) -> Response:
        """Assess the concern."""
        given = AssessInput(data=request.data)
        given.is_valid(raise_exception=True)
        return Response(ConcernRow(services.assess(concern_id=pk, by=_person(request), **given.validated_data)).data)


class ConcernClose(_Step):
    """Close for good."""

    @described(request=CloseInput, responses=ConcernRow, operation_id="concerns_close")
    def post(self, request: Request, pk: UUID) -> Response:
        """Close the concern."""
        given = CloseInput(data=request.data)
        given.is_valid(raise_exception=True)
        return Response(ConcernRow(services.close(concern_id=pk, by=_person(request), **given.validated_data)).data)


class ConcernStepAside(_Step):
    """Declare a conflict."""

    @described(request=None, responses={204: None}, operation_id="concerns_step_aside")
    def post(self, request: Request, pk: UUID) -> Response:
        """Step aside from the concern."""
        services.declare_conflict(concern_id=pk, by=_person(request))
        return Response(status=status.HTTP_204_NO_CONTENT)
