"""Where one text names another, or a part of it, that title stands there."""

import re

import pytest

from tests.consent.texts.shelf import BOTH, KINDS, LANGUAGES, kind, named, strings, text

QUOTED = {"en": r'"([^"]+)"', "es": r"«([^»]+)»"}


def titles(language):
    for key in KINDS:
        yield text(key, language)["title"]
        yield from (one["title"] for one in text(key, language)["clauses"])


@pytest.mark.parametrize(("key", "language"), BOTH)
def test_a_paper_that_is_named_in_a_text_is_one_that_ships(key, language):
    known = set(titles(language))
    for where, words in strings(key, language):
        for found in re.findall(rf"(?:paper|part|documento|parte) {QUOTED[language]}", words):
            assert found in known, (where, found)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_contract_names_every_locked_part_of_the_agreement(language):
    agreement = "group_confidentiality_agreement"
    locked = [one["key"] for one in kind(agreement)["elements"] if one.get("locked")]
    body = named(text("group_contract", language)["clauses"], "stays_locked")["body"]
    named_there = re.findall(rf"- {QUOTED[language]}", body)
    assert named_there == [named(text(agreement, language)["clauses"], key)["title"] for key in locked]
