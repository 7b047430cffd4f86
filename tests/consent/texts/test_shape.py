"""Both languages of a text have one shape, and its questions can be answered."""

import re

import pytest

from consent.kinds import load_kind
from consent.kinds.wording import Clause, options, questions, shipped
from tests.consent.texts.shelf import BOTH, KINDS, keys, kind, named, strings, text

# What a text may leave open; the law blanks come from the packs of the places that count.
LAWS = ["child", "adult", "threat", "self_harm", "court", "members", "privilege", "extras", "records", "minor"]
LAWS += ["guardian_access", "limits_count", "recording", "complaints", "breach"]
BLANKS = {f"law_{one}" for one in LAWS} | {"practice", "facilitators", "helpers", "place", "contact", "answer_days"}
BLANKS |= {
    "review_on",
    "valid_for",
    "group_type",
    "group_openness",
    "group_format",
    "group_size",
    "session_length",
    "crisis",
}
BLANKS |= {"officer", "today"}


def blanks(words):
    return sorted(re.findall(r"\{(\w+)\}", words))


def blocks(body):
    return [(tag, len(lines)) for tag, lines in Clause("k", "t", body.strip(), locked=False).blocks()]


def asked_of_members(key):
    return any(one["who"] in {"member", "adult_member", "young_member"} for one in kind(key)["signers"])


@pytest.mark.parametrize(("key", "language"), BOTH)
def test_what_stands_in_the_files_is_what_is_shown(key, language):
    words, found = text(key, language), shipped(key, language)
    assert [(one.key, one.title) for one in found.clauses] == [(one["key"], one["title"]) for one in words["clauses"]]
    assert [one.key for one in questions(key, language)] == keys(words.get("questions", []))
    for one in words["clauses"]:
        assert [option.key for option in options(key, language, one["key"])] == keys(one.get("options", []))
    assert load_kind(key).key == key


@pytest.mark.parametrize(("key", "language"), BOTH)
def test_the_clauses_are_the_elements_of_the_kind_in_their_order(key, language):
    assert keys(text(key, language)["clauses"]) == keys(kind(key)["elements"])


@pytest.mark.parametrize("key", KINDS)
def test_both_languages_hold_the_same_parts_with_the_same_blanks(key):
    english, spanish = dict(strings(key, "en")), dict(strings(key, "es"))
    assert list(english) == list(spanish)
    for where, words in english.items():
        assert blanks(words) == blanks(spanish[where]), where
        assert blocks(words) == blocks(spanish[where]), where


@pytest.mark.parametrize(("key", "language"), BOTH)
def test_a_blank_is_one_that_can_be_filled(key, language):
    own = set(keys(kind(key).get("particulars", [])))
    # "helpers" stands inside of its own phrase too.
    for where, words in strings(key, language):
        assert set(blanks(words)) <= BLANKS | own, where
        assert not re.search(r"[{}]", re.sub(r"\{\w+\}", "", words)), where


@pytest.mark.parametrize(("key", "language"), BOTH)
def test_a_sentence_of_law_stands_alone_so_that_it_can_be_left_out(key, language):
    # A place whose law has nothing of it gives no words; then the paragraph or item is dropped.
    for where, words in strings(key, language):
        for line in words.split("\n"):
            assert "{law_" not in line or re.fullmatch(r"(- )?\{law_\w+\}", line.strip()), where


@pytest.mark.parametrize("key", KINDS)
def test_only_english_was_read_by_a_native_clinician(key):
    assert (text(key, "en")["reviewed"], text(key, "es")["reviewed"]) == (True, False)


@pytest.mark.parametrize(("key", "language"), BOTH)
def test_it_is_plain_text(key, language):
    for where, words in strings(key, language):
        # A dash as punctuation, markup, a double space, or an empty string.
        assert not re.search(r"[\u2013\u2014]|--|[<>*_`#]|\S  ", re.sub(r"\{\w+\}", "x", words)), (where, words)
        assert words.strip(), where


@pytest.mark.parametrize("key", KINDS)
def test_members_are_asked_two_to_four_questions(key):
    count = len(text(key, "en").get("questions", []))
    assert 2 <= count <= 4 if asked_of_members(key) else count <= 4, count


@pytest.mark.parametrize(("key", "language"), BOTH)
def test_each_question_can_be_answered_and_says_where_to_read_again(key, language):
    for one in text(key, language).get("questions", []):
        assert one["right"] in keys(one["options"]), one["key"]
        assert len(set(keys(one["options"]))) == len(one["options"]) >= 2, one["key"]
        title = named(text(key, language)["clauses"], one["about"])["title"]
        assert title in one["explanation"], f"{one['key']}: the explanation names the part to read again, {title!r}"


@pytest.mark.parametrize("key", KINDS)
def test_the_right_answer_is_the_same_in_both_languages(key):
    english, spanish = (text(key, language).get("questions", []) for language in ("en", "es"))
    found = [[(one["key"], one["about"], one["right"]) for one in questions] for questions in (english, spanish)]
    assert found[0] == found[1]


@pytest.mark.parametrize("key", KINDS)
def test_the_right_answer_is_not_always_in_the_same_place(key):
    places = [keys(one["options"]).index(one["right"]) for one in text(key, "en").get("questions", [])]
    assert len(places) < 2 or len(set(places)) > 1, places


@pytest.mark.parametrize(("key", "language"), BOTH)
def test_a_clause_with_ready_made_words_begins_with_the_first_of_them(key, language):
    editable = {one["key"] for one in kind(key)["elements"] if one.get("editable")}
    for clause in text(key, language)["clauses"]:
        if "options" in clause:
            assert clause["key"] in editable, clause["key"]
            assert clause["body"] == clause["options"][0]["body"], clause["key"]
