"""The documents of a group against the tables of the domain reference: which parts, which locks, who signs."""

import pytest

from tests.consent.texts.shelf import KINDS, keys, kind, named, text

# Section 2.2 and 2.4, "Key": no part of the tables may be missing.
PARTS = {
    "informed_consent": [
        *("purpose", "benefits_risks", "alternatives", "roles", "voluntary", "leaving", "info_use", "records"),
        *("technology", "fees", "crisis", "complaints", "capacity_language", "period"),
    ],
    "no_secrets_statement": [
        *("who_is_client", "no_individual_channel", "discretion", "not_third_parties", "no_promise", "exceptions"),
        *("individual_therapy", "absent_contact", "before_start", "variant"),
    ],
}
# Section 2.1 and 2.4, "(lock)".
LOCKED = {
    "group_confidentiality_agreement": [
        *("parties", "what_is_covered", "facilitator_duty", "limits", "no_guarantee", "privilege_note", "duration"),
    ],
    "no_secrets_statement": ["no_individual_channel", "no_promise", "before_start"],
    # Section 2.3, last sentence of its first paragraph.
    "group_contract": ["stays_locked", "legal_limits", "safety"],
}
# Section 2.3: "Open clauses, with starter text offered and edited by the group", in its order.
OPEN = [
    *("attendance", "absence", "sharing_time", "feedback", "words", "sober", "phones_food", "names", "disagreement"),
    *("newcomers", "goodbyes", "outside_contact", "posting", "slips", "changing"),
]


@pytest.mark.parametrize("key", PARTS)
def test_no_part_of_the_reference_is_missing(key):
    assert set(PARTS[key]) <= set(keys(kind(key)["elements"]))


@pytest.mark.parametrize("key", LOCKED)
def test_what_the_reference_locks_is_locked(key):
    locked = {one["key"] for one in kind(key)["elements"] if one.get("locked")}
    assert set(LOCKED[key]) <= locked


def test_a_group_cannot_edit_what_the_law_limits():
    assert all(one.get("locked") for one in kind("limits_disclosure")["elements"])


@pytest.mark.parametrize("key", KINDS)
def test_a_locked_part_says_why_and_no_other_does(key):
    for one in kind(key)["elements"]:
        assert ("why" in one) == one.get("locked", False), one["key"]


def test_the_contract_is_open_where_the_reference_says_so():
    editable = [one["key"] for one in kind("group_contract")["elements"] if one.get("editable")]
    assert [key for key in editable if key in OPEN] == OPEN


@pytest.mark.parametrize("language", ["en", "es"])
def test_the_outside_contact_policy_offers_the_four_options(language):
    # Section 2.7: (a) none, (b) chance contact only, (c) allowed with disclosure, (d) encouraged.
    options = named(text("outside_contact_policy", language)["clauses"], "contact")["options"]
    assert keys(options) == ["none", "chance_only", "told", "encouraged"]
    assert [one["title"][:3] for one in options] == ["(a)", "(b)", "(c)", "(d)"]


@pytest.mark.parametrize("language", ["en", "es"])
def test_a_clinic_that_keeps_some_confidences_can_say_which(language):
    # Section 2.4, row "variant".
    options = named(text("no_secrets_statement", language)["clauses"], "variant")["options"]
    assert keys(options) == ["no_secrets", "limited_secrets"]


def test_everyone_signs_the_agreement_and_the_recommitment():
    # REQ-3 and REQ-105.
    for key in ("group_confidentiality_agreement", "recommitment"):
        assert [one["who"] for one in kind(key)["signers"]] == ["member", "facilitator", "observer", "interpreter"]


def test_a_pledge_is_asked_of_every_member_and_shuts_no_door():
    # REQ-21 "Every member is requested to commit"; REQ-23: it is theirs.
    pledge = kind("pledge")
    assert (pledge["asked_of"], pledge["gate"]) == ("always", "none")
    assert [one["who"] for one in pledge["signers"]] == ["member"]
    assert kind("group_contract")["gate"] == "session"


def test_what_has_to_be_signed_is_not_taken_aloud():
    # TX 22 TAC 681.36 (signed consent in the record) and S2 (the statement is signed before the first session).
    spoken = {key for key in KINDS if kind(key)["spoken_allowed"]}
    assert spoken.isdisjoint({"informed_consent", "no_secrets_statement"})
    assert {"group_confidentiality_agreement", "pledge"} <= spoken


def test_what_everyone_needs_before_the_first_session_is_asked_of_every_group():
    # REQ-46, REQ-48, REQ-70, REQ-84.
    first = {"group_confidentiality_agreement", "informed_consent", "no_secrets_statement", "limits_disclosure"}
    for key in first:
        assert (kind(key)["asked_of"], kind(key)["gate"]) == ("always", "session"), key
    assert kind("telehealth_ground_rules")["asked_of"] == "online"
