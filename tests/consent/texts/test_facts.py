"""Every clause of every kind says what the domain reference says it must, in both languages.

The facts are data: ``facts/<kind>.toml``, one ``[[facts]]`` for each thing that must be said, with ``clause`` (or
``meaning``, or ``particulars.<key>``), ``says`` (the fact as the reference states it), ``en`` and ``es`` (patterns that
a careless rewrite would lose) and, where a clause offers ready-made words to choose from, ``option``.
"""

import re

import pytest

from tests.consent.texts.shelf import BOTH, FACTS, KINDS, LANGUAGES, facts, flat, keys, kind, place, sentences, text

ALL = [
    pytest.param(key, language, fact, id=f"{key}-{language}-{fact['clause']}-{number}")
    for key in KINDS
    for number, fact in enumerate(facts(key), 1)
    for language in LANGUAGES
]


@pytest.mark.parametrize(("key", "language", "fact"), ALL)
def test_the_text_states_the_fact(key, language, fact):
    words = flat(place(key, language, fact))
    assert re.search(fact[language], words), f"{fact['says']!r} is not said in: {words}"


@pytest.mark.parametrize(("key", "language"), BOTH)
def test_each_fact_hangs_on_a_sentence_of_its_own(key, language):
    # Take away each sentence in turn: at least one of them must take the fact with it.
    for fact in facts(key):
        found = sentences(place(key, language, fact))
        without = [" ".join(found[:number] + found[number + 1 :]) for number in range(len(found))]
        assert any(not re.search(fact[language], words) for words in without), fact[language]


@pytest.mark.parametrize(("key", "language"), BOTH)
def test_no_pattern_is_a_mere_word(key, language):
    # Our choice, because the shortest fact that is told is one blank that must be there, such as {crisis}.
    for fact in facts(key):
        assert len(re.findall(r"[^\W\d_]", fact[language])) >= 6, fact[language]


@pytest.mark.parametrize("key", KINDS)
def test_every_clause_has_a_fact(key):
    said = {fact["clause"] for fact in facts(key)}
    assert set(keys(kind(key)["elements"])) - said == set()


@pytest.mark.parametrize("key", KINDS)
def test_every_option_of_a_clause_has_a_fact(key):
    offered = {(one["key"], option["key"]) for one in text(key, "en")["clauses"] for option in one.get("options", [])}
    assert offered == {(fact["clause"], fact["option"]) for fact in facts(key) if "option" in fact}


def test_every_facts_file_has_its_text():
    for path in FACTS.glob("*.toml"):
        assert path.stem in KINDS, path.name


@pytest.mark.parametrize("key", KINDS)
def test_a_fact_is_told_as_data_with_nothing_else(key):
    for fact in facts(key):
        assert set(fact) - {"option"} == {"clause", "says", "en", "es"}, fact
        assert fact["says"].strip(), fact
