"""The texts of messages are neutral, complete, and in the reader's language and zone."""

import re
import tomllib
from datetime import UTC, datetime

import pytest
from django.conf import settings

from groupcare.outbox.texts import FOLDER, TextIncomplete, kinds, render, spell

# Words that tell whoever looks over a shoulder that somebody is in care, by their beginnings. From
# domain.md: the kinds of group, the roles, what is signed, and what is spoken of.
CARE = {
    "en": "therap|group|session|confidential|counsel|psych|mental|health|clinic|patient|client|member|facilitat"
    "|treat|diagnos|care|support|grief|trauma|addict|sober|recover|anxi|depress|suicid|crisis|consent|agreement"
    "|sign |privacy|breach|disclos|note|wellness|heal|circle|meeting|guardian|minor|practice",
    "es": "terap|grupo|sesi|confidencial|consej|psic|mental|salud|clínic|clinic|paciente|client|miembro|facilitad"
    "|tratamiento|diagn|cuidado|apoyo|duelo|trauma|adicci|sobri|recuper|ansied|depres|suicid|crisis|consentim"
    "|acuerdo|firma|privacidad|revel|nota|bienestar|círculo|reunión|tutor|menor|consulta",
}
KINDS = {
    "invitation": "notice",
    "step_up_code": "code",
    "sign_in_code": "code",
    "password_reset": "code",
    "account_changed": "safety",
    "address_confirm": "code",
    "mail_test": "code",
    "sign_in_change": "safety",
    "session_reminder": "reminder",
    "agreement_waiting": "notice",
    "answer_ready": "notice",
    "agreement_due": "notice",
    "law_changed": "notice",
    "list_changed": "notice",
    "offer_waiting": "notice",
    "plan_changed": "notice",
    "please_call": "notice",
    "time_over": "notice",
    "stand_in_asked": "notice",
    "visit_cancelled": "notice",
    "visit_changed": "notice",
    "will_changed": "safety",
    "work_waiting": "notice",
}


def words(kind: str, language: str) -> str:
    text = tomllib.loads((FOLDER / f"{kind}.toml").read_text(encoding="utf-8"))[language]
    return re.sub(r"\{[a-z]+\}", "", f"{text['subject']}\n{text['body']}").lower()


def test_every_kind_is_there_with_its_class():
    assert {name: str(kind.klass) for name, kind in kinds().items()} == KINDS


@pytest.mark.parametrize("kind", sorted(KINDS))
@pytest.mark.parametrize("language", ["en", "es"])
def test_no_text_holds_a_care_word(kind, language):
    # "sign in" is what one does on any page; "sign" alone is what one does with an agreement.
    text = words(kind, language).replace("sign in", "").replace("you sign", "")
    assert re.findall(rf"\b(?:{CARE[language]})\w*", text) == []


def test_the_word_lists_catch_a_care_word():
    assert re.findall(rf"\b(?:{CARE['en']})\w*", "your group session") == ["group", "session"]
    assert re.findall(rf"\b(?:{CARE['es']})\w*", "su sesión de terapia") == ["sesión", "terapia"]


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_no_subject_shows_what_a_locked_screen_should_hide(kind):
    for language, _ in settings.LANGUAGES:
        assert "{" not in kinds()[kind].text(language).subject


def test_every_kind_speaks_every_language_of_the_installation_with_the_same_placeholders():
    for kind in kinds().values():
        needs = {language: kind.text(language).needs() for language, _ in settings.LANGUAGES}
        assert len(set(needs.values())) == 1, kind.name


def test_a_language_that_nobody_wrote_falls_back_to_the_installation():
    assert kinds()["step_up_code"].text("xx") == kinds()["step_up_code"].text("en")


def test_a_time_reads_in_the_zone_and_language_of_the_reader():
    # 22:00 UTC on 24 November 2026, a Tuesday, is 17:00 in New York (EST, UTC-5) and 23:00 in Madrid (CET, UTC+1).
    at = datetime(2026, 11, 24, 22, tzinfo=UTC)
    form = {language: kinds()["session_reminder"].text(language).when for language in ("en", "es")}
    assert spell(at, form=form["en"], language="en", zone="America/New_York") == "Tuesday at 17:00"
    assert spell(at, form=form["es"], language="es", zone="Europe/Madrid") == "martes a las 23:00"


def test_the_reminder_reads_as_the_house_wrote_it():
    _, body = render("session_reminder", language="en", values={"when": "Tuesday at 17:00", "link": "http://h/x"})
    assert body.startswith("You have an appointment on Tuesday at 17:00.\n\nhttp://h/x\n")


@pytest.mark.parametrize(("kind", "missing"), [("session_reminder", "link"), ("step_up_code", "secret")])
def test_a_text_without_its_value_is_not_sent_half(kind, missing):
    with pytest.raises(TextIncomplete, match=missing):
        render(kind, language="en", values={"when": "Tuesday at 17:00"})


def test_a_practice_without_a_name_leaves_no_hole():
    _, body = render("account_changed", language="en", values={})
    assert body.endswith("on the number that you know.\n")
