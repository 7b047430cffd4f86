"""A question or a wish to talk reaches those who lead: one neutral message each, and never to who wrote it."""

import pytest

from consent.models import AgreementQuestion
from consent.services import ask_about, reply_to
from groupcare.outbox.models import Message
from tests.consent.helpers import newest, take_back, url
from tests.consent.test_follow_up import told_to
from tests.consent.test_on_paper import told
from tests.world import at_work

pytestmark = pytest.mark.django_db


def ask(world, name="ben", words="May I tell my partner?"):
    with at_work(world.person(name)) as person:
        return ask_about(version_id=newest(world).pk, clause="", words=words, by=person)


@pytest.mark.req("REQ-51")
def test_a_question_tells_each_who_leads_once_and_nobody_else(world, client_for):
    sent = {"clause": "", "words": "May I tell my partner?"}
    assert client_for(world.ben).post(url("agreement-ask", newest(world).pk), sent).status_code == 302
    assert told_to(world, "nadia", "tom", "olga", "ben", "ada") == [1, 1, 0, 0, 0]
    ask(world, words="And my doctor?")
    assert told_to(world, "nadia", "tom") == [2, 2]


def test_a_question_of_one_who_leads_tells_the_others(world):
    ask(world, "tom")
    assert told_to(world, "nadia", "tom") == [1, 0]
    ask(world, "nadia")
    assert told_to(world, "nadia", "tom") == [1, 1]


def test_a_wish_to_talk_tells_each_who_leads_once_however_often_it_is_pressed(world, client_for):
    take_back(world, "chiara")
    told = told_to(world, "nadia", "tom")
    client, page = client_for(world.chiara), url("agreement-talk", newest(world).pk)
    for _ in range(2):
        assert client.post(page).status_code == 302
    assert told_to(world, "nadia", "tom", "olga", "chiara") == [told[0] + 1, told[1] + 1, 0, 0]
    # A no asks for nothing.
    client.post(url("agreement-decline", newest(world).pk))
    assert told_to(world, "nadia", "tom") == [told[0] + 1, told[1] + 1]


def test_whoever_writes_down_a_wish_to_talk_knows_it_already(world, walter):
    told(world, walter, "talk_first")
    assert told_to(world, "nadia", "tom") == [0, 1]
    told(world, walter, "declined")
    assert told_to(world, "nadia", "tom") == [0, 1]


def test_neither_the_messages_nor_the_answer_name_anybody_or_anything(world):
    asked = ask(world)
    with at_work(world.nadia) as nadia:
        reply_to(group_id=world.thursday.pk, question_id=asked.pk, words="Yes, your own part.", by=nadia)
    messages = list(Message.objects.filter(idempotence_key__contains=str(asked.pk)))
    assert {one.kind for one in messages} == {"work_waiting", "answer_ready"}
    assert AgreementQuestion.objects.get().reply.words == "Yes, your own part."
    for one in messages:
        assert (one.link_kind, one.recipient_id) in {
            ("work", world.nadia.pk),
            ("work", world.tom.pk),
            ("agreement", world.ben.pk),
        }
