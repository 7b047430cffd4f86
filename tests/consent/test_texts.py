"""The group agreement: its locks, its blanks, and what a signature on it is bound to."""

import re

import pytest

from consent.kinds import GROUP_AGREEMENT, Element, kind_keys, load_kind
from consent.kinds.wording import Clause, fill, filled, languages, sha256, shipped, to_json
from consent.models import Capacity, Gate, SignersPolicy

# domain reference 2.1: key -> locked, in its order.
CLAUSES = {
    "parties": True,
    "what_is_covered": True,
    "may_share": False,
    "may_not_share": False,
    "facilitator_duty": True,
    "limits": True,
    "no_guarantee": True,
    "privilege_note": True,
    "consequences": False,
    "raise_concern": False,
    "accidents": False,
    "duration": True,
    "review": False,
    "signature": False,
}
BLANKS = {
    "practice": "Larch Street",
    "facilitators": "Nadia R. and Tom B.",
    "helpers": "Nobody else helps or watches.",
    "place": "New York",
    "contact": "555 0100",
    "answer_days": "3",
    "review_on": "22 November 2027",
    "valid_for": "one year",
    # A place whose law says something of members and of nothing else.
    "law_child": "",
    "law_adult": "",
    "law_threat": "",
    "law_members": "New York: the law does not bind members.",
    "law_privilege": "",
}


def test_it_ships_in_english_and_spanish():
    assert GROUP_AGREEMENT in kind_keys()
    assert languages(GROUP_AGREEMENT) == ("en", "es")


@pytest.mark.parametrize("language", ["en", "es"])
def test_every_clause_stands_in_its_place_with_its_lock(language):
    found = {one.key: one.locked for one in shipped(GROUP_AGREEMENT, language).clauses}
    assert list(found.items()) == list(CLAUSES.items())


# --- filling and binding --------------------------------------------------------------------------------------


def test_blanks_are_filled_and_a_second_full_stop_is_dropped():
    text = filled(load_kind(GROUP_AGREEMENT), "en", BLANKS, {})
    assert not re.search(r"[{}]|\.\.", text.plain)
    assert "These people lead it: Nadia R. and Tom B.\n" in text.plain


def test_what_the_law_of_the_place_says_stands_in_the_agreement_and_its_silence_leaves_no_gap():
    text = filled(load_kind(GROUP_AGREEMENT), "en", BLANKS, {})
    assert "\n\nNew York: the law does not bind members.\n\n" in text.clause("no_guarantee").body
    assert "\n\n\n" not in text.plain
    assert "in every place.\n\nAsk us about New York." in text.clause("privilege_note").body


def test_a_missing_blank_is_an_error_in_our_words_and_kept_as_typed_in_theirs():
    with pytest.raises(LookupError):
        fill("{practice} and {nobody}", BLANKS)
    assert fill("{practice} and {nobody}", BLANKS, strict=False) == "Larch Street and {nobody}"


def test_a_value_with_braces_is_not_filled_again():
    assert fill("{practice}", {"practice": "{place}", "place": "x"}) == "{place}"


def test_only_open_clauses_take_own_words():
    kind = load_kind(GROUP_AGREEMENT)
    own = filled(kind, "en", BLANKS, {"consequences": "We talk. {facilitators} decide."})
    assert next(one.body for one in own.clauses if one.key == "consequences") == "We talk. Nadia R. and Tom B. decide."
    for key in set(CLAUSES) - set(kind.editable_keys):
        with pytest.raises(ValueError, match=key):
            filled(kind, "en", BLANKS, {key: "Something else."})


def test_the_kind_says_who_signs_for_how_long_and_what_it_gates():
    kind = load_kind(GROUP_AGREEMENT)
    assert kind.editable_keys == ("may_share", "may_not_share", "consequences", "review")
    assert (kind.gate, kind.signers_policy) == (Gate.SESSION, SignersPolicy.ALL_REQUIRED)
    assert [(one.who, one.capacity) for one in kind.signers] == [
        ("member", Capacity.SELF),
        ("facilitator", Capacity.FACILITATOR),
        ("observer", Capacity.OBSERVER),
        ("interpreter", Capacity.INTERPRETER),
    ]
    # domain reference 5, row "Yearly"
    assert (kind.validity_days, kind.notice_days) == (365, 30)
    assert kind.spoken_allowed
    assert all(element.source for element in kind.elements)
    with pytest.raises(LookupError):
        load_kind("nothing")
    with pytest.raises(ValueError, match="locked and editable"):
        Element(key="x", source="y", locked=True, editable=True)


def test_the_checksum_changes_with_every_part_of_the_text():
    stored = to_json(filled(load_kind(GROUP_AGREEMENT), "en", BLANKS, {}))
    seen = {sha256(kind=GROUP_AGREEMENT, number=1, text=stored), sha256(kind=GROUP_AGREEMENT, number=2, text=stored)}
    for place in range(len(stored["clauses"])):
        clauses = [dict(one) for one in stored["clauses"]]
        clauses[place]["body"] += " "
        seen.add(sha256(kind=GROUP_AGREEMENT, number=1, text={**stored, "clauses": clauses}))
    assert len(seen) == 2 + len(stored["clauses"])


def test_the_checksum_is_that_of_the_canonical_json():
    # Worked out by hand: printf '{"kind":"k","number":1,"text":{"a":"é","b":1}}' | sha256sum
    assert (
        sha256(kind="k", number=1, text={"b": 1, "a": "é"})
        == "ad4bb3ca73279ca7120f00d8b68bcd48e14f43db6ea786a41235b05d97ebda52"
    )


def test_paragraphs_and_lists_are_told_apart():
    clause = Clause("k", "t", "One\ntwo.\n\nThat is:\n\n- a\n- b\n\nEnd.", locked=False)
    assert list(clause.blocks()) == [
        ("p", ("One two.",)),
        ("p", ("That is:",)),
        ("ul", ("a", "b")),
        ("p", ("End.",)),
    ]
