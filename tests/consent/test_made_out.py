"""Papers for one person: filled in with every source named, signed by themselves, in force until their day."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from time_machine import travel

from consent import paper
from consent.kinds import kind_keys, load_kind
from consent.kinds.wording import sha256, to_json
from consent.models import Act, ConsentBasis, Document, DocumentVersion, GuardianLink, Particulars, Requirement
from consent.selectors import (
    asked_back,
    device_codes,
    lines_of,
    papers_about,
    releases_in_force,
    screen_consent,
    text_of,
    visible_versions,
)
from consent.services import (
    Issue,
    StepUpEvidence,
    agree_to_screen,
    decline,
    end_paper,
    make_out,
    present,
    say_back,
    sign,
    withdraw,
)
from groupcare.exceptions import InvalidTransition, Refused, StepUpNeeded
from groupcare.outbox.models import Message
from groups import ports
from tests.consent.helpers import url
from tests.factories import make_member
from tests.world import at_work, proof, today

pytestmark = pytest.mark.django_db
RELEASE = {
    "patient": "Ben Tanaka",
    "discloser": "Linden House",
    "information": "Days on which I came\nWhat we agreed to work on",
    "recipient": "Dr. Ruth Amsel, Elm Clinic",
    "purpose": "So that both plans fit together",
}
NOTICE = {
    "happened": "A letter went to the wrong house.",
    "happened_on": "We do not know the day yet.",
    "kinds": "name\nhome address",
    "protect": "Tell us if a letter of yours is missing.",
    "done": "We asked for the letter back.",
    "reach_us": "desk@example.org",
}
PAPERS = ("release_of_information", "psychotherapy_notes_authorization", "part2_consent")


def typed(kind_key="release_of_information", **given):
    words = {**RELEASE, "notes": "The notes of March"}
    asked = load_kind(kind_key).particulars if kind_key in kind_keys() else ()
    wanted = {one.key: words.get(one.key, "") for one in asked}
    return {**wanted, "ends_on": today() + timedelta(days=90), **given}


def made(world, kind_key="release_of_information", of="ben", by="nadia", instead_of=None, **given):
    place = world.membership(of)
    with at_work(world.person(by)) as person:
        return make_out(
            group_id=place.group_id,
            membership_id=place.pk,
            kind_key=kind_key,
            typed=typed(kind_key, **given),
            by=person,
            instead_of=instead_of,
        )


def papers_of(world, of="ben"):
    place = world.membership(of)
    return url("paper-list", place.group_id, place.pk)


def sign_it(person, version, subject_id=None):
    with at_work(person):
        if not screen_consent(person):
            agree_to_screen(code=device_codes(person)[0], language=version.language, by=person)
        present(version_id=version.pk, by=person, subject_id=subject_id)
        right = {one.key: one.right for one in asked_back(version)}
        say_back(version_id=version.pk, chosen=right, by=person, subject_id=subject_id)
        return sign(
            version_id=version.pk, typed_name="Me", meant=True, step_up=proof(), by=person, subject_id=subject_id
        )


def held(world, viewer="nadia", of="ben"):
    with at_work(world.person(viewer)) as person:
        return [one.document.pk for one in releases_in_force(person, world.person(of))]


# --- making one out ------------------------------------------------------------------------------------------------
@pytest.mark.req("REQ-19")
@pytest.mark.parametrize("kind_key", [*PAPERS, "notice_of_breach"])
def test_each_required_particular_left_out_is_named_with_its_source(kind_key):
    kind = load_kind(kind_key)
    whole = {one.key: "x" for one in kind.particulars} | {
        one.key: today() + timedelta(days=9) for one in kind.particulars if one.form == "date"
    }
    paper.check(kind, whole, today())
    for one in kind.particulars:
        for empty in ("", "  ", None):
            if not one.required:
                paper.check(kind, {**whole, one.key: empty}, today())
                continue
            with pytest.raises(ValidationError) as wrong:
                paper.check(kind, {**whole, one.key: empty}, today())
            assert one.source_in_words in wrong.value.message_dict[one.key][0]


@pytest.mark.req("REQ-19")
def test_it_is_typed_seen_and_published_and_the_member_is_asked_once(world, client_for):
    place, client = world.membership("ben"), client_for(world.tom)
    page = url("paper-create", place.group_id, place.pk, "release_of_information")
    form = client.get(page).content.decode()
    assert "Who may get it?" in form
    assert "45 CFR 164.508(c)(1)(iii)" in form
    assert "No care may depend on it" in form
    sent = {**RELEASE, "ends_on": (today() + timedelta(days=90)).isoformat()}
    empty = client.post(page, {**sent, "recipient": " ", "publish": "1"})
    assert empty.status_code == 422
    assert "45 CFR 164.508(c)(1)(iii)" in empty.content.decode()
    assert "So that both plans fit together" in empty.content.decode()
    seen = client.post(page, {**sent, "look": "1"}).content.decode()
    assert "As the person will read it" in seen
    assert "<li>Days on which I came</li>" in seen
    assert not Document.objects.filter(person=world.ben).exists()
    mails = Message.objects.filter(recipient=world.ben).count()
    assert client.post(page, {**sent, "publish": "1"})["Location"] == url("paper-list", place.group_id, place.pk)
    version = DocumentVersion.objects.get(document__person=world.ben)
    assert Message.objects.filter(recipient=world.ben).count() == mails + 1
    assert Message.objects.filter(recipient=world.ben).latest("created_at").kind == "agreement_waiting"
    read = client_for(world.ben).get(url("agreement-read", version.pk)).content.decode()
    assert "Dr. Ruth Amsel, Elm Clinic" in read
    listed = client.get(url("paper-list", place.group_id, place.pk)).content.decode()
    assert "Dr. Ruth Amsel" in listed
    assert "Not in force" in listed


def test_what_was_typed_lies_under_the_persons_key_and_the_hash_is_of_the_whole_text(world):
    version = made(world)
    kept = Particulars.objects.get(document=version.document)
    assert (kept.person_id, kept.ends_on) == (world.ben.pk, today() + timedelta(days=90))
    assert version.text_sha256 == sha256(kind="release_of_information", number=1, text=to_json(text_of(version)))
    with connection.cursor() as cursor:
        cursor.execute("SELECT filled FROM consent_particulars")
        assert b"Amsel" not in bytes(cursor.fetchone()[0])
    assert "Amsel" not in str(version.clauses)
    assert "{recipient}" in str(version.clauses)


def test_only_who_works_with_the_group_makes_one_out(world, client_for):
    place = world.membership("ben")
    page = url("paper-create", place.group_id, place.pk, "release_of_information")
    for name in ("olga", "ben", "chiara", "ada", "root", "petra"):
        assert client_for(world.person(name)).get(page).status_code == 404, name
    assert client_for(world.nadia).get(page).status_code == 200
    for kind in ("professional_will", "group_confidentiality_agreement", "nothing"):
        other = url("paper-create", place.group_id, place.pk, kind)
        assert client_for(world.nadia).get(other).status_code == 404, kind
        with pytest.raises(Refused):
            made(world, kind)


def test_a_day_that_has_passed_and_too_many_words_are_refused(world):
    for wrong in ({"ends_on": today()}, {"purpose": "x" * 2001}):
        with pytest.raises(ValidationError) as said:
            made(world, **wrong)
        assert list(said.value.message_dict) == list(wrong)
    assert made(world).number == 1


@pytest.mark.req("REQ-19")
def test_no_paper_for_one_person_shuts_a_door_or_is_put_together_with_another(world):
    for key in (*PAPERS, "notice_of_breach"):
        kind = load_kind(key)
        assert (kind.gate, kind.conditionable, kind.may_combine) == ("none", False, ())
    versions = [made(world, key) for key in PAPERS]
    assert not Requirement.objects.filter(document__person__isnull=False).exists()
    assert ports.clearance(world.thursday.pk, world.ben.pk).cleared
    # Each is a document of its own with one kind, so one signature is under one of them.
    assert len({one.document_id for one in versions}) == 3
    sign_it(world.ben, versions[1])
    assert held(world) == [versions[1].document_id]


# --- in force, and not any more --------------------------------------------------------------------------------------
@pytest.mark.req("REQ-19")
@pytest.mark.parametrize("kind_key", PAPERS)
def test_signed_it_is_in_force_until_the_end_of_its_day(world, client_for, kind_key):
    version = made(world, kind_key)
    assert held(world) == []
    act = sign_it(world.ben, version)
    assert act.valid_until.date() >= today() + timedelta(days=90)
    assert held(world) == held(world, "ben") == [version.document_id]
    assert held(world, "olga") == held(world, "chiara") == held(world, "ada") == []
    mine = client_for(world.ben).get(url("paper-mine")).content.decode()
    assert "Papers about you" in mine
    assert "In force until" in mine
    assert "Dr. Ruth Amsel" in mine
    assert url("paper-mine") in client_for(world.ben).get(url("agreement-list")).content.decode()
    assert url("paper-mine") not in client_for(world.chiara).get(url("agreement-list")).content.decode()
    with travel(act.valid_until - timedelta(minutes=1), tick=False):
        assert held(world) == [version.document_id]
    with travel(act.valid_until, tick=False):
        assert held(world) == []


@pytest.mark.req("REQ-50", "REQ-56")
@pytest.mark.parametrize("kind_key", PAPERS)
def test_taken_back_nothing_is_shared_under_it_and_the_door_stays_open(world, client_for, kind_key):
    version = made(world, kind_key)
    act = sign_it(world.ben, version)
    client, page = client_for(world.ben), url("act-withdraw", act.pk)
    assert "Nothing more is shared under this paper" in client.get(page).content.decode()
    client.post(page)
    assert held(world) == []
    assert ports.clearance(world.thursday.pk, world.ben.pk).cleared
    with at_work(world.ben) as ben:
        assert papers_about(ben, ben.pk)[0].standing.state == "withdrawn"


def test_what_ends_it_may_come_before_its_day(world, client_for, queries):
    version = made(world)
    sign_it(world.ben, version)
    page = url("paper-end", version.document_id)
    for name in ("olga", "ben", "ada", "root"):
        assert client_for(world.person(name)).get(page).status_code == 404, name
        assert client_for(world.person(name)).post(page).status_code == 404, name
    asked = client_for(world.tom).get(page)
    assert asked.status_code == 200
    for words in ("Ben Tanaka", RELEASE["recipient"], "nothing is shared or done under this paper", "Keep it as it is"):
        assert words in asked.content.decode(), words
    assert held(world) == [version.document_id]
    assert queries(client_for(world.tom), page) <= 8
    assert f'href="{page}"' in client_for(world.tom).get(papers_of(world)).content.decode()
    assert client_for(world.tom).post(page).status_code == 302
    assert held(world) == []
    with pytest.raises(InvalidTransition), at_work(world.nadia) as nadia:
        end_paper(document_id=version.document_id, by=nadia)
    with pytest.raises(InvalidTransition):
        made(world, instead_of=version.document_id)
    assert "Ended on" in client_for(world.ben).get(url("paper-mine")).content.decode()


def test_a_later_paper_takes_the_place_of_an_earlier_one_and_not_of_others(world):
    first, other = made(world), made(world, recipient="The school nurse")
    for one in (first, other):
        sign_it(world.ben, one)
    assert len(held(world)) == 2
    with pytest.raises(Refused):
        made(world, of="chiara", instead_of=first.document_id)
    with pytest.raises(Refused):
        made(world, "part2_consent", instead_of=first.document_id)
    second = made(world, recipient="Dr. Amsel's successor", instead_of=first.document_id)
    assert (second.document_id, second.number) == (first.document_id, 2)
    assert held(world) == [other.document_id]
    sign_it(world.ben, second)
    assert sorted(held(world), key=str) == sorted([first.document_id, other.document_id], key=str)
    line = Act.objects.filter(document=first.document_id, act="signed").order_by("at")
    assert line[1].supersedes_id == line[0].pk


def test_a_guardian_signs_beside_the_young_person_and_only_for_their_own(world):
    grete = make_member("Grete Tanaka")
    GuardianLink.objects.create(
        person=world.ben,
        guardian=grete,
        relationship="parent",
        authority="parental",
        evidence="x",
        checked_by=world.ada,
    )
    ConsentBasis.objects.create(person=world.ben, decides="both", grounds="Age 16", decided_by=world.ada)
    version, of_another = made(world), made(world, of="chiara")
    sign_it(world.ben, version)
    assert held(world) == []
    with at_work(grete):
        seen = {one.document_id for one in visible_versions(grete).filter(document__person__isnull=False)}
        assert seen == {version.document_id}
        assert [one.subject_id for one in lines_of(grete, visible_versions(grete).get(pk=version.pk))] == [world.ben.pk]
    sign_it(grete, version, world.ben.pk)
    assert held(world) == [version.document_id]
    with pytest.raises(Refused), at_work(grete):
        present(version_id=of_another.pk, by=grete)
    with at_work(grete):
        withdraw(act_id=Act.objects.get(signer=grete, act="signed").pk, by=grete)
    assert held(world) == []


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=st.lists(st.sampled_from(["sign", "decline", "withdraw", "replace"]), max_size=5))
def test_it_is_in_force_exactly_when_the_last_answer_to_the_newest_words_is_a_yes(world, steps):
    version, yes = made(world), False
    for step in steps:
        if step == "replace":
            version, yes = made(world, instead_of=version.document_id), False
        elif step == "sign" and not yes:
            sign_it(world.ben, version)
            yes = True
        elif step == "decline" and not yes:
            with at_work(world.ben) as ben:
                decline(version_id=version.pk, by=ben)
        elif step == "withdraw" and yes:
            with at_work(world.ben) as ben:
                withdraw(act_id=Act.objects.filter(signer=ben, document=version.document).latest("at").pk, by=ben)
            yes = False
        assert (version.document_id in held(world)) == yes


# --- a notice --------------------------------------------------------------------------------------------------------
def test_a_notice_is_sent_out_for_the_practice_and_read_without_a_signature(world, client_for):
    place = world.membership("ben")
    page = url("paper-create", place.group_id, place.pk, "notice_of_breach")
    assert client_for(world.tom).get(page).status_code == 404
    client, sent = client_for(world.nadia), {**NOTICE, "discovered_on": today().isoformat(), "publish": "1"}
    assert client.get(page).status_code == 200
    unsigned = client.post(page, sent)
    assert unsigned.status_code == 422
    assert "Tick this if you checked the notice" in unsigned.content.decode()
    assert client.post(page, {**sent, "typed_name": "Nadia Rahmani", "meant": "on"}).status_code == 302
    version = DocumentVersion.objects.get(document__kind="notice_of_breach")
    issued = Act.objects.get(document=version.document)
    assert (issued.capacity, issued.signer_id, issued.subject_id) == ("practice", world.nadia.pk, world.ben.pk)
    assert issued.evidence["typed_name"] == "Nadia Rahmani"
    ben = client_for(world.ben)
    read = ben.get(url("agreement-read", version.pk)).content.decode()
    assert "A letter went to the wrong house." in read
    assert url("agreement-present", version.pk) not in read
    assert "I have read it" in ben.get(url("paper-mine")).content.decode()
    for name in ("chiara", "zoe", "nadia"):
        assert client_for(world.person(name)).post(url("notice-read", version.pk)).status_code == 404, name
    assert ben.post(url("notice-read", version.pk)).status_code == 302
    assert ben.post(url("notice-read", version.pk)).status_code == 302
    assert Act.objects.filter(signer=world.ben, document=version.document, act="presented").count() == 1
    assert "as the person said" in ben.get(url("paper-mine")).content.decode()
    assert held(world) == []


@pytest.mark.parametrize("age", [timedelta(minutes=6), timedelta(minutes=-1)])
def test_a_notice_goes_out_only_with_a_proof_from_just_now(world, age):
    """The service asks for it by itself, whoever calls it."""
    place, typed = world.membership("ben"), {**NOTICE, "discovered_on": today()}
    facts = {"group_id": place.group_id, "membership_id": place.pk, "kind_key": "notice_of_breach", "typed": typed}
    old = StepUpEvidence(method="password", at=timezone.now() - age, event="x")
    with at_work(world.nadia) as nadia:
        with pytest.raises(StepUpNeeded):
            make_out(**facts, by=nadia, issue=Issue("Nadia Rahmani", True, old))
        assert not DocumentVersion.objects.filter(document__kind="notice_of_breach").exists()
        version = make_out(**facts, by=nadia, issue=Issue("Nadia Rahmani", True, proof()))
    assert Act.objects.get(version=version).act == "signed"


def test_the_list_of_papers_costs_the_same_for_one_and_for_ten(world, client_for, queries):
    place, client = world.membership("ben"), client_for(world.nadia)
    page, mine = url("paper-list", place.group_id, place.pk), url("paper-mine")
    made(world)
    few, own = queries(client, page), queries(client_for(world.ben), mine)
    for _ in range(9):
        made(world)
    assert queries(client, page) == few
    assert queries(client_for(world.ben), mine) == own
