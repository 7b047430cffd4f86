"""What each parameter of a route stands for in the world of the tests: always a row that exists."""

import uuid
from typing import Any

import pytest
from django.core.cache import caches

from consent import services as consent
from consent.models import Act, DocumentVersion
from consent.services import ask_about
from groupcare.access import Role
from groupcare.accounts import services as accounts
from groupcare.accounts.tokens import invitation_token
from groups import services as groups
from groups.models import Facilitation
from incidents import services as incidents
from tests.factories import make_person
from tests.house.cast import _made_out, _on_the_way, _series


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
        colleague = make_person("Wanda Kole")
        accounts.invite(person=colleague, email="wanda@example.org", role=Role.FACILITATOR, by=world.ada)
        other = make_person("W. Kole")
        merge = accounts.merge_persons(kept_id=world.ben.pk, duplicate_id=make_person("Ben T.").pk, by=world.ada)
        recovery = accounts.open_recovery(
            kind="lost_second_factor", person=world.nadia, check_made="in_person", by=world.ada
        )
    with acting(world.ben):
        asked = groups.ask_for_own_record(membership_id=world.membership("ben").pk, by=world.ben)
    with acting(world.nadia):
        link = consent.name_guardian(
            group_id=world.thursday.pk,
            membership_id=world.membership("ben").pk,
            guardian=consent.NewGuardian("Mo Achter", "parent", "parental", "Seen on paper."),
            by=world.nadia,
        )
    act = Act.objects.filter(signer=world.ben).latest("at")
    version = DocumentVersion.objects.get(pk=act.version_id)
    more = _made_out(world)
    with acting(world.ben):
        question = ask_about(version_id=version.pk, clause="", words="A story", by=world.ben)
    way = _on_the_way(world)
    found: dict[tuple[str, str], Any] = {
        ("*", "enrolment_pk"): way["enrolment"],
        ("*", "to"): way["step_to"],
        ("*", "finding_pk"): way["overlap"],
        ("*", "prompt_id"): more["prompt"],
        ("*", "spoken_id"): more["spoken"],
        ("*", "paper_kind"): more["paper_kind"],
        ("papers", "document_id"): more["paper_document"],
        ("*", "invitation_id"): invitation.pk,
        ("*", "token"): invitation_token(invitation.pk, invitation.issue),
        ("*", "person_id"): colleague.pk,
        ("*", "note_pk"): world.progress_note_of_thursday.pk,
        ("*", "message_id"): uuid.UUID(int=9, version=4),
        ("*", "role"): "facilitator",
        ("*", "what"): "off",
        ("*", "recovery_id"): recovery.pk,
        ("*", "other_id"): other.pk,
        ("*", "merge_id"): merge.pk,
        ("*", "kind"): "lost_second_factor",
        ("*", "handle"): uuid.UUID(int=7, version=4),
        ("*", "uidb36"): "1",
        ("*", "key"): "set-password",
        ("*", "name"): "nothing",
        ("*", "code"): "US-NY",
        ("*", "path"): "structured.child_oral",
        ("*", "notice_id"): uuid.UUID(int=6, version=4),
        ("*", "group_id"): world.thursday.pk,
        ("*", "kind_key"): "group_confidentiality_agreement",
        ("*", "language"): "es",
        ("*", "membership_pk"): world.membership("ben").pk,
        ("*", "membership_id"): world.membership("ben").pk,
        ("*", "facilitation_pk"): Facilitation.objects.get(group=world.thursday, person=world.tom).pk,
        ("*", "version_id"): version.pk,
        ("*", "document_id"): version.document_id,
        ("*", "act_id"): act.pk,
        ("*", "link_id"): link.pk,
        ("*", "question_id"): question.pk,
        ("keys", "pk"): 1,
        ("records", "pk"): asked.pk,
        ("record", "pk"): asked.pk,
        ("groups", "pk"): world.thursday.pk,
        ("series", "pk"): _series(world)["series"],
        ("sessions", "pk"): world.session_of_thursday.pk,
        ("tonight", "pk"): world.session_of_thursday.pk,
        ("wills", "pk"): uuid.UUID(int=8, version=4),
        ("openings", "pk"): uuid.UUID(int=9, version=4),
        ("visits", "pk"): world.session_of_thursday.pk,
        ("mine", "pk"): concern.pk,
        ("concerns", "pk"): concern.pk,
    }
    return found
