"""The practice sets, accepts and switches off values of law; every act has an author, a day and a reason."""

from datetime import date

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from groupcare.access import Role
from groupcare.accounts.models import PersonMerge
from groupcare.audit.models import AppendOnlyError, TrailEvent
from groupcare.exceptions import InvalidTransition, Refused
from groupcare.practice import law_services
from groupcare.practice.law import Law, sentences
from groupcare.practice.law.effective import Decided
from groupcare.practice.law.reading import packs
from groupcare.practice.models import LawDecision, LawNotice, LawOverride
from tests.factories import make_staff
from tests.practice.law_world import VALUE, act, packs_with
from tests.world import at_work

pytestmark = pytest.mark.django_db
NOT_CONFIRMED = "Not confirmed by our counsel"
UNVERIFIED = "structured.protect"  # of Ireland: C
PATH = "practice:law-value"


def page_of(code: str, path: str) -> str:
    return reverse(PATH, kwargs={"code": code, "path": path})


def item(code: str, path: str):
    return Law([code]).item(packs()[code], path)


@pytest.fixture
def adam():
    """Return a second administrator."""
    return make_staff("Adam Second", Role.ADMINISTRATOR)


# --- overrides ------------------------------------------------------------------------------------------------


@pytest.mark.req("REQ-60")
def test_an_override_holds_at_once_with_author_day_and_reason(world, client_for):
    browser = client_for(world.ada)
    answer = browser.post(page_of("US-NY", VALUE), act("override", value="24", seen=0))
    assert answer.status_code == 302
    made = LawOverride.objects.get()
    assert (made.value, made.by, made.reason) == (24, world.ada, "Our counsel wrote so on 3 May.")
    assert "within 24 hours" in sentences(["US-NY"], "en")["law_child"]
    assert "24 horas" in sentences(["US-NY"], "es")["law_child"]
    page = browser.get(page_of("US-NY", VALUE)).content.decode()
    assert "Set by the practice" in page
    assert "Ada Quist" in page
    assert "Our counsel wrote so on 3 May." in page
    assert "48 hours" in page  # what the pack says stays in view
    assert TrailEvent.objects.filter(action="law.override", actor=str(world.ada.pk)).exists()


def test_a_later_override_replaces_the_first_and_both_stay(world, acting):
    with acting(world.ada):
        first = law_services.override_law(code="US-NY", path=VALUE, value="24", reason="One.", seen=0, by=world.ada)
        law_services.override_law(code="US-NY", path=VALUE, value="12", reason="Two.", seen=1, by=world.ada)
    assert item("US-NY", VALUE).value == 12
    assert LawOverride.objects.get(pk=first.pk).value == 24
    with pytest.raises(AppendOnlyError):
        first.save()


def test_the_way_back_to_the_pack_is_a_row_too(world, client_for):
    browser = client_for(world.ada)
    browser.post(page_of("US-NY", VALUE), act("override", value="24", seen=0))
    assert browser.post(page_of("US-NY", VALUE), act("back", seen=1)).status_code == 302
    assert item("US-NY", VALUE).value == 48
    assert item("US-NY", VALUE).override is None
    assert LawOverride.objects.count() == 2
    again = browser.post(page_of("US-NY", VALUE), act("back", seen=2))
    assert again.status_code == 409
    assert "holds already" in again.content.decode()


def test_two_who_saw_the_same_cannot_both_set_it(world, client_for, adam):
    url = page_of("US-NY", VALUE)
    assert client_for(world.ada).post(url, act("override", value="24", seen=0)).status_code == 302
    late = client_for(adam).post(url, act("override", value="36", seen=0))
    assert late.status_code == 422
    assert "Somebody changed this meanwhile" in late.content.decode()
    assert "36" in late.content.decode()  # what was typed stays
    assert item("US-NY", VALUE).value == 24


@pytest.mark.parametrize(
    ("code", "path", "typed", "kept"),
    [
        ("US-NY", VALUE, " 12 ", 12),
        ("US-TX", "structured.child_delegable", "yes", True),
        ("US-TX", "structured.child_delegable", "No", False),
        ("US-NY", "structured.minor_consent_conditions", "one\n\n two ", ["one", "two"]),
        ("IE", "structured.protect", "mandatory", "mandatory"),
        ("IE", "structured.protect", "as our counsel says", "as our counsel says"),
        ("US-NY", "structured.minor_consent_age", "16", 16),
        ("IE", "facts.protect", "Another text.", "Another text."),
        ("IE", "sentences.en.law_threat", "We call the police.", "We call the police."),
    ],
)
def test_what_is_typed_becomes_a_value_of_the_same_kind(world, acting, code, path, typed, kept):
    with acting(world.ada):
        made = law_services.override_law(code=code, path=path, value=typed, reason="Advice.", seen=0, by=world.ada)
    assert made.value == kept
    assert type(made.value) is type(kept)


@pytest.mark.parametrize(
    ("code", "path", "typed", "says"),
    [
        ("US-NY", VALUE, "soon", "Write a whole number"),
        ("US-NY", VALUE, "-3", "Write a whole number"),
        ("US-NY", VALUE, "10001", "Write a whole number"),
        ("US-NY", VALUE, "²", "Write a whole number"),
        ("US-NY", VALUE, "   ", "Please fill this in"),
        ("US-TX", "structured.child_delegable", "maybe", "Write yes or no"),
        ("IE", "facts.protect", "x" * 1501, "at most 1500"),
        ("IE", "sentences.en.law_threat", "Call {crisis}.", "without curly brackets"),
    ],
)
def test_what_is_no_value_is_refused_beside_the_field_and_stays(world, client_for, code, path, typed, says):
    answer = client_for(world.ada).post(page_of(code, path), act("override", value=typed, seen=0))
    assert answer.status_code == 422
    assert says in answer.content.decode()
    assert typed.strip() in answer.content.decode()
    assert not LawOverride.objects.exists()


@pytest.mark.parametrize("name", ["override", "accept", "propose"])
def test_nothing_is_decided_without_a_reason(world, client_for, name):
    sent = {**act(name, value="permissive", seen=0), "reason": "  "}
    answer = client_for(world.ada).post(page_of("IE", UNVERIFIED), sent)
    assert answer.status_code == 422
    assert "Please fill this in" in answer.content.decode()
    assert not LawDecision.objects.exists()
    assert not LawOverride.objects.exists()


def test_the_service_asks_for_a_reason_too(world, acting):
    with acting(world.ada), pytest.raises(ValidationError):
        law_services.accept_law(code="IE", path=UNVERIFIED, reason=" ", by=world.ada)


def test_a_word_of_the_practice_counts_as_the_strictest(world, acting):
    with acting(world.ada):
        law_services.override_law(
            code="IE", path=UNVERIFIED, value="call our counsel first", reason="Advice.", seen=0, by=world.ada
        )
    # Washington's duty is the strictest of the packs; a word that nobody ranked stands before it.
    said = sentences(["US-WA", "IE"], "en")["law_threat"]
    assert said.index("Ireland: ") < said.index("Washington: ")


def test_a_sentence_whose_value_was_changed_is_marked_until_somebody_writes_it_anew(world, acting, client_for):
    with acting(world.ada):
        law_services.override_law(
            code="US-TX", path="structured.recording", value="all-party", reason="Advice.", seen=0, by=world.ada
        )
        law_services.override_law(
            code="US-TX", path="facts.recording", value="All parties.", reason="Advice.", seen=0, by=world.ada
        )
    assert sentences(["US-TX"], "en")["law_recording"].endswith("(Not confirmed by our counsel.)")
    page = client_for(world.ada).get(reverse("practice:law-detail", kwargs={"code": "US-TX"})).content.decode()
    assert "Check these words" in page
    with acting(world.ada):
        law_services.override_law(
            code="US-TX", path="sentences.en.law_recording", value="All must agree.", reason="So.", seen=0, by=world.ada
        )
    assert sentences(["US-TX"], "en")["law_recording"] == "All must agree."
    with acting(world.ada):
        law_services.override_law(
            code="US-TX", path="facts.recording", value="One party.", reason="Advice.", seen=1, by=world.ada
        )
    assert sentences(["US-TX"], "en")["law_recording"].endswith("(Not confirmed by our counsel.)")


def test_a_pack_that_says_something_else_is_shown_beside_the_override(world, client_for, tmp_path):
    browser = client_for(world.ada)
    browser.post(page_of("US-NY", VALUE), act("override", value="24", seen=0))
    assert not item("US-NY", VALUE).moved
    with packs_with(tmp_path, "US-NY", ("value = 48", "value = 72")):
        assert item("US-NY", VALUE).moved
        assert item("US-NY", VALUE).value == 24
        assert "The pack says something else now" in browser.get(page_of("US-NY", VALUE)).content.decode()


# --- accepting (foundation F13) ---------------------------------------------------------------------------------


@pytest.mark.req("REQ-58")
def test_an_unverified_value_runs_and_looks_unverified_until_somebody_accepts_it(world, client_for):
    browser, place = client_for(world.ada), reverse("practice:law-detail", kwargs={"code": "IE"})
    assert sentences(["IE"], "en")["law_threat"].endswith("(Not confirmed by our counsel.)")
    before = browser.get(place).content.decode().count(NOT_CONFIRMED)
    answer = browser.post(page_of("IE", "facts.protect"), act("accept"))
    assert answer.status_code == 302
    made = LawDecision.objects.get()
    assert (made.kind, made.by, made.reason) == ("accepted", world.ada, "Our counsel wrote so on 3 May.")
    # The fact, the value that rests on it and the sentence lose the mark.
    assert not item("IE", UNVERIFIED).unverified
    assert browser.get(place).content.decode().count(NOT_CONFIRMED) == before - 3
    assert sentences(["IE"], "en")["law_threat"].endswith("It does not make us.")
    again = browser.post(page_of("IE", "facts.protect"), act("accept"))
    assert again.status_code == 409


def test_an_acceptance_is_of_what_the_value_said(world, acting, tmp_path):
    with acting(world.ada):
        law_services.accept_law(code="IE", path="facts.protect", reason="Read it.", by=world.ada)
    with packs_with(tmp_path, "IE", ('fact = "Permissive."', 'fact = "Permissive, mostly."')):
        assert item("IE", "facts.protect").unverified
        assert item("IE", UNVERIFIED).unverified


def test_what_was_read_needs_no_acceptance(world, acting):
    with acting(world.ada), pytest.raises(InvalidTransition):
        law_services.accept_law(code="US-NY", path="facts.child", reason="Read it.", by=world.ada)


# --- switching off takes two (foundation F13) ---------------------------------------------------------------------


def test_switching_off_takes_two_people_and_until_then_it_runs(world, client_for, adam):
    url = page_of("IE", "facts.protect")
    ada, second = client_for(world.ada), client_for(adam)
    assert ada.post(url, act("propose")).status_code == 302
    assert item("IE", UNVERIFIED).runs
    assert sentences(["IE"], "en")["law_threat"]
    # Alone it stays: the page offers no button, and the service refuses.
    page = ada.get(url).content.decode()
    assert "until another administrator confirms" in page
    assert "Confirm: switch it off" not in page
    assert ada.post(url, act("confirm")).status_code == 404
    assert "Confirm: switch it off" in second.get(url).content.decode()
    assert second.post(url, act("confirm")).status_code == 302
    assert not item("IE", "facts.protect").runs
    assert not item("IE", UNVERIFIED).runs  # what rests on the fact goes with it
    assert sentences(["IE"], "en")["law_threat"] == ""
    page = second.get(reverse("practice:law-detail", kwargs={"code": "IE"})).content.decode()
    assert "Switched off" in page


def test_one_person_switches_it_on_again(world, client_for, adam):
    url = page_of("IE", "facts.protect")
    ada, second = client_for(world.ada), client_for(adam)
    ada.post(url, act("propose"))
    second.post(url, act("confirm"))
    assert ada.post(url, act("on")).status_code == 302
    assert sentences(["IE"], "en")["law_threat"]
    assert ada.post(url, act("on")).status_code == 409
    # The old proposal confirms nothing any more.
    assert second.post(url, act("confirm")).status_code == 409


def test_a_proposal_can_be_taken_back_and_is_not_made_twice(world, client_for, adam):
    url = page_of("IE", "facts.protect")
    ada, second = client_for(world.ada), client_for(adam)
    ada.post(url, act("propose"))
    assert second.post(url, act("propose")).status_code == 409
    assert second.post(url, act("on")).status_code == 302
    assert second.post(url, act("confirm")).status_code == 409
    assert item("IE", "facts.protect").runs


def test_two_entries_of_one_person_are_one_person(world, acting, adam):
    with acting(world.ada):
        law_services.propose_off(code="IE", path="facts.protect", reason="So.", by=world.ada)
    # No page puts two colleagues together; a restored database may hold such a row.
    PersonMerge(kept=world.ada, duplicate=adam, merged_by=world.petra).save()
    with at_work(adam), pytest.raises(Refused):
        law_services.confirm_off(code="IE", path="facts.protect", reason="So.", by=adam)


def test_the_database_knows_two_people_too(world):
    values = {"pack": "IE", "path": "facts.protect", "reason": "So.", "said": "x", "by": world.ada}
    proposal = LawDecision(kind="off_proposed", number=1, **values)
    proposal.save()
    for wrong in (
        {"answers": proposal, "proposed_by": world.ada},  # the same person
        {"answers": proposal},  # nobody
        {"proposed_by": world.tom},  # no proposal
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            LawDecision(kind="off_confirmed", number=2, **wrong, **values).save()
    with pytest.raises(IntegrityError), transaction.atomic():
        LawDecision(kind="accepted", number=1, **values).save()
    with pytest.raises(IntegrityError), transaction.atomic():
        LawDecision(kind="accepted", number=3, **{**values, "reason": ""}).save()


def test_a_sentence_that_keeps_one_leg_is_marked_for_a_look(world, acting, adam):
    # New York's sentence on threats rests on two facts; one of them is switched off.
    with acting(world.ada):
        law_services.propose_off(code="US-NY", path="facts.protect2", reason="So.", by=world.ada)
    with at_work(adam):
        law_services.confirm_off(code="US-NY", path="facts.protect2", reason="So.", by=adam)
    law = Law(["US-NY"])
    pack = packs()["US-NY"]
    assert law.is_stale(pack, pack.sentences["law_threat"])
    assert sentences(["US-NY"], "en")["law_threat"].endswith("(Not confirmed by our counsel.)")


@given(st.lists(st.sampled_from(["accepted", "off_proposed", "off_confirmed", "on"]), max_size=12))
def test_it_is_off_exactly_when_the_last_of_confirmations_and_switchings_on_confirms(kinds):
    decided = Decided()
    for number, kind in enumerate(kinds, 1):
        decided = decided.then(LawDecision(kind=kind, number=number))
    last = next((kind for kind in reversed(kinds) if kind in {"off_confirmed", "on"}), "on")
    assert (decided.off is not None) == (last == "off_confirmed")
    after = kinds[::-1].index(last) if last in kinds else len(kinds)
    assert (decided.proposed is not None) == ("off_proposed" in kinds[::-1][:after])
    assert (decided.accepted is not None) == ("accepted" in kinds)
    assert decided.number == len(kinds)


# --- who may ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("service", "more"),
    [
        (law_services.override_law, {"value": "24", "seen": 0}), (law_services.end_override, {"seen": 0}),
        (law_services.accept_law, {}), (law_services.propose_off, {}), (law_services.confirm_off, {}),
        (law_services.switch_on, {}),
    ],
)  # fmt: skip
def test_only_an_administrator_decides_and_absent_looks_like_forbidden(world, service, more):
    for name in ("nadia", "petra", "ben", "root", "xavier"):
        person = world.person(name)
        with at_work(person), pytest.raises(Refused):
            service(code="US-NY", path=VALUE, reason="So.", by=person, **more)
    with at_work(world.ada):
        for code, path in (("US-ZZ", VALUE), ("US-NY", "structured.moon"), ("US-NY", "sentences.en.law_adult"),
                           ("US-NY", "sentences.fr.law_child"), ("US-NY", "sentences.en.law_moon")):  # fmt: skip
            with pytest.raises(Refused):
                service(code=code, path=path, reason="So.", by=world.ada, **more)
    assert not LawOverride.objects.exists()
    assert not LawDecision.objects.exists()
    assert not LawNotice.objects.exists()


def test_a_sentence_is_set_but_neither_accepted_nor_switched_off(world):
    with at_work(world.ada):
        for service in (law_services.accept_law, law_services.propose_off):
            with pytest.raises(Refused):
                service(code="US-NY", path="sentences.en.law_child", reason="So.", by=world.ada)


def test_an_act_that_nobody_knows_is_refused(world, client_for):
    assert client_for(world.ada).post(page_of("IE", UNVERIFIED), act("forget")).status_code == 404
    assert client_for(world.ada).get(page_of("IE", UNVERIFIED)).status_code == 200


def test_checked_and_due_stand_on_the_page(world, client_for):
    page = client_for(world.ada).get(page_of("IE", UNVERIFIED)).content.decode()
    assert str(date(2026, 7, 1)) in page
    assert str(date(2027, 7, 1)) in page
    assert "General knowledge, not confirmed" in page
    assert "not legal advice" in page
