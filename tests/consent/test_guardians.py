"""Young people and their guardians: who is asked, who sees what, and the day on which it ends."""

import pytest
from django.utils import timezone

from consent.models import ConsentBasis, GuardianLink, Requirement, Who
from consent.selectors import standings
from consent.services import NewGuardian, decide_who_decides, decline, end_guardian, name_guardian, sign
from groupcare.accounts.models import Person
from groupcare.audit.models import TrailEvent
from groupcare.exceptions import Refused
from groupcare.outbox.models import Message
from groupcare.outbox.services import set_address
from tests.consent.helpers import newest, url
from tests.factories import make_member
from tests.world import at_work

pytestmark = pytest.mark.django_db
GROUNDS = "Fifteen years old; birth certificate seen."


def ask_guardians(world):
    """Let the gate of Thursday ask guardians and young people too; return the document's id."""
    asked = Requirement.objects.get(document__group=world.thursday, who=Who.MEMBER)
    for who in (Who.GUARDIAN, Who.YOUNG_MEMBER):
        Requirement.objects.create(document=asked.document, who=who, signers="any_one")
    return asked.document_id


def is_young(world, decides="guardian", guardians="all_required", name="ben"):
    with at_work(world.nadia) as nadia:
        return decide_who_decides(
            group_id=world.thursday.pk, membership_id=world.membership(name).pk, decides=decides,
            guardians=guardians, grounds=GROUNDS, by=nadia,
        )  # fmt: skip


def parent(world, person, authority="parental", name="ben"):
    """Name somebody with an account as a guardian of Ben."""
    email = person.login.email
    with at_work(world.nadia) as nadia:
        set_address(person=person, value=email, by=nadia)
        return name_guardian(
            group_id=world.thursday.pk,
            membership_id=world.membership(name).pk,
            guardian=NewGuardian(person.used_name, "parent", authority, "Seen on paper.", email),
            by=nadia,
        )


def as_guardian(world, person, link, action=sign):
    """Let a guardian answer for the child; the shipped agreement has no line for guardians, so the row is written."""
    from consent.models import Act

    version = newest(world)
    kind = {sign: "signed", decline: "declined"}[action]
    return Act.objects.create(
        act=kind, document_id=version.document_id, version=version, group_id=version.group_id,
        subject_id=link.person_id, signer=person, capacity="guardian", meaning="permit" if kind == "signed" else "",
        evidence={}, at=timezone.now(),
    )  # fmt: skip


def of(world, name="ben"):
    group, person = world.ids["thursday"][1], world.ids[name][1]
    return standings(None, [group], [person])[group, person]


def by_who(world, name="ben"):
    return {str(one.rule.who): str(one.standing.state) for one in of(world, name).answers}


@pytest.mark.req("REQ-63")
def test_what_is_not_asked_of_a_person_is_left_out_and_guardians_who_are_not_there_are_missing(world):
    ask_guardians(world)
    assert by_who(world) == {"member": "current"}
    is_young(world)
    assert by_who(world) == {"member": "current", "young_member": "current", "guardian": "missing"}
    assert of(world).state == "missing"
    is_young(world, decides="young")
    assert by_who(world) == {"member": "current", "young_member": "current"}
    is_young(world, decides="adult")
    assert by_who(world) == {"member": "current"}


@pytest.mark.req("REQ-63")
def test_two_guardians_who_disagree_are_conflicting_and_neither_learns_of_the_other(world, client_for):
    ask_guardians(world)
    is_young(world)
    mother, father = make_member("Mo Achter"), make_member("Fa Achter")
    links = parent(world, mother), parent(world, father)
    assert {slot.signer_id for one in of(world).answers for slot in one.owed} == {mother.pk, father.pk}
    as_guardian(world, mother, links[0])
    assert by_who(world)["guardian"] == "missing"
    assert [slot.signer_id for one in of(world).answers for slot in one.owed] == [father.pk]
    as_guardian(world, father, links[1], decline)
    assert by_who(world)["guardian"] == "conflicting"
    assert not [slot for one in of(world).answers for slot in one.owed]
    page = client_for(world.ben).get(f"/visits/{world.session_of_thursday.pk}/").content.decode()
    # Only that somebody has to talk: that one said yes and one said no is nobody's to read here.
    assert "needs a talk" in page
    for hidden in ("do not fit together", "onflicting", "Achter"):
        assert hidden not in page


def test_a_no_of_the_guardian_against_a_yes_of_the_young_is_conflicting_for_both(world):
    ask_guardians(world)
    is_young(world)
    mother = make_member("Mo Achter")
    as_guardian(world, mother, parent(world, mother), decline)
    assert by_who(world) == {"member": "current", "young_member": "conflicting", "guardian": "conflicting"}


@pytest.mark.parametrize(("policy", "expected"), [("any_one", "current"), ("all_required", "missing")])
def test_how_guardians_are_joined_is_said_by_the_young_persons_own_basis(world, policy, expected):
    ask_guardians(world)
    is_young(world, guardians=policy)
    mother, father = make_member("Mo Achter"), make_member("Fa Achter")
    as_guardian(world, mother, parent(world, mother))
    parent(world, father)
    assert by_who(world)["guardian"] == expected


def test_under_a_court_order_only_the_guardian_whom_it_names_counts(world):
    ask_guardians(world)
    is_young(world, guardians="court_order")
    mother, father = make_member("Mo Achter"), make_member("Fa Achter")
    as_guardian(world, father, parent(world, father), decline)
    as_guardian(world, mother, parent(world, mother, authority="court"))
    assert by_who(world)["guardian"] == "current"


@pytest.mark.req("REQ-63", "REQ-67")
def test_the_page_of_who_decides_keeps_basis_and_guardians_and_writes_one_neutral_message(world, client_for):
    ask_guardians(world)
    client, place = client_for(world.nadia), world.membership("ben")
    page = url("member-deciders", world.thursday.pk, place.pk)
    assert page in client.get(url("member-answers", world.thursday.pk, place.pk)).content.decode()
    sent = client.post(page, {"decides": "guardian", "guardians": "any_one", "grounds": GROUNDS})
    assert sent.status_code == 302
    assert ConsentBasis.objects.get(person=world.ben).grounds == GROUNDS
    assert "The gate stays shut until one has answered." in client.get(page).content.decode()
    fields = {
        "used_name": "Mo Achter", "relationship": "parent", "authority": "parental", "evidence": "Seen.",
        "email": "mo.achter@example.org",
    }  # fmt: skip
    assert client.post(url("guardian-add", world.thursday.pk, place.pk), {**fields, "evidence": ""}).status_code == 422
    assert client.post(url("guardian-add", world.thursday.pk, place.pk), fields).status_code == 302
    link = GuardianLink.objects.get(person=world.ben)
    assert link.guardian.used_name == "Mo Achter"
    assert Message.objects.filter(recipient=link.guardian).count() == 1
    shown = client.get(page).content.decode()
    assert "Mo Achter" in shown
    ended = url("guardian-end", world.thursday.pk, place.pk, link.pk)
    assert client.post(ended).status_code == 302
    assert GuardianLink.objects.get(pk=link.pk).ended_at is not None
    assert {"consent_basis.decide", "guardian.name", "guardian.end"} <= set(
        TrailEvent.objects.values_list("action", flat=True)
    )
    for other in ("tom", "olga", "ada", "ben"):
        assert client_for(world.person(other)).get(page).status_code in (403, 404)


def test_a_guardian_of_another_child_is_not_ended_from_here(world):
    link = parent(world, make_member("Mo Achter"), name="chiara")
    with at_work(world.nadia) as nadia, pytest.raises(Refused):
        end_guardian(group_id=world.thursday.pk, membership_id=world.membership("ben").pk, link_id=link.pk, by=nadia)


@pytest.mark.req("REQ-64")
def test_a_guardian_sees_no_page_of_the_group_and_no_other_member(world, client_for):
    ask_guardians(world)
    is_young(world)
    mother = make_member("Mo Achter")
    parent(world, mother)
    client = client_for(mother)
    for page in (f"/groups/{world.thursday.pk}/", url("coverage-board", world.thursday.pk), "/groups/",
                 f"/sessions/{world.session_of_thursday.pk}/", f"/visits/{world.session_of_thursday.pk}/"):  # fmt: skip
        assert client.get(page).status_code in (403, 404), page
    assert client_for(world.nadia).get(f"/groups/{world.thursday.pk}/").status_code == 200
    home = client.get("/home/")
    assert home.status_code == 200
    for name in ("Chiara", "Dev", "Thursday"):
        assert name not in home.content.decode()
    assert world.ben.used_name in home.content.decode()


@pytest.mark.req("REQ-63")
def test_when_the_young_person_is_of_age_the_guardians_access_ends_the_same_moment(world, client_for):
    ask_guardians(world)
    is_young(world)
    mother = make_member("Mo Achter")
    link = parent(world, mother)
    kept = as_guardian(world, mother, link)
    client = client_for(mother)
    own = url("act-detail", kept.pk)
    assert client.get(own).status_code == 200
    assert world.ben.used_name in client.get("/home/").content.decode()
    is_young(world, decides="adult")
    assert client.get(own).status_code == 404
    assert world.ben.used_name not in client.get("/home/").content.decode()
    assert GuardianLink.objects.get(pk=link.pk).ended_at is not None
    # What was permitted stays as history, with the young person.
    assert client_for(world.ben).get(own).status_code == 200
    assert by_who(world) == {"member": "current"}


def test_guardians_are_people_without_a_place_and_the_young_person_is_never_their_own(world):
    from django.core.exceptions import ValidationError

    with pytest.raises(ValidationError):
        parent(world, world.ben)
    before = Person.objects.count()
    link = parent(world, make_member("Mo Achter"))
    assert Person.objects.count() == before + 1
    with pytest.raises(ValidationError):
        parent(world, link.guardian)


def test_the_pages_of_guardians_overrides_and_staff_take_at_most_eight_queries(world, client_for, queries):
    ask_guardians(world)
    is_young(world)
    mother = make_member("Mo Achter")
    parent(world, mother)
    place = world.membership("ben")
    found = []
    # A page that reads about a person ends with the trail's own three statements (foundation F1).
    for reader, name, trail in (
        (world.nadia, url("member-deciders", world.thursday.pk, place.pk), 4),
        (world.nadia, url("guardian-add", world.thursday.pk, place.pk), 3),
        (world.nadia, url("override-give", world.thursday.pk, place.pk), 0),
        (world.petra, url("override-list"), 0),
        (world.ada, url("everyone-signs"), 0),
        (mother, url("agreement-list"), 1),
        (mother, "/home/", 1),
        (world.ben, "/home/", 1),
    ):
        found.append((name, queries(client_for(reader), name), 8 + trail))
    assert not [one for one in found if one[1] > one[2]]
