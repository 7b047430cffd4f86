"""Groups and their members."""

from typing import Any
from uuid import UUID

from django.conf import settings
from django.utils.translation import gettext as _
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from groupcare.accounts.models import Person
from groupcare.practice.models import Site
from groupcare.practice.places import places
from groupcare.practice.selectors import sites
from groupcare.vault import unlock
from groups import selectors, services
from groups.api.common import SignedInView, asker, checked, described, paged
from groups.models import Membership, TherapyGroup


class GroupOut(serializers.Serializer[TherapyGroup]):
    """A group as those who run it see it; the link of the room is never listed."""

    id = serializers.UUIDField()
    label = serializers.CharField()  # type: ignore[assignment]
    purpose_text = serializers.CharField()
    kind = serializers.CharField()
    openness = serializers.CharField()
    format = serializers.CharField()
    place = serializers.CharField()
    capacity = serializers.IntegerField()
    language = serializers.CharField()
    site_id = serializers.UUIDField(allow_null=True)
    created_at = serializers.DateTimeField()


class GroupIn(serializers.Serializer[Any]):
    """What makes a group."""

    label = serializers.CharField(max_length=60)  # type: ignore[assignment]
    purpose_text = serializers.CharField(max_length=2000, required=False, allow_blank=True)
    kind = serializers.ChoiceField(TherapyGroup.Kind.choices)
    openness = serializers.ChoiceField(TherapyGroup.Openness.choices)
    format = serializers.ChoiceField(TherapyGroup.Format.choices)
    place = serializers.CharField(max_length=16)
    capacity = serializers.IntegerField(min_value=2, max_value=100)
    language = serializers.ChoiceField(settings.LANGUAGES)
    site = serializers.UUIDField(required=False, allow_null=True)
    online_link = serializers.CharField(max_length=500, required=False, allow_blank=True)

    def validate_place(self, value: str) -> str:
        """Return the code if it is a place we know."""
        if value not in places():
            raise serializers.ValidationError("Choose a place from the list.")
        return value


class MemberOut(serializers.Serializer[Membership]):
    """A member as the group calls them: no address, no other name."""

    id = serializers.UUIDField()
    person_id = serializers.UUIDField()
    name = serializers.CharField()
    state = serializers.CharField()
    joined_at = serializers.DateTimeField(allow_null=True)


def _chosen_site(viewer: Person, pk: UUID | None) -> Site | None:
    """Return the site with this id, or None for none.

    Raises:
        ValidationError: there is no such site.
    """
    if pk is None:
        return None
    found = sites(viewer).filter(pk=pk).first()
    if found is None:
        raise serializers.ValidationError({"site": [_("Choose a room from the list.")]})
    return found


class GroupsView(SignedInView):
    """The viewer's groups."""

    @described(operation_id="groups_list", responses=GroupOut(many=True))
    def get(self, request: Request) -> Response:
        """List them."""
        return paged(request, selectors.visible_groups(asker(request)), GroupOut)

    @described(operation_id="groups_create", request=GroupIn, responses={201: GroupOut})
    def post(self, request: Request) -> Response:
        """Make one; the caller becomes its lead."""
        viewer, fields = asker(request), checked(request, GroupIn)
        fields["site"] = _chosen_site(viewer, fields.get("site"))
        group = services.create_group(by=viewer, **fields)
        return Response(GroupOut(group).data, status=201)


class GroupView(SignedInView):
    """One group."""

    @described(operation_id="groups_read", responses=GroupOut)
    def get(self, request: Request, pk: UUID) -> Response:
        """Show it."""
        group = selectors.get_group(asker(request), pk)
        unlock(group)
        return Response(GroupOut(group).data)


class MembersView(SignedInView):
    """The members of a group."""

    @described(operation_id="group_members_list", responses=MemberOut(many=True))
    def get(self, request: Request, pk: UUID) -> Response:
        """List them."""
        viewer = asker(request)
        group = selectors.get_group(viewer, pk, action="membership.list")
        return paged(request, selectors.members_of(viewer, group), MemberOut)
