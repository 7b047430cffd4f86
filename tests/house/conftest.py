"""What each parameter of a route stands for in the world of the tests: always a row that exists."""

import uuid
from typing import Any

import pytest
from django.core.cache import caches

from consent.models import Act, DocumentVersion
from groupcare.accounts import services as accounts
from groupcare.accounts.tokens import invitation_token
from groups.models import Facilitation
from incidents import services as incidents
from tests.factories import make_person


@pytest.fixture(autouse=True)
def _fresh_limits() -> None:
    """Forget what earlier tests counted."""
    caches["limits"].clear()


@pytest.fixture
def populated(world: Any, acting: Any) -> dict[tuple[str, str], Any]:
    """Return what to use for (the segment before it, parameter), or for ("*", parameter) anywhere."""
    with acting(world.ben):
        concern = incidents.raise_concern(by=world.ben, what_happened="A story", named=[world.nadia.id])
    with acting(world.petra):
        incidents.acknowledge(concern_id=concern.pk, by=world.petra)
    with acting(world.ada):
        invitation = accounts.invite(person=make_person("Newcomer"), email="newcomer@example.org", by=world.ada)
    act = Act.objects.filter(signer=world.ben).latest("at")
    version = DocumentVersion.objects.get(pk=act.version_id)
    found: dict[tuple[str, str], Any] = {
        ("*", "invitation_id"): invitation.pk,
        ("*", "token"): invitation_token(invitation.pk, invitation.issue),
        ("*", "handle"): uuid.UUID(int=7, version=4),
        ("*", "uidb36"): "1",
        ("*", "key"): "set-password",
        ("*", "name"): "nothing",
        ("*", "group_id"): world.thursday.pk,
        ("*", "membership_pk"): world.membership("ben").pk,
        ("*", "facilitation_pk"): Facilitation.objects.get(group=world.thursday, person=world.tom).pk,
        ("*", "version_id"): version.pk,
        ("*", "document_id"): version.document_id,
        ("*", "act_id"): act.pk,
        ("keys", "pk"): 1,
        ("groups", "pk"): world.thursday.pk,
        ("sessions", "pk"): world.session_of_thursday.pk,
        ("visits", "pk"): world.session_of_thursday.pk,
        ("mine", "pk"): concern.pk,
        ("concerns", "pk"): concern.pk,
    }
    return found
