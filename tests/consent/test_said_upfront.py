"""What people are told before they sign, read on the page as a member meets it, and asked for before they come."""

from datetime import timedelta

import pytest
from django.utils import timezone
from time_machine import travel

from tests.consent.helpers import NOTICE, answers, publish, state, url, walk_to_sign

pytestmark = pytest.mark.django_db


def published(world, kind):
    """Publish a kind for Thursday as Nadia; return its English version."""
    return publish(world, kind_key=kind)["en"]


def page_of(client, version):
    """Return what a reader finds under a version, with plain blanks between the words."""
    answer = client.get(url("agreement-read", version.pk))
    assert answer.status_code == 200
    return " ".join(answer.content.decode().split())


@pytest.mark.req("REQ-53", "REQ-54", "REQ-55", "REQ-62")
def test_the_informed_consent_says_what_privacy_is_how_far_it_goes_and_what_comes_before_it(world, client_for):
    page = page_of(client_for(world.ben), published(world, "informed_consent"))
    # Three parts of their own (REQ-54): the nature of it, its boundaries, and the legal exceptions.
    nature, bounds, safety = (
        page.index(title) for title in ("What privacy means here", "How far privacy reaches", "When safety comes first")
    )
    assert nature < bounds < safety
    assert "a child or young person may need help" in page[safety:]
    assert "Someone may be in danger" in page[safety:]
    # Said and written alike.
    assert "whether you say it or write it" in page[nature:bounds]
    # A member of another group meets what is not there.
    assert client_for(world.zoe).get(url("agreement-read", world.version_of_thursday.pk)).status_code == 404


@pytest.mark.req("REQ-62")
def test_the_agreement_says_that_the_law_mostly_does_not_bind_the_others(world, client_for):
    page = page_of(client_for(world.ben), world.version_of_thursday)
    assert "In most places the law does not make group members keep it. In some places it does." in page
    assert "We cannot promise you that the others will." in page


@pytest.mark.req("REQ-13", "REQ-15")
def test_the_contract_says_what_matters_to_the_group_and_who_does_what(world, client_for):
    page = page_of(client_for(world.ben), published(world, "group_contract"))
    assert "We respect each other. We try to earn trust, and to give it." in page
    assert "Who does what" in page
    assert "All of us keep what we hear." in page


@pytest.mark.req("REQ-27", "REQ-69", "REQ-70", "REQ-84", "REQ-90")
@pytest.mark.parametrize(
    ("kind", "says"),
    [
        ("no_secrets_statement", "not private from the group"),
        ("limits_disclosure", "Safety comes before the promise of the group."),
    ],
)
def test_what_must_be_known_upfront_is_read_and_acknowledged_before_the_door_opens(world, client_for, kind, says):
    assert state(world, "ben") == "current"
    version = published(world, kind)
    assert state(world, "ben") == "missing"
    client = client_for(world.ben)
    assert says in page_of(client, version)
    form = walk_to_sign(client, version)
    assert client.post(form, {"typed_name": "Ben Tanaka", "meant": "on"}).status_code == 302
    assert state(world, "ben") == "current"
    # The proof: which words, in which language, when, and that it was Ben.
    act = answers(world, "ben")[-1]
    assert (act.act, act.version_id, act.evidence["text_sha256"]) == ("signed", version.pk, version.text_sha256)
    assert act.evidence["typed_name"] == "Ben Tanaka"
    assert "read_at" in act.evidence


@pytest.mark.req("REQ-10")
def test_the_agreement_comes_back_for_review_in_a_rhythm_of_its_own(world, client_for):
    """A year, with a month of notice: consent/kinds/group_confidentiality_agreement.toml, beside the weekly reading."""
    client = client_for(world.ben)
    page = page_of(client, world.version_of_thursday)
    assert "Each week we look at one part of it in the group." in page
    with travel(timezone.now() + NOTICE, tick=False):
        later = client_for(world.ben).get(url("agreement-list")).content.decode()
    assert url("agreement-open", world.version_of_thursday.document_id) in later
    assert state(world, "ben", timezone.now() + NOTICE) == "due"
    assert state(world, "ben", timezone.now() + NOTICE - timedelta(days=3)) == "current"


@pytest.mark.req("REQ-174")
def test_those_who_run_a_group_find_a_text_of_every_kind_ready_to_publish(world, client_for):
    from consent.kinds import Scope, kinds
    from consent.kinds.wording import shipped

    page = client_for(world.nadia).get(url("document-list", world.thursday.pk))
    assert page.status_code == 200
    shown = page.content.decode()
    missing = [kind.key for kind in kinds() if kind.scope == Scope.GROUP and shipped(kind.key, "en").name not in shown]
    assert missing == []
    assert client_for(world.olga).get(url("document-list", world.thursday.pk)).status_code == 404
