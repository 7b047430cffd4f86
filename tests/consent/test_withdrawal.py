"""Taking back: what it means is shown first, what hung on it ends at once, and the past stays."""

from datetime import timedelta
from threading import Barrier, Thread

import pytest
from django.db import connection, connections
from django.utils import timezone
from time_machine import travel

from consent.consequences import consequences, of_a_no
from consent.kinds import WithdrawalEffect, kinds, load_kind
from consent.models import Act
from consent.selectors import asked_back
from consent.services import present, record_told, sign, start_grace, withdraw
from consent.tasks import send_reconsent_prompts as sweep
from consent.unwinding import register_unwind
from groupcare.audit.models import TrailEvent
from groupcare.exceptions import GroupcareError
from groupcare.outbox.models import Message, State
from groups import ports
from tests.consent.helpers import NOTICE, answers, newest, publish, state, url, walk_to_sign
from tests.consent.test_on_paper import ids as of_place
from tests.consent.test_on_paper import paper
from tests.consent.test_one_line import guards, published
from tests.factories import make_member
from tests.world import at_work, proof, today, understand

pytestmark = pytest.mark.django_db

# What ends, by effect: a word of the sentence that says so. Source: domain reference, sections 2.1, 2.2 and 2.10.
ENDS = {
    WithdrawalEffect.SHUTS_GATE: "cannot come to the sessions",
    WithdrawalEffect.ENDS_SHARING: "Nothing more is shared",
    WithdrawalEffect.ENDS_RECORDING: "Nobody records you any more",
    WithdrawalEffect.ENDS_DUTY: "part in the work ends",
}
STAYS = {
    WithdrawalEffect.SHUTS_GATE: "still stays in the group",
    WithdrawalEffect.ENDS_SHARING: "cannot be called back",
    WithdrawalEffect.ENDS_RECORDING: "as the paper says",
    WithdrawalEffect.ENDS_DUTY: "does not end",
}


@pytest.mark.parametrize("kind", [one for one in kinds() if one.withdrawable], ids=lambda one: one.key)
def test_every_kind_that_can_be_taken_back_says_what_ends_and_what_stays(kind):
    found = consequences(kind, kind.signers[0].capacity)
    said = " ".join(str(one) for one in (*found.ends, *found.next_session))
    assert ENDS[kind.withdrawal_effect] in said
    assert STAYS[kind.withdrawal_effect] in " ".join(str(one) for one in found.stays)
    assert all(sentences for _heading, sentences in found.parts())
    if not kind.conditionable:
        assert "Your care does not depend on it." in map(str, found.stays)


def test_a_guardian_reads_that_it_is_the_young_person_who_cannot_come():
    kind = load_kind("group_confidentiality_agreement")
    assert "The young person cannot come" in str(consequences(kind, "guardian").next_session[0])
    assert "You cannot come" in str(consequences(kind).next_session[0])


_SIGNERS = [(kind, one.capacity) for kind in kinds() if kind.withdrawable for one in kind.signers]


@pytest.mark.req("REQ-50")
@pytest.mark.parametrize(("kind", "capacity"), _SIGNERS, ids=lambda one: getattr(one, "key", str(one)))
def test_each_who_signs_reads_what_it_means_for_whom_they_signed(kind, capacity):
    found = consequences(kind, capacity)
    said = " ".join(str(one) for _heading, sentences in found.parts() for one in sentences)
    headings = [str(heading) for heading, _sentences in found.parts()]
    assert all(sentences for _heading, sentences in found.parts())
    own, ward = capacity == "self", capacity == "guardian"
    assert ("Your next session" in headings) == own
    assert ("young person" in said) == ward
    for words in ("You cannot come", "you come to the sessions", "Your care", "records you", "you heard"):
        assert own or words not in said, words
    if not own and not ward:
        assert "cannot come" not in said
        assert "learned here does not end" in said
    # Under a text of the whole practice nobody who leads a group is written to.
    assert ("short message" in said) == (kind.scope != "practice")
    no = " ".join(str(one) for one in of_a_no(kind, capacity))
    assert ("You cannot come" in no) == (own and kind.gate == "session")
    assert ("The young person cannot come" in no) == (ward and kind.gate == "session")


def test_a_guardian_reads_on_the_page_what_declining_means_for_the_young_person(world, client_for):
    version, gail = published(world, "guardian_permission"), make_member("Gail Tanaka")
    guards(world, gail, world.ben)
    client = client_for(gail)
    page = client.get(url("agreement-decline", version.pk)).content.decode()
    assert "The young person cannot come to the sessions of this group." in page
    assert "You cannot come" not in page
    own = client_for(world.dev).get(url("agreement-decline", publish(world)["en"].pk)).content.decode()
    assert "You cannot come to the sessions of this group." in own
    client.post(url("agreement-present", version.pk))
    right = {one.key: one.right for one in asked_back(version)}
    decide = client.post(url("agreement-understood", version.pk), right)["Location"]
    assert "Until it is signed, the young person cannot come" in client.get(decide).content.decode()
    client.post(url("agreement-sign", version.pk), {"typed_name": "Gail", "meant": "on"})
    signed = Act.objects.get(signer=gail, act="signed")
    shown = client.get(url("act-withdraw", signed.pk)).content.decode()
    assert "The young person cannot come to the sessions of this group until you sign again." in shown
    assert "The next session" in shown
    assert "Your next session" not in shown


@pytest.mark.req("REQ-50")
def test_it_shows_what_it_means_and_keeps_that_with_the_act(world, client_for):
    client, page = client_for(world.ben), url("act-withdraw", world.act_of_ben.pk)
    shown = client.get(page).content.decode()
    for words in ("What ends", "Your next session", "What stays", "What the record keeps", "Who is told"):
        assert words in shown
    assert state(world, "ben") == "current"
    kept = client.post(page)
    act = answers(world, "ben")[-1]
    assert kept["Location"] == url("act-detail", act.pk)
    assert (act.act, act.supersedes_id, act.evidence["effect"]) == ("withdrawn", world.act_of_ben.pk, "shuts_gate")
    assert "still stays in the group" in act.evidence["consequences"]["stays"][0]
    assert state(world, "ben") == "withdrawn"
    detail = client.get(kept["Location"]).content.decode()
    assert "What you were told it means" in detail
    assert url("act-detail", world.act_of_ben.pk) in detail
    before = client.get(url("act-detail", world.act_of_ben.pk)).content.decode()
    assert "That answer took the place of this one." in before
    assert url("act-detail", act.pk) in before
    copy = client.get(url("act-copy", act.pk)).content.decode()
    assert "still stays in the group" in copy


def test_a_second_tab_finds_nothing_left_to_take_back(world, client_for):
    client, page = client_for(world.ben), url("act-withdraw", world.act_of_ben.pk)
    client.get(page)
    client.post(page)
    assert client.post(page)["Location"] == url("agreement-list")
    assert [one.act for one in answers(world, "ben")].count("withdrawn") == 1
    assert "not in force any more" in client.get(page).content.decode()


@pytest.mark.req("REQ-50")
def test_the_door_shuts_at_once_and_no_time_to_sign_opens_it(world, client_for):
    with at_work(world.nadia) as nadia:
        start_grace(group_id=world.thursday.pk, last_day=today() + timedelta(days=9), reason="x", by=nadia)
    assert ports.clearance(world.thursday.pk, world.ben.pk).cleared
    client_for(world.ben).post(url("act-withdraw", world.act_of_ben.pk))
    assert not ports.clearance(world.thursday.pk, world.ben.pk).cleared
    assert ports.clearance(world.thursday.pk, world.chiara.pk).cleared


def test_those_who_lead_hear_of_it_neutrally_and_once_and_members_do_not(world, client_for):
    page = url("act-withdraw", world.act_of_ben.pk)
    client_for(world.ben).post(page)
    client_for(world.ben).post(page)
    told = Message.objects.filter(idempotence_key__startswith="withdrawn:")
    assert sorted(one.recipient_id for one in told) == sorted([world.nadia.pk, world.tom.pk])
    assert {one.kind for one in told} == {"work_waiting"}


def test_what_waited_to_be_sent_about_it_is_dropped_and_nothing_else(world, client_for):
    with travel(timezone.now() + NOTICE, tick=False):
        sweep.apply()
        waiting = Message.objects.filter(idempotence_key__startswith="reconsent:", state=State.QUEUED)
        assert waiting.filter(recipient=world.ben).count() == waiting.filter(recipient=world.dev).count() == 1
        with at_work(world.ben) as ben:
            act = withdraw(act_id=world.act_of_ben.pk, by=ben)
    assert not waiting.filter(recipient=world.ben).exists()
    assert Message.objects.get(idempotence_key__startswith="reconsent:", recipient=world.ben).reason == "withdrawn"
    assert waiting.filter(recipient=world.dev).exists()
    assert act.evidence["ended"] == {"prompts": 1}


def test_every_room_may_undo_what_hung_on_it(world, monkeypatch):
    monkeypatch.setattr("consent.unwinding._unwinds", {})
    seen = []
    register_unwind("links", lambda promise, by: seen.append((promise.pk, by.pk)) or 2)
    with pytest.raises(ValueError, match="links"):
        register_unwind("links", lambda promise, by: 0)
    with at_work(world.ben) as ben:
        act = withdraw(act_id=world.act_of_ben.pk, by=ben)
    assert seen == [(world.act_of_ben.pk, world.ben.pk)]
    assert act.evidence["ended"] == {"links": 2}


def test_what_was_told_to_us_ends_the_same_things_and_tells_the_other_who_leads(world, walter, settings, tmp_path):
    settings.DATA_DIR = tmp_path
    paper_act = paper(world, walter)
    with at_work(world.nadia) as nadia:
        act = record_told(**of_place(world, walter), act="withdrawn", route="voice", told_on=today(), by=nadia)
    assert (act.act, act.supersedes_id, act.evidence["attested_name"]) == ("withdrawn", paper_act.pk, "Nadia Rahmani")
    assert act.evidence["effect"] == "shuts_gate"
    told = Message.objects.filter(idempotence_key__startswith="withdrawn:")
    assert [one.recipient_id for one in told] == [world.tom.pk]


# --- not valid -----------------------------------------------------------------------------------------------------
@pytest.mark.req("REQ-51")
def test_one_answer_is_found_not_valid_with_a_reason_that_its_signer_reads(world, client_for):
    page, mails = url("act-invalidate", world.act_of_ben.pk), Message.objects.filter(recipient=world.ben)
    for name in ("tom", "olga", "ben", "zoe", "ada", "root"):
        assert client_for(world.person(name)).get(page).status_code == 404, name
        assert client_for(world.person(name)).post(page, {"reason": "No."}).status_code == 404, name
    client, before = client_for(world.nadia), mails.count()
    assert client.get(page).status_code == 200
    empty = client.post(page, {"reason": " "})
    assert empty.status_code == 422
    assert state(world, "ben") == "current"
    assert client.post(page, {"reason": "It was signed on the tablet of somebody else."}).status_code == 302
    act = answers(world, "ben")[-1]
    assert (act.act, act.supersedes_id, act.signer_id) == ("invalidated", world.act_of_ben.pk, world.ben.pk)
    assert state(world, "ben") == "invalidated"
    assert state(world, "chiara") == "current"
    assert mails.count() == before + 1
    assert mails.latest("created_at").kind == "agreement_waiting"
    shown = client_for(world.ben).get(url("act-detail", act.pk)).content.decode()
    assert "It was signed on the tablet of somebody else." in shown
    assert "Found by Nadia Rahmani" in shown
    assert "It was signed on the tablet" in client_for(world.ben).get(url("act-copy", act.pk)).content.decode()
    assert TrailEvent.objects.filter(action="act.invalidate", actor=str(world.nadia.pk)).exists()
    again = client.post(page, {"reason": "Once more."})
    assert again.status_code == 422
    assert "There is a later answer." in again.content.decode()


def test_who_signs_anew_after_that_is_in_order_again(world, client_for):
    client_for(world.nadia).post(url("act-invalidate", world.act_of_ben.pk), {"reason": "A mistake of ours."})
    client = client_for(world.ben)
    client.post(walk_to_sign(client, newest(world)), {"typed_name": "Ben Tanaka", "meant": "on"})
    assert state(world, "ben") == "current"


# --- at the same moment --------------------------------------------------------------------------------------------
@pytest.mark.django_db(transaction=True)
def test_taking_back_and_signing_anew_in_the_same_moment_leave_one_line(world):
    if connection.vendor != "postgresql":
        pytest.skip("two writers at once need PostgreSQL")
    version = publish(world)["en"]
    with at_work(world.ben) as ben:
        present(version_id=version.pk, by=ben)
        understand(ben, version)
    old, ben, start = world.act_of_ben.pk, world.ben, Barrier(2)
    said = []

    def attempt(write):
        try:
            with at_work(ben):
                start.wait(10)
                write()
                said.append("done")
        except GroupcareError:
            said.append("too late")
        finally:
            connections.close_all()

    writes = (
        lambda: withdraw(act_id=old, by=ben),
        lambda: sign(version_id=version.pk, typed_name="Ben", meant=True, step_up=proof(), by=ben),
    )
    threads = [Thread(target=attempt, args=[write]) for write in writes]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    line = answers(world, "ben")
    # Whoever comes second finds the line as the first left it: never two answers after the same one.
    followed = [one.supersedes_id for one in line]
    assert len(set(followed)) == len(followed)
    assert sorted(said) in (["done", "done"], ["done", "too late"])
    assert Act.objects.filter(subject=ben, act="signed", version=version).exists()
