"""What guardians decide: nothing opens without their permission, and what each answered stays theirs until of age."""

import re
from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from time_machine import travel

from consent.kinds import load_kind
from consent.kinds.wording import sha256, shipped, to_json
from consent.models import Act, Document, DocumentVersion, GuardianLink, Requirement, SpokenAgreement, Who
from consent.records import acts, everything
from consent.selectors import debts, papers_about, read_scan, standings, wards_of
from consent.services import (
    NewGuardian,
    Paper,
    ask_about,
    give_override,
    name_guardian,
    record_paper,
    start_grace,
    withdraw,
)
from consent.tasks import send_reconsent_prompts as sweep
from groupcare.accounts.models import Person
from groupcare.exceptions import InvalidTransition, Refused
from groupcare.outbox.models import Message
from groupcare.outbox.services import set_address
from groupcare.practice.records import Scope
from groups import ports
from groups.localtime import practice_zone, today_in
from groups.models import Facilitation
from groups.services import add_facilitator, end_membership
from tests.consent.helpers import answers, url
from tests.consent.test_guardians import by_who, is_young, parent
from tests.consent.test_made_out import made, sign_it
from tests.consent.test_on_paper import PDF, SAID, due
from tests.factories import make_member, make_person
from tests.world import ZONE, at_work, today

pytestmark = pytest.mark.django_db
NOT_PUBLISHED = "The guardian permission of this group is not published yet"
DAY = timedelta(days=1)


def permission(world, starts=None, gate="session"):
    """Publish the guardian permission of Thursday, with its blanks open, from ``starts`` on."""
    text = to_json(shipped("guardian_permission", "en"))
    document = Document.objects.create(kind="guardian_permission", group=world.thursday)
    Requirement.objects.create(document=document, who=Who.GUARDIAN, signers="all_required", gate=gate)
    return DocumentVersion.objects.create(
        document=document, group=world.thursday, number=1, language="en", clauses=text, published_by=world.nadia,
        text_sha256=sha256(kind="guardian_permission", number=1, text=text), effective_at=starts,
        valid_days=load_kind("guardian_permission").validity_days,
    )  # fmt: skip


def answer(world, version, guardian, kind="signed", name="ben"):
    """Write an answer of a guardian for a child as the services would keep it."""
    return Act.objects.create(
        act=kind, document_id=version.document_id, version=version, group_id=version.group_id,
        subject=world.person(name), signer=guardian, capacity="guardian", evidence={"typed_name": guardian.used_name},
        meaning="permit" if kind == "signed" else "", at=timezone.now(),
        valid_until=timezone.now() + 365 * DAY if kind == "signed" else None,
    )  # fmt: skip


def record_of(world, name="ben"):
    """Return what the person's record holds of the answers to agreements, in one piece."""
    place = world.membership(name)
    entries = acts(Scope(place.person_id, world.thursday.pk, place.pk))
    return " ".join(fact.text for one in entries for fact in one.facts)


def ask(world, name="ben"):
    return ports.clearance(world.thursday.pk, world.ids[name][1])


def said(found):
    return " ".join(str(one.text) for one in found.reasons)


@pytest.fixture
def mother(world):
    return make_member("Mo Achter")


@pytest.fixture
def father(world):
    return make_member("Fa Holm")


# --- nothing to permit ----------------------------------------------------------------------------------------------
@pytest.mark.req("REQ-63", "REQ-46")
@pytest.mark.parametrize("decides", ["guardian", "both"])
def test_the_gate_stays_shut_where_no_guardian_could_permit(world, client_for, decides):
    assert ask(world).cleared
    is_young(world, decides=decides)
    found = ask(world)
    assert (found.cleared, found.state) == (False, "missing")
    assert NOT_PUBLISHED in said(found)
    assert "nothing for you to do" in said(found)
    page = client_for(world.ben).get(f"/visits/{world.session_of_thursday.pk}/").content.decode()
    assert NOT_PUBLISHED in page
    # A young person whom the law lets decide alone, and an adult, are asked for no permission.
    for alone in ("young", "adult"):
        is_young(world, decides=alone)
        assert ask(world).cleared, alone


@pytest.mark.req("REQ-63")
def test_a_permission_counts_from_its_day_and_only_if_the_gate_waits_for_it(world):
    is_young(world)
    permission(world, starts=timezone.now() + 9 * DAY)
    assert NOT_PUBLISHED in said(ask(world))
    with travel(timezone.now() + 10 * DAY, tick=False):
        assert NOT_PUBLISHED not in said(ask(world))
        assert "permission of a parent or guardian is not there yet" in said(ask(world))
        Requirement.objects.filter(who=Who.GUARDIAN).update(gate="none")
        assert NOT_PUBLISHED in said(ask(world))
        Requirement.objects.filter(who=Who.GUARDIAN).update(gate="session")
        Document.objects.filter(kind="guardian_permission").update(retired_at=timezone.now(), retired_by=world.nadia)
        assert NOT_PUBLISHED in said(ask(world))


@pytest.mark.req("REQ-46")
def test_no_override_and_no_time_to_sign_passes_over_a_permission_that_nobody_could_give(world, client_for):
    is_young(world)
    today = today_in(practice_zone())

    def let_in():
        with at_work(world.nadia) as nadia:
            give_override(
                group_id=world.thursday.pk, membership_id=world.membership("ben").pk, last_day=today,
                reason="The paper is in the post.", by=nadia,
            )  # fmt: skip

    with at_work(world.nadia) as nadia:
        start_grace(group_id=world.thursday.pk, last_day=today + 5 * DAY, reason="A new text.", by=nadia)
    with pytest.raises(InvalidTransition):
        let_in()
    page = url("override-give", world.thursday.pk, world.membership("ben").pk)
    assert "a permission that nobody could give" in client_for(world.nadia).get(page).content.decode()
    assert not ask(world).cleared
    permission(world)
    # Now it could be given, and is only late: both may help.
    assert ask(world).cleared
    let_in()


def test_the_board_says_why_and_finds_the_person(world, client_for):
    client, page = client_for(world.nadia), url("coverage-board", world.thursday.pk)
    assert NOT_PUBLISHED not in client.get(page).content.decode()
    is_young(world)
    for query in ("", "?show=shut", "?show=needs", "?state=missing"):
        shown = client.get(page + query)
        assert world.ben.pk in {line.membership.person_id for line in shown.context["board"].lines}, query
        assert NOT_PUBLISHED in shown.content.decode(), query
    shown = client.get(f"{page}?state=current").context["board"]
    assert (shown.cleared, shown.total) == (2, 3)
    session = client.get(f"/sessions/{world.session_of_thursday.pk}/").content.decode()
    assert NOT_PUBLISHED in session


# --- what a guardian answered ---------------------------------------------------------------------------------------
@pytest.mark.req("REQ-63", "REQ-64")
def test_a_guardians_answer_is_theirs_and_the_young_persons_from_the_day_they_are_of_age(
    world, client_for, mother, father
):
    is_young(world)
    version = permission(world)
    parent(world, mother)
    parent(world, father)
    act = answer(world, version, mother)
    young, one, other = client_for(world.ben), client_for(mother), client_for(father)
    pages = [url(name, act.pk) for name in ("act-detail", "act-copy", "act-withdraw")]
    assert [one.get(page).status_code for page in pages] == [200, 200, 200]
    for stranger in (young, other):
        assert [stranger.get(page).status_code for page in pages] == [404, 404, 404]
    of_place = url("member-answers", world.thursday.pk, world.membership("ben").pk)
    assert "Signed" in client_for(world.nadia).get(of_place).content.decode()
    assert "by a guardian" not in young.get(url("agreement-list")).content.decode()
    assert "Mo Achter" not in record_of(world)
    is_young(world, decides="young")
    assert young.get(pages[0]).status_code == one.get(pages[0]).status_code == 404
    is_young(world, decides="adult")
    shown = young.get(pages[0]).content.decode()
    assert "A guardian answered for you" in shown
    assert url("act-withdraw", act.pk) not in shown
    assert "Mo Achter" in young.get(pages[1]).content.decode()
    assert "by a guardian" in young.get(url("agreement-list")).content.decode()
    assert "Mo Achter" in record_of(world)
    assert young.get(pages[2]).status_code == young.post(pages[2]).status_code == 404
    assert [one.get(page).status_code for page in pages] == [404, 404, 404]
    assert [found.act for found in answers(world, "ben")] == ["signed", "signed"]


def test_the_scan_of_a_guardians_paper_is_not_the_young_persons_to_read(
    world, client_for, mother, father, settings, tmp_path
):
    settings.DATA_DIR = tmp_path
    is_young(world)
    version = permission(world)
    parent(world, mother)
    parent(world, father)
    with at_work(world.nadia) as nadia:
        act = record_paper(
            group_id=world.thursday.pk, membership_id=world.membership("ben").pk, version_id=version.pk,
            paper=Paper(today(), "printed", PDF, compared=True, asked_for_paper=True), by=nadia, signer_id=mother.pk,
        )  # fmt: skip
    for person, may in ((mother, True), (world.tom, True), (world.ben, False), (father, False), (world.olga, False)):
        assert client_for(person).get(url("paper-scan", act.pk)).status_code == (200 if may else 404)
        with at_work(person):
            if may:
                assert read_scan(person, act.pk).content == PDF
            else:
                with pytest.raises(Refused):
                    read_scan(person, act.pk)
    is_young(world, decides="adult")
    assert client_for(world.ben).get(url("paper-scan", act.pk)).status_code == 200
    assert client_for(mother).get(url("paper-scan", act.pk)).status_code == 404


@pytest.mark.parametrize(("kind", "words"), [("declined", "needs a talk"), ("talk_first", "needs a talk")])
def test_the_young_person_learns_only_that_a_permission_needs_a_talk(world, client_for, mother, kind, words):
    is_young(world)
    version = permission(world)
    Requirement.objects.create(document=world.act_of_ben.document, who=Who.YOUNG_MEMBER, signers="any_one")
    parent(world, mother)
    answer(world, version, mother, kind)
    assert by_who(world)["guardian"] == ("conflicting" if kind == "declined" else kind)
    found = ask(world)
    assert (found.cleared, found.state) == (False, "missing")
    assert words in said(found)
    client = client_for(world.ben)
    rows = client.get("/api/v1/agreements").json()
    assert [(row["state"], row["cleared"]) for row in rows] == [("current", False)]
    assert {(one["who"], one["state"]) for one in rows[0]["answers"]} == {
        ("member", "current"),
        ("young_member", "current"),
    }
    own = {str(world.act_of_ben.at.astimezone(ZONE).date())}
    assert {one["answered_at"][:10] for one in rows[0]["answers"]} == own
    for page in (url("agreement-list"), "/home/", f"/visits/{world.session_of_thursday.pk}/"):
        body = client.get(page).content.decode()
        for hidden in ("Declined", "Said no", "do not fit together", "Two answers", "offer you a time", "Mo Achter"):
            assert hidden not in body, (page, hidden)


@pytest.mark.req("REQ-64")
def test_whom_a_court_order_leaves_out_is_asked_nothing_and_told_nothing(world, client_for, mother, father):
    version = permission(world)
    is_young(world, guardians="all_required")
    parent(world, father)
    client, page = client_for(father), url("agreement-read", version.pk)
    assert client.get(page).status_code == 200
    assert "Ben Tanaka" in client.get("/home/").content.decode()
    kept = answer(world, version, father)
    assert client.get(url("act-detail", kept.pk)).status_code == 200
    is_young(world, guardians="court_order")
    parent(world, mother, authority="court")
    named = client_for(mother)
    assert named.get(page).status_code == 200
    assert "Ben Tanaka" in named.get("/home/").content.decode()
    for gone in (page, url("agreement-open", version.document_id), url("act-detail", kept.pk)):
        assert client.get(gone).status_code == 404
    assert client.post(url("agreement-present", version.pk)).status_code == 404
    for shown in ("/home/", url("agreement-list")):
        body = client.get(shown).content.decode()
        for hidden in ("Ben Tanaka", "court", "Mo Achter"):
            assert hidden not in body, shown
    with at_work(father):
        assert not wards_of(father).exists()
    # Nobody writes to whose answer does not count; the other one is asked.
    late = make_member("Late Holm")
    before = Message.objects.filter(recipient=late).count()
    parent(world, late)
    assert Message.objects.filter(recipient=late).count() == before
    assert Message.objects.filter(recipient=mother, kind="agreement_waiting").exists()
    for seen in (client_for(world.ben), named):
        assert "Fa Holm" not in seen.get("/home/").content.decode()
        assert "court" not in seen.get("/home/").content.decode().lower()


# --- taking back ----------------------------------------------------------------------------------------------------
@pytest.mark.req("REQ-50")
def test_a_guardian_takes_back_for_as_long_as_they_may_answer(world, client_for, mother):
    version = permission(world)
    is_young(world)
    link = parent(world, mother)
    first = answer(world, version, mother)

    def take_back():
        with at_work(mother):
            return withdraw(act_id=first.pk, by=mother)

    GuardianLink.objects.filter(pk=link.pk).update(ended_at=timezone.now(), ended_by=world.nadia)
    with pytest.raises(Refused):
        take_back()
    assert client_for(mother).post(url("act-withdraw", first.pk)).status_code == 404
    GuardianLink.objects.filter(pk=link.pk).update(ended_at=None, ended_by=None)
    is_young(world, decides="young")
    with pytest.raises(Refused):
        take_back()
    is_young(world)
    # A young person who left the group is their child all the same.
    with at_work(world.nadia) as nadia:
        end_membership(membership_id=world.membership("ben").pk, group=world.thursday, by=nadia)
    taken = take_back()
    assert (taken.act, taken.supersedes_id, taken.capacity) == ("withdrawn", first.pk, "guardian")
    assert "The young person cannot come" in taken.evidence["consequences"]["next_session"][0]


# --- papers ---------------------------------------------------------------------------------------------------------
@pytest.fixture
def supervisor(world):
    with at_work(world.nadia) as nadia:
        add_facilitator(group=world.thursday, person=world.olga, role=Facilitation.Role.SUPERVISOR, by=nadia)
    return world.olga


@pytest.mark.req("REQ-19")
def test_who_sees_the_group_without_writing_its_notes_reads_no_paper_of_one_person(world, client_for, supervisor):
    version = made(world)
    agreement = DocumentVersion.objects.filter(group=world.thursday, document__person__isnull=True).first()
    pages = [url("agreement-read", version.pk), url("agreement-open", version.document_id)]
    for person, status in ((world.nadia, 200), (world.tom, 200), (world.ben, 200), (supervisor, 404)):
        client = client_for(person)
        assert [client.get(page, follow=True).status_code for page in pages] == [status, status]
        assert client.get(url("agreement-read", agreement.pk)).status_code == 200


@pytest.mark.req("REQ-64")
def test_a_guardian_sees_the_papers_that_guardians_answer_and_no_other(world, client_for, mother):
    is_young(world, decides="both")
    parent(world, mother)
    client = client_for(mother)
    other = Document.objects.create(kind="notice_of_breach", group=world.thursday, person=world.ben)
    with at_work(mother):
        assert papers_about(mother, world.ben.pk) == []
    assert url("paper-mine") not in client.get(url("agreement-list")).content.decode()
    other.delete()
    release = made(world)
    with at_work(mother):
        assert [one.document.pk for one in papers_about(mother, world.ben.pk)] == [release.document_id]
    assert url("paper-mine") in client.get(url("agreement-list")).content.decode()
    assert client.get(url("agreement-read", release.pk)).status_code == 200


def test_each_reads_their_own_answer_to_a_paper_and_those_who_run_the_group_all(world, mother, father):
    is_young(world, decides="both")
    parent(world, mother)
    parent(world, father)
    version = made(world)
    sign_it(world.ben, version)
    answer(world, version, mother, "declined")

    def state_for(viewer):
        with at_work(viewer):
            found = papers_about(viewer, world.ben.pk)[0]
        return str(found.said.state), found.in_force

    assert state_for(world.ben) == ("current", False)
    assert state_for(mother) == ("declined", False)
    assert state_for(father) == ("missing", False)
    assert state_for(world.nadia) == ("declined", False)


def test_under_a_court_order_the_guardian_whom_it_names_puts_a_paper_in_force(world, mother, father):
    is_young(world, decides="both", guardians="court_order")
    parent(world, father)
    parent(world, mother, authority="court")
    version = made(world)
    sign_it(world.ben, version)
    with at_work(world.nadia) as nadia:
        assert not papers_about(nadia, world.ben.pk)[0].in_force
    sign_it(mother, version, world.ben.pk)
    with at_work(world.nadia) as nadia:
        assert papers_about(nadia, world.ben.pk)[0].in_force


# --- who may be a guardian ------------------------------------------------------------------------------------------
@pytest.mark.parametrize("name", ["nadia", "tom"])
def test_nobody_who_runs_the_group_is_named_a_guardian_in_it(world, client_for, name):
    def named(person):
        with at_work(world.nadia) as nadia:
            set_address(person=person, value=person.login.email, by=nadia)
            return name_guardian(
                group_id=world.thursday.pk, membership_id=world.membership("ben").pk, by=nadia,
                guardian=NewGuardian("Somebody", "parent", "parental", "Seen.", person.login.email),
            )  # fmt: skip

    with pytest.raises(ValidationError) as wrong:
        named(world.person(name))
    assert list(wrong.value.message_dict) == ["email"]
    assert "Name another guardian." in wrong.value.message_dict["email"][0]
    assert not GuardianLink.objects.exists()
    page = url("guardian-add", world.thursday.pk, world.membership("ben").pk)
    fields = {
        "used_name": "Somebody", "relationship": "parent", "authority": "parental", "evidence": "Seen.",
        "email": world.person(name).login.email,
    }  # fmt: skip
    sent = client_for(world.nadia).post(page, fields)
    assert sent.status_code == 422
    assert "Name another guardian." in sent.content.decode()
    # A colleague who runs another group, and one whose time here is over, are people like all others.
    assert named(world.olga).guardian == world.olga


# --- how those who run the group call a guardian --------------------------------------------------------------------
TYPED, KNOWN = "Mo Achter", "Zoe Marsh"


def name_at_page(client, world, name, **given):
    """Name a guardian on the page as who runs the group; return the answer."""
    fields = {"used_name": TYPED, "relationship": "parent", "authority": "parental", "evidence": "Seen.", **given}
    return client.post(url("guardian-add", world.thursday.pk, world.membership(name).pk), fields)


def about(world, page, name="ben", document=None):
    """Return the address of a page about a place of Thursday, for one document if it is given."""
    where = url(page, world.thursday.pk, world.membership(name).pk)
    return f"{where}?document={document.pk}" if document else where


@pytest.mark.req("REQ-63", "REQ-64")
def test_an_address_does_not_tell_those_who_run_the_group_whose_it_is(world, client_for, queries, settings, tmp_path):
    settings.DATA_DIR = tmp_path
    lead, zoe = client_for(world.nadia), client_for(world.zoe)
    is_young(world)
    version = permission(world)
    assert name_at_page(lead, world, "ben", email=world.zoe.login.email).status_code == 302
    link = GuardianLink.objects.get(person=world.ben)
    # It is she who is asked, under the name that was typed.
    assert (link.guardian, link.named_as) == (world.zoe, TYPED)
    assert name_at_page(lead, world, "ben", used_name="Fa Holm").status_code == 302

    def seen(*addresses):
        pages = {one: lead.get(one).content.decode() for one in addresses}
        assert not [one for one, page in pages.items() if KNOWN in page or "Marsh" in page]
        return [one for one, page in pages.items() if TYPED in page]

    named = [about(world, "member-deciders")]
    named += [about(world, one, document=version.document) for one in ("paper-record", "aloud-record", "told-record")]
    nameless = [about(world, "member-answers"), url("coverage-board", world.thursday.pk)]
    nameless += [about(world, "agreement-print", document=version.document), f"/groups/{world.thursday.pk}/"]
    assert seen(*named, *nameless) == named

    # On paper: the wrong page of the forms, the act, and what is done with it later.
    paper = {
        "version": version.pk, "signer": world.zoe.pk, "signed_on": today().isoformat(), "wording": "printed",
        "scan": SimpleUploadedFile("a.pdf", PDF), "compared": "on", "asked_for_paper": "on",
    }  # fmt: skip
    wrong = lead.post(named[1], {**paper, "compared": ""})
    assert wrong.status_code == 422
    assert TYPED in wrong.content.decode()
    assert KNOWN not in wrong.content.decode()
    assert lead.post(named[1], {**paper, "scan": SimpleUploadedFile("a.pdf", PDF)}).status_code == 302
    act = Act.objects.get(signer=world.zoe, version=version)
    assert seen(*nameless, url("act-invalidate", act.pk)) == [url("act-invalidate", act.pk)]

    # What she asks is asked by the one whom they named.
    with at_work(world.zoe) as person:
        asked = ask_about(version_id=version.pk, clause="", words="How long?", by=person, subject_id=world.ben.pk)
    asking = [url("question-list", world.thursday.pk), url("question-reply", world.thursday.pk, asked.pk)]
    assert seen(*asking) == asking
    # A page that reads about a person ends with the trail's own three statements (foundation F1).
    for page in (*named[1:], *asking, url("act-invalidate", act.pk)):
        assert queries(lead, page) <= 8 + 3, page

    # In her own group, and on her own pages, she is who she is.
    theirs = client_for(world.olga).get(url("coverage-board", world.tuesday.pk)).content.decode()
    assert KNOWN in theirs
    assert TYPED not in theirs
    own = ["/home/", "/account/profile/", url("agreement-list"), url("act-copy", act.pk)]
    answered = [zoe.get(one) for one in own]
    assert [one.status_code for one in answered] == [200] * 4
    assert [KNOWN in one.content.decode() for one in answered] == [True, True, False, False]
    assert not [one for one in answered if TYPED in one.content.decode()]

    # The record names the guardian as it was written down too.
    is_young(world, decides="adult")
    place = world.membership("ben")
    whole = everything(Scope(place.person_id, world.thursday.pk, place.pk))
    facts = [fact.text for entry in whole for fact in entry.facts]
    assert TYPED in facts
    assert not [one for one in facts if KNOWN in one]


def test_what_was_heard_of_a_guardian_is_kept_under_the_name_that_was_typed(world, client_for):
    lead = client_for(world.nadia)
    is_young(world)
    version = permission(world)
    name_at_page(lead, world, "ben", email=world.zoe.login.email)
    heard = {
        **SAID, "version": version.pk, "text_sha256": version.text_sha256, "said_on": today().isoformat(),
        "follow_up_on": due().isoformat(), "asked_for_it": "on",
    }  # fmt: skip
    form = about(world, "aloud-record", document=version.document)
    assert "must be a second person" in lead.post(form, {**heard, "witness": "mo  achter"}).content.decode()
    # Whoever tries a name as the witness does not learn whether it is hers.
    assert lead.post(form, {**heard, "witness": KNOWN}).status_code == 302
    said = SpokenAgreement.objects.get(person=world.ben).said
    assert (said["guardian_name"], said["guardian_relationship"]) == (TYPED, "Parent")


def test_who_was_asked_and_is_silent_is_listed_under_the_name_that_was_typed(world, client_for, queries):
    lead = client_for(world.nadia)
    is_young(world)
    permission(world)
    name_at_page(lead, world, "ben", email=world.zoe.login.email)
    name_at_page(lead, world, "chiara", email="fa.holm@example.org", used_name="Fa Holm")
    is_young(world, name="chiara")
    for days in (3, 30):
        with travel(timezone.now() + days * DAY, tick=False):
            sweep.apply()
    with travel(timezone.now() + 31 * DAY, tick=False):
        page = client_for(world.nadia).get(url("follow-up-list")).content.decode()
        assert queries(client_for(world.nadia), url("follow-up-list")) <= 8
        with at_work(world.nadia) as nadia:
            owed = {one.person.pk: (str(one.who.name), one.what) for one in debts(nadia)}
    assert owed[world.zoe.pk] == (TYPED, "silent")
    assert TYPED in page
    assert KNOWN not in page


def test_a_known_and_an_unknown_address_leave_the_same_pages(world, client_for):
    lead = client_for(world.nadia)
    before = Person.objects.count()
    pages = []
    for name, email in (("ben", world.zoe.login.email), ("chiara", "mo.achter@example.org"), ("dev", "")):
        is_young(world, name=name)
        for wrong in (" ", "M" * 81):
            assert name_at_page(lead, world, name, email=email, used_name=wrong).status_code == 422
        sent = name_at_page(lead, world, name, email=email)
        assert (sent.status_code, sent["Location"]) == (302, about(world, "member-deciders", name))
        page = lead.get(sent["Location"]).content.decode()
        page = page.replace(world.person(name).used_name, "somebody")
        # But for the keys of rows, forms and scripts.
        pages.append(re.sub(r'[0-9a-f-]{36}|[0-9A-Za-z]{64}|(nonce|value)="[^"]*"', "", page))
    assert pages[0] == pages[1] == pages[2]
    assert TYPED in pages[0]
    assert Person.objects.count() == before + 2
    # The service asks for the name before it looks for anybody at the address.
    for email in (world.zoe.login.email, "new@example.org"):
        for wrong in (" ", "M" * 121):
            with at_work(world.nadia) as nadia, pytest.raises(ValidationError) as found:
                name_guardian(
                    group_id=world.thursday.pk, membership_id=world.membership("ben").pk, by=nadia,
                    guardian=NewGuardian(wrong, "parent", "parental", "Seen.", email),
                )  # fmt: skip
            assert list(found.value.message_dict) == ["used_name"]


def test_an_older_row_without_a_name_shows_one_only_of_who_does_not_sign_in(world, client_for):
    is_young(world)
    facts = {"relationship": "grandparent", "authority": "court", "evidence": "", "checked_by": world.nadia}
    GuardianLink.objects.create(person=world.ben, guardian=world.zoe, **facts)
    GuardianLink.objects.create(person=world.ben, guardian=make_person("Fa Holm"), **facts)
    page = client_for(world.nadia).get(about(world, "member-deciders")).content.decode()
    assert KNOWN not in page
    assert "Grandparent" in page
    assert "Fa Holm" in page


def test_standings_of_everybody_else_are_as_before(world):
    is_young(world)
    ids = [world.ids[name][1] for name in ("ben", "chiara", "dev")]
    found = standings(None, [world.thursday.pk], ids)
    assert [str(found[world.thursday.pk, one].state) for one in ids] == ["missing", "current", "current"]


# --- a stranger in the place of a child --------------------------------------------------------------------------------
def test_what_guardians_answered_for_a_stranger_is_found_not_valid_with_their_own(world, mother):
    from consent.services import invalidate_answers

    is_young(world)
    version = permission(world)
    parent(world, mother)
    permitted, others = answer(world, version, mother), answers(world, "chiara")
    with at_work(world.nadia) as nadia:
        found = invalidate_answers(group_id=world.thursday.pk, of=world.ben, reason="wrong_person", by=nadia)
        assert invalidate_answers(group_id=world.thursday.pk, of=world.ben, reason="wrong_person", by=nadia) == []
    assert {(one.act, one.signer_id, one.capacity) for one in found} == {
        ("invalidated", world.ben.pk, "self"),
        ("invalidated", mother.pk, "guardian"),
    }
    assert next(one for one in found if one.signer_id == mother.pk).supersedes == permitted
    assert answers(world, "chiara") == others
    assert ask(world).cleared is False
