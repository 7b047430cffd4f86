"""A young person's own yes and a guardian's permission: two papers that say the same to two people."""

import re

import pytest

from tests.consent.texts.shelf import LANGUAGES, flat, keys, kind, named, sentences, strings, text
from tests.consent.texts.test_reading import grade, parts

# domain reference 2.8, row -> the clauses that say it. The statute's decision about the parents, the number of sessions
# and the custody papers are for adults alone: a child is told none of them.
ROWS = {
    "who_consents": (("guardian_permission", "who_consents"),),
    "assent": (("guardian_permission", "assent"), ("assent", "your_choice")),
    "parent_gets": (("guardian_permission", "parent_gets"), ("assent", "what_parents_hear")),
    "safety_list": (("guardian_permission", "safety_list"), ("assent", "safety_list")),
    "other_children": (("guardian_permission", "other_children"), ("assent", "stays_here")),
    "records_access": (("guardian_permission", "records_access"), ("assent", "your_record")),
    "parent_involvement_decision": (("guardian_permission", "parent_involvement_decision"),),
    "limits_count": (("guardian_permission", "limits_count"),),
    "reporting": (("guardian_permission", "reporting"), ("assent", "who_else_hears")),
    "transfer_of_rights": (("guardian_permission", "transfer_of_rights"), ("assent", "growing_up")),
}
# The safety list, item by item: what the young person reads and what the parent reads are one list.
SAFETY = {
    "en": [r"wants? to die", r"hurts you|hurts or abuses your child", r"badly hurt someone else", r"very sick", r"call for help"],
    "es": [r"quieres? morir", r"te hace daño|hace daño a su hijo", r"daño a otra persona", r"enferm", r"pedir ayuda"],
}  # fmt: skip
# domain reference 4.1, "Spare set for minors", and where the assent answers it.
SPARE = {
    "who can you tell that you come here": ("stays_here", r"tell your own story", r"contar tu propia historia"),
    "what will parents hear": ("what_parents_hear", r"hears three things", r"sabe tres cosas"),
    "what if a friend in group is hurting themselves": ("who_else_hears", r"It is help", r"Es ayudar"),
    "can you post a selfie outside the building": ("stays_here", r"selfie", r"selfi"),
    "what to do if someone at school asks": ("stays_here", r"someone at school ask", r"Alguien de la escuela"),
}


def body(key, language, clause):
    return named(text(key, language)["clauses"], clause)["body"]


def items(key, language, clause):
    return [flat(line[2:]) for line in body(key, language, clause).splitlines() if line.startswith("- ")]


@pytest.mark.parametrize("row", ROWS)
def test_every_row_of_the_reference_has_its_clause(row):
    for key, clause in ROWS[row]:
        assert named(kind(key)["elements"], clause)["locked"], (key, clause)


def test_the_young_person_assents_and_the_guardian_permits():
    found = {key: kind(key) for key in ("assent", "guardian_permission")}
    assert [(one["meaning"], one["signers"]) for one in found.values()] == [
        ("assent", [{"who": "young_member", "capacity": "self"}]),
        ("permit", [{"who": "guardian", "capacity": "guardian"}]),
    ]
    for one in found.values():
        # Neither takes the place of the other: each is asked for, alone, before the first session.
        assert (one["scope"], one["asked_of"], one["gate"], one["may_combine"]) == ("group", "young", "session", [])
        assert (one["withdrawable"], one["withdrawal_effect"]) == (True, "shuts_gate")


def test_one_guardian_is_enough_where_nobody_says_otherwise():
    assert kind("guardian_permission")["signers_policy"] == "any_one"


@pytest.mark.parametrize("language", LANGUAGES)
def test_child_and_parent_read_the_same_safety_list(language):
    child, parent = (items(key, language, "safety_list") for key in ("assent", "guardian_permission"))
    assert len(child) == len(parent) == len(SAFETY[language])
    for pattern, for_child, for_parent in zip(SAFETY[language], child, parent, strict=True):
        assert re.search(pattern, for_child), for_child
        assert re.search(pattern, for_parent), for_parent


@pytest.mark.parametrize("language", LANGUAGES)
def test_child_and_parent_are_told_of_the_same_three_things(language):
    assert len(items("assent", language, "what_parents_hear")) == 3
    assert len(items("guardian_permission", language, "parent_gets")) == 3


@pytest.mark.parametrize(("language", "first"), [("en", r"tell (you|your child) first"), ("es", r"primero a")])
def test_both_say_that_the_young_person_is_told_first(language, first):
    for key in ("assent", "guardian_permission"):
        assert re.search(first, flat(body(key, language, "safety_list"))), key


@pytest.mark.parametrize("question", SPARE)
def test_what_young_people_ask_is_answered(question):
    clause, english, spanish = SPARE[question]
    assert re.search(english, flat(body("assent", "en", clause)))
    assert re.search(spanish, flat(body("assent", "es", clause)))


def test_a_child_below_ten_can_read_the_assent():
    # The fourth school year is age nine to ten; a single part may be one year harder.
    found = {where: words for where, words in parts("assent").items() if re.search(r"\w", words)}
    assert grade("\n\n".join(found.values())) < 4
    assert {where: round(grade(words), 1) for where, words in found.items() if grade(words) >= 5} == {}
    assert grade(text("assent", "en")["meaning"]) < 4


def test_the_spanish_assent_is_as_short_in_its_sentences():
    # No formula of school years is made for Spanish here; the length of a sentence is what stays: our choice, 15 words
    # in the mean and 30 at most.
    counts = [len(re.findall(r"\w+", one)) for clause in text("assent", "es")["clauses"] for one in sentences(clause["body"])]  # fmt: skip
    assert sum(counts) / len(counts) <= 15
    assert max(counts) <= 30


def test_a_child_is_not_handed_sentences_of_law():
    assert not [where for where, words in strings("assent", "en") if "{law_" in words]


@pytest.mark.parametrize(("key", "familiar"), [("assent", True), ("guardian_permission", False)])
def test_spanish_says_tu_to_the_young_and_usted_to_the_guardian(key, familiar):
    said = " ".join(words for _, words in strings(key, "es"))
    assert bool(re.search(r"\b(usted|ustedes)\b", said, re.IGNORECASE)) is not familiar
    assert bool(re.search(r"\b(tú|ti|contigo|puedes|quieres)\b", said, re.IGNORECASE)) is familiar


def test_the_assent_makes_no_contract():
    # A minor's contract is generally voidable; the assent is evidence of being asked. Consent reference, b.7.
    said = " ".join(words for _, words in strings("assent", "en"))
    assert not re.search(r"\b(agreement|contract|agree to keep|bound|undertake)\b", said, re.IGNORECASE)


def test_the_permission_hands_the_law_of_the_place_to_the_parent():
    said = " ".join(words for _, words in strings("guardian_permission", "en"))
    found = set(re.findall(r"\{(law_\w+)\}", said))
    assert found == {"law_minor", "law_guardian_access", "law_limits_count", "law_child", "law_records", "law_complaints"}  # fmt: skip


def test_the_young_person_and_the_guardian_are_asked_about_what_hurts_most_when_misread():
    asked = {key: {one["about"] for one in text(key, "en")["questions"]} for key in ("assent", "guardian_permission")}
    assert {"what_parents_hear", "your_choice"} <= asked["assent"]
    assert {"parent_gets", "other_children", "transfer_of_rights"} <= asked["guardian_permission"]
    assert all(set(about) <= set(keys(kind(key)["elements"])) for key, about in asked.items())
