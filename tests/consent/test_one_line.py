"""One answer in one line: for whom it is, what was read in it, what holds there, and words whose day has not come."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone
from time_machine import travel

from consent.kinds import load_kind
from consent.kinds.wording import questions, sha256, shipped, to_json
from consent.models import Act, ActKind, ConsentBasis, Document, DocumentVersion, GuardianLink, TeachBack
from consent.selectors import (
    LineNotChosen,
    SigningLine,
    asked_back,
    device_codes,
    get_version_to_answer,
    lines_of,
    reading,
    versions_for_place,
    visible_versions,
)
from consent.services import (
    Terms,
    agree_to_screen,
    ask_about,
    ask_to_talk,
    decline,
    present,
    record_aloud,
    record_told,
    say_back,
    sign,
    withdraw,
)
from groupcare.exceptions import InvalidTransition, Refused
from groups import ports
from tests.consent.helpers import LATE, NOTICE, answers, newest, publish, state, url, walk_to_sign
from tests.consent.test_aloud import _spoken as spoken
from tests.consent.test_on_paper import ids as of_place
from tests.consent.test_on_paper import paper
from tests.factories import make_member
from tests.world import at_work, proof, today, understand

pytestmark = pytest.mark.django_db
SIGNED = {"typed_name": "Me", "meant": "on"}
DAY = timedelta(days=1)


def published(world, kind):
    """Publish a shipped text in Thursday, with its blanks open."""
    text = to_json(shipped(kind, "en"))
    return DocumentVersion.objects.create(
        document=Document.objects.create(kind=kind, group=world.thursday), group=world.thursday, number=1,
        language="en", clauses=text, text_sha256=sha256(kind=kind, number=1, text=text),
        valid_days=load_kind(kind).validity_days, published_by=world.nadia,
    )  # fmt: skip


def guards(world, guardian, *children):
    """Make somebody the guardian of children who decide together with them."""
    for child in children:
        ConsentBasis.objects.create(person=child, decides="both", grounds="Age 16", decided_by=world.nadia)
        GuardianLink.objects.create(
            person=child, guardian=guardian, relationship="parent", authority="parental", evidence="Seen.",
            checked_by=world.nadia,
        )  # fmt: skip
    with at_work(guardian):
        agree_to_screen(code=device_codes(guardian)[0], language="en", by=guardian)


# --- for whom -------------------------------------------------------------------------------------------------------
@pytest.mark.req("REQ-16")
def test_nobody_is_chosen_for_who_answers_for_several_people(world, client_for):
    version, gail = published(world, "guardian_permission"), make_member("Gail Tanaka")
    guards(world, gail, world.ben, world.chiara)
    client, whom = client_for(gail), url("agreement-whom", version.pk)
    before = Act.objects.count(), TeachBack.objects.count()
    right = {one.key: one.right for one in questions("guardian_permission", "en")}
    for name in (
        "agreement-present", "agreement-talk", "agreement-decline", "agreement-sign", "agreement-review",
        "agreement-understood",
    ):  # fmt: skip
        sent = client.post(url(name, version.pk), {**SIGNED, **right})
        assert (sent.status_code, sent["Location"]) == (302, whom), name
    for name in ("agreement-read", "agreement-decide", "agreement-sign", "agreement-decline", "agreement-ask"):
        assert client.get(url(name, version.pk))["Location"] == whom, name
    assert client.post(url("agreement-ask", version.pk), {"words": "Why?"})["Location"] == whom
    assert client.post(f"/api/v1/agreements/{version.pk}/talk-first").status_code == 409
    assert (Act.objects.count(), TeachBack.objects.count()) == before
    with at_work(gail):
        for write in (present, ask_to_talk, decline):
            with pytest.raises(LineNotChosen):
                write(version_id=version.pk, by=gail)
        assert get_version_to_answer(gail, version.pk, "x", world.chiara.pk).line.subject_id == world.chiara.pk
    named = {"for": str(world.chiara.pk)}
    assert client.post(url("agreement-present", version.pk), named).status_code == 302
    assert Act.objects.latest("at").subject_id == world.chiara.pk


def test_who_answers_for_themselves_and_a_child_keeps_their_own_line_through_the_forms(world, client_for):
    version = published(world, "recording_consent")
    guards(world, world.chiara, world.ben)
    client, mine = client_for(world.chiara), {"for": str(world.chiara.pk)}
    for_me = f'<input type="hidden" name="for" value="{world.chiara.pk}">'
    assert client.get(url("agreement-read", version.pk))["Location"] == url("agreement-whom", version.pk)
    assert for_me in client.get(url("agreement-read", version.pk), mine).content.decode()
    assert client.post(url("agreement-present", version.pk), mine)["Location"].endswith(f"?for={world.chiara.pk}")
    if right := {one.key: one.right for one in asked_back(version)}:
        client.post(url("agreement-understood", version.pk), {**right, **mine})
    for name in ("agreement-decide", "agreement-sign", "agreement-decline"):
        assert for_me in client.get(url(name, version.pk), mine).content.decode(), name
    client.post(url("agreement-sign", version.pk), {**SIGNED, **mine})
    act = version.acts.get(act="signed")
    assert (act.subject_id, act.signer_id, act.capacity) == (world.chiara.pk, world.chiara.pk, "self")
    # Who has one line alone needs to name nobody.
    assert client_for(world.dev).post(url("agreement-present", version.pk)).status_code == 302


def test_an_older_text_is_read_for_nobody_in_particular(world, client_for):
    version, gail = published(world, "guardian_permission"), make_member("Gail Tanaka")
    guards(world, gail, world.ben, world.chiara)
    client = client_for(gail)
    DocumentVersion.objects.create(
        document=version.document, group=world.thursday, number=2, language="en", clauses=version.clauses,
        text_sha256="0" * 64, valid_days=365, published_by=world.nadia,
    )  # fmt: skip
    page = client.get(url("agreement-read", version.pk))
    assert page.context["line"] is None
    assert "This is an older version." in page.content.decode()
    for child in (world.ben, world.chiara):
        assert client.get(url("agreement-read", version.pk), {"for": str(child.pk)}).status_code == 200


# --- what was read --------------------------------------------------------------------------------------------------
def test_what_was_read_for_one_child_is_not_read_for_another(world, client_for):
    version, gail = published(world, "guardian_permission"), make_member("Gail Tanaka")
    guards(world, gail, world.ben, world.chiara)
    client = client_for(gail)
    for_ben, for_chiara = ({"for": str(one.pk)} for one in (world.ben, world.chiara))
    client.post(url("agreement-present", version.pk), for_ben)
    assert "agreement-read" not in client.get(url("agreement-decide", version.pk), for_ben)["Location"]
    read = f"{url('agreement-read', version.pk)}?for={world.chiara.pk}"
    for name in ("agreement-decide", "agreement-sign", "agreement-understood"):
        assert client.get(url(name, version.pk), for_chiara)["Location"] == read, name
    right = {one.key: one.right for one in questions("guardian_permission", "en")}
    with at_work(gail):
        say_back(version_id=version.pk, chosen=right, by=gail, subject_id=world.chiara.pk)
        with pytest.raises(ValidationError, match="Read the text first"):
            sign(
                version_id=version.pk, typed_name="Gail", meant=True, step_up=proof(), by=gail,
                subject_id=world.chiara.pk,
            )  # fmt: skip
        lines = {one.subject_id: one for one in lines_of(gail, visible_versions(gail).get(pk=version.pk))}
    assert reading(version, lines[world.ben.pk]) is not None
    assert reading(version, lines[world.chiara.pk]) is None


@pytest.mark.req("REQ-16")
def test_whoever_signs_again_after_a_year_reads_again(world, client_for):
    version = newest(world)
    with travel(timezone.now() + NOTICE, tick=True):
        client = client_for(world.ben)
        assert client.get(url("agreement-sign", version.pk))["Location"] == url("agreement-read", version.pk)
        with at_work(world.ben) as ben:
            understand(ben, version)
            with pytest.raises(ValidationError, match="Read the text first"):
                sign(version_id=version.pk, typed_name="Ben", meant=True, step_up=proof(), by=ben)
        form = walk_to_sign(client, version)
        assert client.post(form, SIGNED).status_code == 302
        first, last = answers(world, "ben")
        assert (last.act, last.trigger) == ("signed", "period")
        assert last.evidence["read_at"] > first.evidence["read_at"]
        # A second press is told that it is signed, though nothing was read since.
        assert client.post(form, SIGNED)["Location"] == url("agreement-list")
        assert client.post(url("agreement-review", version.pk), SIGNED)["Location"] == url("agreement-list")
        assert len(answers(world, "ben")) == 2


def test_a_reading_as_a_member_is_none_as_a_guardian(world):
    version = published(world, "recording_consent")
    guards(world, world.chiara, world.ben)
    chiara, ben = world.chiara, world.ben
    with at_work(chiara):
        present(version_id=version.pk, by=chiara, subject_id=chiara.pk)
        assert get_version_to_answer(chiara, version.pk, "x", chiara.pk).read_at is not None
        assert get_version_to_answer(chiara, version.pk, "x", ben.pk).read_at is None
    other = SigningLine("facilitator", "facilitator", chiara.pk, chiara.pk)
    assert reading(version, other) is None


# --- what holds -----------------------------------------------------------------------------------------------------
@pytest.mark.req("REQ-50")
@pytest.mark.parametrize(("name", "write"), [("agreement-decline", decline), ("agreement-talk", ask_to_talk)])
def test_a_promise_that_holds_is_taken_back_and_neither_declined_nor_talked_away(world, client_for, name, write):
    version, client = newest(world), client_for(world.ben)
    sent = client.post(url(name, version.pk), follow=True)
    assert "take" in sent.content.decode()
    assert "Your promise counts." in sent.content.decode()
    with at_work(world.ben) as ben, pytest.raises(InvalidTransition, match="take"):
        write(version_id=version.pk, by=ben)
    assert [one.act for one in answers(world, "ben")] == ["signed"]
    assert ports.clearance(world.thursday.pk, world.ben.pk).cleared
    # What leads to taking it back shows first what that means.
    page = client.get(url("agreement-read", version.pk)).content.decode()
    assert url("act-detail", world.act_of_ben.pk) in page
    assert url("agreement-ask", version.pk) in page
    for hidden in (url("agreement-decline", version.pk), url("agreement-talk", version.pk)):
        assert hidden not in page
    back = client.get(url("agreement-decline", version.pk))
    assert back["Location"] == url("act-withdraw", world.act_of_ben.pk)
    assert "What ends" in client.get(back["Location"]).content.decode()
    # A question stands beside the promise, which stays.
    with at_work(world.ben) as ben:
        ask_about(version_id=version.pk, clause="", words="What about my diary?", by=ben)
        withdraw(act_id=world.act_of_ben.pk, by=ben)
        assert write(version_id=version.pk, by=ben).act in ("declined", "talk_first")


@pytest.mark.parametrize("write", [decline, ask_to_talk])
@pytest.mark.parametrize("when", ["due", "expired", "superseded"])
def test_a_question_that_is_open_again_may_be_answered_with_no_or_a_talk(world, write, when):
    version = publish(world)["en"] if when == "superseded" else newest(world)
    wait = {"due": NOTICE, "expired": LATE, "superseded": timedelta(0)}[when]
    with travel(timezone.now() + wait, tick=True):
        assert state(world, "ben") == when
        with at_work(world.ben) as ben:
            made = write(version_id=version.pk, by=ben)
        assert state(world, "ben") == made.act != when


def test_a_version_that_asks_nobody_again_opens_no_question(world):
    version = publish(world, terms=Terms(material=False))["en"]
    with at_work(world.ben) as ben, pytest.raises(InvalidTransition, match="Your promise counts"):
        decline(version_id=version.pk, by=ben)
    assert state(world, "ben") == "current"


def test_what_cannot_be_taken_back_is_not_undone_by_a_no(world):
    version = published(world, "limits_disclosure")
    with at_work(world.ben) as ben:
        present(version_id=version.pk, by=ben)
        understand(ben, version)
        sign(version_id=version.pk, typed_name="Ben", meant=True, step_up=proof(), by=ben)
        for write in (decline, ask_to_talk):
            with pytest.raises(InvalidTransition, match="cannot be taken back"):
                write(version_id=version.pk, by=ben)
    with at_work(world.dev) as dev:
        assert decline(version_id=version.pk, by=dev).act == "declined"


# --- words to come --------------------------------------------------------------------------------------------------
@pytest.mark.req("REQ-16")
def test_words_whose_day_has_not_come_count_for_nothing(world, walter, client_for, settings, tmp_path):
    settings.DATA_DIR = tmp_path
    now, starts = newest(world), today() + 10 * DAY
    coming = publish(world, terms=Terms(effective_on=starts))["en"]
    assert (state(world, "ben"), coming.number) == ("current", now.number + 1)
    client, before = client_for(world.ben), Act.objects.count()
    page = client.get(url("agreement-read", coming.pk)).content.decode()
    assert "These words do not count yet." in page
    assert "This is an older version" not in page
    assert url("agreement-present", coming.pk) not in page
    for name in ("agreement-present", "agreement-talk", "agreement-decline"):
        assert "do not count yet" in client.post(url(name, coming.pk), follow=True).content.decode()
    with at_work(world.ben) as ben:
        for write in (present, ask_to_talk, decline):
            with pytest.raises(InvalidTransition, match="do not count yet"):
                write(version_id=coming.pk, by=ben)
        with pytest.raises(InvalidTransition, match="do not count yet"):
            sign(version_id=coming.pk, typed_name="Ben", meant=True, step_up=proof(), by=ben)
    with at_work(world.nadia) as nadia:
        assert coming not in versions_for_place(walter)
        with pytest.raises(Refused):
            record_aloud(
                **of_place(world, walter, coming),
                text_sha256=coming.text_sha256,
                spoken=spoken(),
                step_up=proof(),
                by=nadia,
            )
        with pytest.raises(Refused):
            record_told(
                **of_place(world, walter, coming), act=ActKind.DECLINED, route="voice", told_on=today(), by=nadia
            )
    with pytest.raises(Refused):
        paper(world, walter, version=coming)
    assert Act.objects.count() == before
    # The words before can be answered meanwhile, by everybody and on every way.
    assert paper(world, walter, version=now).version == now
    with travel(coming.effective_at, tick=True):
        assert state(world, "ben") == "superseded"
        assert client_for(world.ben).post(url("agreement-present", coming.pk)).status_code == 302
        assert paper(world, walter, version=coming).version == coming


def test_a_group_whose_first_words_are_to_come_asks_for_nothing_and_opens_for_nobody(world, client_for):
    version = published(world, "group_contract")
    later = DocumentVersion.objects.create(
        document=version.document, group=world.thursday, number=2, language="en", clauses=version.clauses,
        text_sha256="0" * 64, valid_days=365, published_by=world.nadia, effective_at=timezone.now() + DAY,
    )  # fmt: skip
    client = client_for(world.ben)
    assert client.get(url("agreement-open", version.document_id))["Location"] == url("agreement-read", version.pk)
    assert client.post(url("agreement-present", version.pk)).status_code == 302
    assert client.get(url("agreement-read", later.pk)).status_code == 200
    for name in ("agreement-decide", "agreement-sign"):
        assert client.get(url(name, later.pk))["Location"] == url("agreement-read", later.pk)
