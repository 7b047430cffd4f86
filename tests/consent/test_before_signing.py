"""Before the signature: the yes to a screen, the short questions, questions of one's own, and the list of what is kept."""

import json
import re
from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from django.utils import timezone
from time_machine import travel

from consent.drawing import MOST_POINTS, path_of, read_drawing
from consent.kinds import wording
from consent.models import Act, AgreementQuestion, EsignConsent, TeachBack
from consent.selectors import device_codes
from consent.services import prefer_paper, present, sign
from groupcare.audit.models import TrailEvent
from groupcare.outbox.models import Message
from tests.consent.helpers import answers, newest, publish, state, url, walk_to_sign
from tests.factories import make_member
from tests.world import at_work, proof

pytestmark = pytest.mark.django_db
SIGNED = {"typed_name": "Ben Tanaka", "meant": "on"}
SCREEN = "/agreements/screen/"
QUESTIONS = """

[[questions]]
key = "who"
about = "{about}"
question = "May you tell a friend who was there?"
right = "no"
explanation = "Names stay in the room."

[[questions.options]]
key = "yes"
text = "Yes, one friend."

[[questions.options]]
key = "no"
text = "No."
"""


@pytest.fixture
def asking(tmp_path, monkeypatch):
    """Let the agreement ask one short question, whatever it ships with: its words lie in a folder of the test."""
    kind = "group_confidentiality_agreement"
    folder = tmp_path / kind
    folder.mkdir()
    for path in (wording._TEXTS / kind).glob("*.toml"):
        text = path.read_text(encoding="utf-8").split("[[questions]]")[0]
        about = re.findall(r'^key = "(\w+)"', text, re.MULTILINE)[0]
        (folder / path.name).write_text(text + QUESTIONS.format(about=about), encoding="utf-8")
    caches = (wording._raw, wording.shipped, wording.questions, wording.options, wording.languages)
    monkeypatch.setattr(wording, "_TEXTS", tmp_path)
    for one in caches:
        one.cache_clear()
    yield
    for one in caches:
        one.cache_clear()


# --- the yes to a screen ------------------------------------------------------------------------------------
def never_asked(monkeypatch):
    """Let the words in force be new ones, so that everybody is asked anew."""
    from consent.selectors import ceremony

    monkeypatch.setattr(ceremony, "versions_in_force", lambda: {"en": "0" * 64, "es": "1" * 64})


def test_who_was_not_asked_about_a_screen_meets_the_question_before_the_text(world, client_for, monkeypatch):
    version = publish(world)["en"]
    client = client_for(world.ben)
    assert client.get(url("agreement-open", version.document_id))["Location"] == url("agreement-read", version.pk)
    never_asked(monkeypatch)
    there = client.get(url("agreement-open", version.document_id))["Location"]
    assert there.startswith(SCREEN)
    page = client.get(there).content.decode()
    assert "You may have paper instead" in page
    assert device_codes(world.ben)[0] in page
    assert "I would rather sign on paper" in page
    assert client.get(url("agreement-read", version.pk)).status_code == 200, "reading needs no yes"


def test_nobody_signs_before_they_agreed_to_a_screen(world, client_for, monkeypatch):
    version = publish(world)["en"]
    client = client_for(world.ben)
    form = walk_to_sign(client, version)
    never_asked(monkeypatch)
    assert client.get(form)["Location"].startswith(SCREEN)
    assert client.post(form, SIGNED)["Location"].startswith(SCREEN)
    with at_work(world.ben) as ben, pytest.raises(ValidationError, match="Agree first"):
        sign(version_id=version.pk, typed_name="Ben", meant=True, step_up=proof(), by=ben)
    assert state(world, "ben") == "superseded"


def test_the_device_test_takes_the_code_in_the_line_and_no_other(client_for, world):
    person = make_member("Nora Field")
    client = client_for(person)
    assert EsignConsent.objects.filter(person=person).count() == 0
    page = client.post(SCREEN, {"code": "wrong"})
    assert page.status_code == 422
    assert "This is not the code in the line." in page.content.decode()
    assert EsignConsent.objects.filter(person=person).count() == 0
    typed = f" {device_codes(person)[0].lower()} "
    assert client.post(SCREEN, {"code": typed, "next": "/agreements/"})["Location"] == "/agreements/"
    client.post(SCREEN, {"code": typed})
    row = EsignConsent.objects.get(person=person)
    assert (row.answer, row.device_test, row.language) == ("agreed", "passed", "en")
    assert row.sha256 != row.shown_sha256
    assert TrailEvent.objects.filter(action="esign.agreed", object_id=str(row.pk)).exists()
    assert "You agreed on" in client.get(url("agreement-list")).content.decode()


def test_a_code_of_yesterday_still_counts_and_one_of_the_day_before_does_not(client_for, world):
    person = make_member("Nora Field")
    with travel(timezone.now() - timedelta(days=2), tick=False):
        old = device_codes(person)[0]
    with travel(timezone.now() - timedelta(days=1), tick=False):
        last = device_codes(person)[0]
    client = client_for(person)
    assert client.post(SCREEN, {"code": old}).status_code == 422
    assert client.post(SCREEN, {"code": last}).status_code == 302


def test_who_would_rather_have_paper_signs_nothing_and_those_who_lead_see_it(world, client_for):
    group = f"/groups/{world.thursday.pk}/"
    lead, client = client_for(world.nadia), client_for(world.ben)
    assert "would rather have paper" not in lead.get(group).content.decode()
    for _twice in range(2):
        assert client.post(f"{SCREEN}paper/")["Location"] == url("agreement-list")
    assert [row.answer for row in EsignConsent.objects.filter(person=world.ben).order_by("at")] == [
        "agreed",
        "withdrawn",
    ]
    page = lead.get(group).content.decode()
    assert "One person would rather have paper" in page
    asked = url("question-list", world.thursday.pk)
    assert asked in page
    assert url("member-answers", world.thursday.pk, world.membership("ben").pk) in lead.get(asked).content.decode()
    version = publish(world)["en"]
    assert client.get(walk_to_sign(client, version))["Location"].startswith(SCREEN)
    assert len(answers(world, "ben")) == 1
    client.post(SCREEN, {"code": device_codes(world.ben)[0]})
    assert client.get(url("agreement-sign", version.pk)).status_code == 200
    assert "would rather have paper" not in lead.get(group).content.decode()


def test_a_first_no_is_kept_as_a_no(world):
    person = make_member("Nora Field")
    with at_work(person):
        assert prefer_paper(language="es", by=person).answer == "refused"
        assert prefer_paper(language="es", by=person).language == "es"
    assert EsignConsent.objects.filter(person=person).count() == 1


# --- the short questions ----------------------------------------------------------------------------------------
@pytest.mark.req("REQ-16")
def test_a_wrong_answer_is_explained_offers_a_person_and_stops_nobody(world, client_for, asking):
    version = publish(world)["en"]
    client = client_for(world.ben)
    client.post(url("agreement-present", version.pk))
    there = url("agreement-understood", version.pk)
    for name in ("agreement-decide", "agreement-sign"):
        assert client.get(url(name, version.pk))["Location"] == there
    with at_work(world.ben) as ben, pytest.raises(ValidationError, match="short questions"):
        sign(version_id=version.pk, typed_name="Ben", meant=True, step_up=proof(), by=ben)
    page = client.get(there).content.decode()
    assert "May you tell a friend who was there?" in page
    assert "Names stay in the room." not in page
    assert "I would like to talk about this" in page
    assert client.post(there, {}).status_code == 422
    assert client.post(there, {"who": "perhaps"}).status_code == 422
    assert client.post(there, {"who": "yes"})["Location"] == there
    page = client.get(there).content.decode()
    assert "Names stay in the room." in page
    assert url("agreement-talk", version.pk) in page
    assert url("agreement-decide", version.pk) in page
    assert client.get(url("agreement-decide", version.pk)).status_code == 200
    assert client.post(there, {"who": "no"})["Location"] == url("agreement-decide", version.pk)
    client.post(there, {"who": "yes"})
    rows = TeachBack.objects.filter(signer=world.ben, version=version).order_by("at")
    assert [(row.question, row.chosen, row.is_right, row.attempt) for row in rows] == [
        ("who", "yes", False, 1),
        ("who", "no", True, 2),
    ]
    client.post(url("agreement-sign", version.pk), SIGNED)
    act = answers(world, "ben")[-1]
    assert act.evidence["teach_back"] == [{"question": "who", "tries": 2, "right": True}]
    assert "May you tell a friend who was there? answered, tries: 2." in (
        client.get(url("act-copy", act.pk)).content.decode()
    )


def test_a_text_without_questions_asks_none(world, client_for, monkeypatch):
    monkeypatch.setattr("consent.selectors.ceremony.questions", lambda kind, language: ())
    version = publish(world)["en"]
    client = client_for(world.ben)
    client.post(url("agreement-present", version.pk))
    assert client.get(url("agreement-decide", version.pk)).status_code == 200


# --- questions of one's own -----------------------------------------------------------------------------------
def test_a_question_is_asked_answered_by_those_who_lead_and_read_by_the_one_who_asked(world, client_for):
    version = newest(world)
    part = version.clauses["clauses"][1]
    client, lead = client_for(world.ben), client_for(world.tom)
    form = client.get(url("agreement-ask", version.pk), {"part": part["key"]}).content.decode()
    assert f'value="{part["key"]}" selected' in form
    assert client.post(url("agreement-ask", version.pk), {"words": "", "clause": ""}).status_code == 422
    client.post(url("agreement-ask", version.pk), {"words": "May I tell my wife?", "clause": part["key"]})
    asked = AgreementQuestion.objects.get(person=world.ben)
    assert "May I tell my wife?" in client.get(url("agreement-read", version.pk)).content.decode()
    assert "There is no answer yet." in client.get(url("agreement-read", version.pk)).content.decode()
    assert "1 question waits" in lead.get(f"/groups/{world.thursday.pk}/").content.decode()
    there = url("question-reply", world.thursday.pk, asked.pk)
    assert there in lead.get(url("question-list", world.thursday.pk)).content.decode()
    assert lead.post(there, {"words": " "}).status_code == 422
    lead.post(there, {"words": "You may tell of yourself."})
    lead.post(there, {"words": "Another answer."})
    page = client.get(url("agreement-read", version.pk)).content.decode()
    assert "You may tell of yourself." in page
    assert "Another answer." not in page
    told = Message.objects.get(kind="answer_ready")
    assert told.recipient_id == world.ben.pk
    other = client_for(world.chiara).get(url("agreement-read", version.pk)).content.decode()
    assert "May I tell my wife?" not in other
    assert lead.get(there).status_code == 200
    assert "1 question waits" not in lead.get(f"/groups/{world.thursday.pk}/").content.decode()


@pytest.mark.parametrize("other", ["olga", "ada", "root", "ben", "chiara"])
def test_nobody_else_reads_or_answers_a_question(world, client_for, other):
    version = newest(world)
    client_for(world.ben).post(url("agreement-ask", version.pk), {"words": "May I?", "clause": ""})
    asked = AgreementQuestion.objects.get(person=world.ben)
    there = url("question-reply", world.thursday.pk, asked.pk)
    assert client_for(world.nadia).get(there).status_code == 200
    client = client_for(world.person(other))
    assert client.get(there).status_code == 404
    assert client.post(there, {"words": "No."}).status_code == 404
    assert client.get(url("question-list", world.thursday.pk)).status_code == 404
    assert not hasattr(AgreementQuestion.objects.get(pk=asked.pk), "reply")


# --- the list of what is kept ----------------------------------------------------------------------------------
@pytest.mark.req("REQ-51")
def test_the_list_before_the_last_press_says_what_is_kept_and_what_nobody_saw(world, client_for):
    version = publish(world)["en"]
    client = client_for(world.ben)
    form = walk_to_sign(client, version)
    before = Act.objects.count()
    assert client.post(url("agreement-review", version.pk), {"typed_name": "Ben"}).status_code == 422
    page = client.post(url("agreement-review", version.pk), SIGNED)
    assert page.status_code == 200
    assert Act.objects.count() == before
    words = page.content.decode()
    for kept in ("Ben Tanaka", version.text_sha256, "America/New_York", "Password", "Passed: the code was typed"):
        assert kept in words
    # Nobody saw when the text came up and whether its end was reached, and no address or device is ever kept.
    # The network address, the device, the end, the moment it was shown, the moment of signing, and this very list.
    assert words.count("<i>not recorded</i>") == 4
    reviewed = re.search(r'name="reviewed" value="([^"]+)"', words)[1]
    client.post(form, {**SIGNED, "reviewed": reviewed})
    evidence = answers(world, "ben")[-1].evidence
    assert evidence["reviewed_at"] is not None
    assert evidence["scrolled_to_end_at"] is evidence["network_address"] is evidence["device"] is None
    assert evidence["in_person"] is False
    assert evidence["esign"]["device_test"] == "passed"
    assert len(evidence["session_sha256"]) == 64
    assert evidence["step_up"]["strength"] == "single"


def test_what_the_page_saw_of_the_reading_is_kept_and_what_was_made_up_is_not(world, client_for):
    version = publish(world)["en"]
    client = client_for(world.ben)
    page = client.get(url("agreement-read", version.pk)).content.decode()
    shown = re.search(r'name="shown" value="([^"]+)"', page)[1]
    client.post(url("agreement-present", version.pk), {"shown": shown, "end_seen": "12"})
    read = Act.objects.filter(signer=world.ben, act="presented").latest("at").evidence
    assert {"shown_at", "scrolled_to_end_at"} <= read.keys()
    # The mark of another person, another text, or of nobody is no mark.
    for made_up in ({"shown": shown + "x", "end_seen": "-1"}, {"shown": "", "end_seen": "9999999"}, {}):
        client.post(url("agreement-present", version.pk), made_up)
        read = Act.objects.filter(signer=world.ben, act="presented").latest("at").evidence
        assert "shown_at" not in read
        assert "scrolled_to_end_at" not in read
    client_for(world.chiara).post(url("agreement-present", version.pk), {"shown": shown})
    assert "shown_at" not in Act.objects.filter(signer=world.chiara, act="presented").latest("at").evidence


def test_a_drawn_signature_is_kept_as_strokes_and_shown_as_numbers_only(world, client_for):
    version = publish(world)["en"]
    client = client_for(world.ben)
    form = walk_to_sign(client, version)
    strokes = [[[1, 2], [30, 40]], [[600, 200]]]
    page = client.post(url("agreement-review", version.pk), {**SIGNED, "drawing": json.dumps(strokes)}).content.decode()
    # Each stroke ends where its last point is, so that a single point is a dot.
    assert 'd="M1 2 L30 40 L30 40 M600 200 L600 200"' in page
    client.post(form, {**SIGNED, "drawing": json.dumps(strokes)})
    act = answers(world, "ben")[-1]
    assert (act.evidence["signature_form"], act.evidence["drawing"]) == ("typed_and_drawn", strokes)
    assert 'd="M1 2' in client.get(url("act-detail", act.pk)).content.decode()


@pytest.mark.parametrize(
    "sent",
    [
        "{}",
        "[1]",
        "[[]]",
        "[[[1]]]",
        "[[[1, 201]]]",
        "[[[-1, 2]]]",
        "[[[1.5, 2]]]",
        '[[["1", 2]]]',
        "[[[true, 2]]]",
        "M0 0<script>",
        "[" * 9000,
        json.dumps([[[1, 1]] * (MOST_POINTS + 1)]),
        json.dumps([[[1, 1]]] * 81),
        "[" + " " * 60_001 + "]",
    ],
)
def test_what_is_no_drawing_is_refused_and_signs_nothing(world, client_for, sent):
    version = publish(world)["en"]
    client = client_for(world.ben)
    form = walk_to_sign(client, version)
    page = client.post(form, {**SIGNED, "drawing": sent})
    assert page.status_code == 422
    assert "The drawing" in page.content.decode()
    assert len(answers(world, "ben")) == 1


def test_no_drawing_is_none_and_a_path_is_made_of_nothing_else():
    assert read_drawing(" ") is None
    assert read_drawing("[]") is None
    assert path_of("M0 0<script>") == ""
    assert path_of(None) == ""


# --- whose it is -------------------------------------------------------------------------------------------------
def test_a_shared_device_says_who_is_signed_in_and_how_to_change_and_names_nobody_else(world, client_for):
    version = newest(world)
    page = client_for(world.ben).get(url("agreement-read", version.pk)).content.decode()
    assert "You are signed in as <b>BT</b>. Not you?" in page
    assert f"/account/logout/?next={url('agreement-open', version.document_id)}" in page
    # The link of somebody else's message says to sign in, or that nothing is here for this account.
    wrong, stranger = client_for(world.zoe), Client()
    there = wrong.get(url("agreement-open", version.document_id))
    assert there.status_code == 404
    assert "you may be signed in with another account" in there.content.decode()
    assert not re.search(r"\bBen\b", there.content.decode())
    assert "/account/login/" in stranger.get(url("agreement-open", version.document_id))["Location"]


def test_a_person_without_a_text_in_their_language_is_told_so(world, client_for):
    from groupcare.accounts.models import Person

    version = newest(world)
    Person.objects.filter(pk=world.ben.pk).update(language="fr")
    page = client_for(world.ben).get(url("agreement-read", version.pk)).content.decode()
    assert "This text is not there in" in page
    assert "ask us before you sign" in page
    Person.objects.filter(pk=world.ben.pk).update(language="es")
    page = client_for(world.ben).get(url("agreement-read", version.pk)).content.decode()
    assert "no está escrito en su idioma" not in page


def test_reading_and_going_on_with_a_text_that_was_replaced_leads_to_the_new_one(world, client_for):
    old = newest(world)
    client = client_for(world.ben)
    client.get(url("agreement-read", old.pk))
    new = publish(world)["en"]
    there = client.post(url("agreement-present", old.pk))["Location"]
    assert client.get(there)["Location"] == url("agreement-read", new.pk)
    with at_work(world.ben) as ben:
        present(version_id=new.pk, by=ben)
    assert client.post(url("agreement-sign", old.pk), SIGNED)["Location"] != ""
    assert [act.version_id for act in answers(world, "ben")] == [world.act_of_ben.version_id]
