"""Everyone signs: those who lead, watch, interpret and work here; who is late is shown, and no group is shut out."""

import pytest

from consent.models import Document, DocumentVersion, Requirement, Who
from consent.selectors import leads_of, staff_standings
from groupcare.access import Role
from groups import ports
from groups.services import add_facilitator
from tests.consent.helpers import newest, publish, url
from tests.factories import make_staff
from tests.world import at_work, sign_for

pytestmark = pytest.mark.django_db


def undertaking(world, kind="staff_undertaking", who=Who.STAFF):
    """Publish a document of the whole practice, in the words of an agreement; return its version."""
    document = Document.objects.create(kind=kind)
    Requirement.objects.create(document=document, who=who, gate="none")
    first = newest(world)
    return DocumentVersion.objects.create(
        document=document, number=1, language="en", clauses=first.clauses, text_sha256=first.text_sha256,
        published_by=world.ada,
    )  # fmt: skip


def of(world, person, viewer=None):
    return staff_standings(viewer, [person.pk])[person.pk]


def said(found):
    return {(str(one.rule.who), one.rule.group_id is None): str(one.standing.state) for one in found.answers}


@pytest.mark.req("REQ-3", "REQ-29")
def test_those_who_lead_and_work_here_are_asked_as_such_and_sign_as_such(world):
    version = undertaking(world)
    assert said(of(world, world.tom)) == {("facilitator", False): "missing", ("staff", True): "missing"}
    assert said(of(world, world.ada)) == {("staff", True): "missing"}
    sign_for(world.tom, newest(world))
    sign_for(world.tom, version)
    assert said(of(world, world.tom)) == {("facilitator", False): "current", ("staff", True): "current"}
    publish(world)
    assert said(of(world, world.tom))["facilitator", False] == "superseded"
    assert of(world, world.tom).groups_missing == 1


@pytest.mark.req("REQ-3")
@pytest.mark.parametrize(("role", "who"), [("observer", "observer"), ("interpreter", "interpreter")])
def test_an_observer_or_interpreter_is_named_signs_and_sees_nothing_of_the_group(world, client_for, role, who):
    guest = make_staff("Ines Vogt", Role.RECEPTION)
    with at_work(world.nadia) as nadia:
        add_facilitator(group=world.thursday, person=guest, role=role, by=nadia)
    publish(world)
    assert said(of(world, guest)) == {(who, False): "missing"}
    client = client_for(guest)
    assert client.get(url("agreement-read", newest(world).pk)).status_code == 200
    sign_for(guest, newest(world))
    assert said(of(world, guest)) == {(who, False): "current"}
    for page in (f"/groups/{world.thursday.pk}/", url("coverage-board", world.thursday.pk),
                 f"/sessions/{world.session_of_thursday.pk}/notes/"):  # fmt: skip
        assert client.get(page).status_code in (403, 404), page
        assert client_for(world.nadia).get(page).status_code == 200


@pytest.mark.req("REQ-29")
def test_the_administrator_sees_people_and_documents_and_names_no_group(world, client_for):
    undertaking(world)
    page = client_for(world.ada).get(url("everyone-signs"))
    body = page.content.decode()
    for text in ("Tom Becker", "Nadia Rahmani", "1 document of groups, 1 not in order."):
        assert text in body, text
    assert "Thursday" not in body
    assert "Ben Tanaka" not in body
    for other in ("nadia", "petra", "ben"):
        assert client_for(world.person(other)).get(url("everyone-signs")).status_code in (403, 404)


@pytest.mark.req("REQ-29")
def test_whoever_works_here_finds_what_waits_on_their_profile(world, client_for):
    version = undertaking(world)
    profile = client_for(world.tom).get("/account/profile/").content.decode()
    assert "My agreements at work" in profile
    assert url("agreement-open", version.document_id) in profile


def test_members_are_told_who_leads_and_has_signed_and_nobody_else_is(world):
    group = world.thursday.pk
    sign_for(world.nadia, newest(world))
    with at_work(world.ben) as ben:
        found = leads_of(ben, [group])[group]
        assert {one.facilitation.person_id: one.has_signed for one in found} == {
            world.nadia.pk: True,
            world.tom.pk: False,
        }
    with at_work(world.zoe) as zoe:
        assert leads_of(zoe, [group]) == {}


def test_no_gate_shuts_on_a_group_for_a_leader(world):
    assert of(world, world.nadia).groups_missing == 1
    assert ports.clearance(world.thursday.pk, world.ben.pk).cleared


def test_of_others_nothing_is_said_but_to_an_administrator(world):
    undertaking(world)
    with at_work(world.tom) as tom:
        assert staff_standings(tom, [world.olga.pk]) == {}
        assert list(staff_standings(tom, [tom.pk])) == [tom.pk]
    with at_work(world.ada) as ada:
        assert set(staff_standings(ada, [world.olga.pk, world.tom.pk])) == {world.olga.pk, world.tom.pk}
