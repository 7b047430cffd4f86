"""A child of twelve can read every English text: its clauses, its titles, its questions and its hints."""

import re

import pytest

from tests.consent.texts.shelf import KINDS, strings, text

# Age 12 is the sixth to seventh school year; a single part may be a little harder than the whole.
WHOLE, PART = 6.5, 8
# Stand-ins of the length of real values; what comes from a pack of law is measured there.
BLANKS = {
    "practice": "Larch Street",
    "facilitators": "Nadia R. and Tom B.",
    "helpers": "Nobody else helps or watches.",
    "place": "New York",
    "contact": "555 0100",
    "answer_days": "3",
    "review_on": "22 November 2027",
    "valid_for": "one year",
    "group_type": "support",
    "group_openness": "closed",
    "group_format": "online",
    "group_size": "8",
    "session_length": "90 minutes",
    "crisis": "Call 555 0199.",
    "officer": "Kofi A.",
    "today": "22 November 2026",
}


def syllables(word):
    """Groups of vowels, without a silent e at the end: the usual estimate of the Flesch-Kincaid formula."""
    groups = len(re.findall(r"[aeiouy]+", word.lower()))
    silent = re.search(r"[^aeiouyl]e$", word.lower()) is not None
    return max(1, groups - silent)


def grade(words):
    """Flesch-Kincaid grade: 0.39 words/sentence + 11.8 syllables/word - 15.59 (Kincaid and others, 1975)."""
    found = re.findall(r"[A-Za-z']+", words)
    sentences = [one for one in re.split(r"[.!?:]\s|\n- |\n\n", words + " ") if re.search(r"\w", one)]
    return 0.39 * len(found) / len(sentences) + 11.8 * sum(map(syllables, found)) / len(found) - 15.59


def read_aloud(words):
    """The words with their blanks filled; a paragraph that is one empty blank is dropped, as in a real text."""
    filled = re.sub(r"\{(\w+)\}", lambda blank: BLANKS.get(blank.group(1), ""), words)
    return re.sub(r"\n(- )?(?=\n|$)", "\n", filled).strip()


def parts(key):
    """Where -> words, each clause, option, question and hint as one part."""
    found = {}
    for where, words in strings(key, "en"):
        if where.startswith(("clauses.", "questions.", "particulars.")) and not where.endswith(".title"):
            group = where.rsplit(".", 1)[0] if not where.startswith("questions.") else ".".join(where.split(".")[:2])
            found.setdefault(group, []).append(read_aloud(words))
    return {group: "\n\n".join(words) for group, words in found.items()}


def test_the_measure_knows_hard_from_easy():
    hard = (
        "Confidentiality obligations notwithstanding, disclosures necessitated by applicable jurisdictional legislation "
        "may be effectuated without authorization from participating individuals."
    )
    assert grade(hard) > 15
    assert grade("The cat sat on the mat. It was a fat cat.") < 3


@pytest.mark.req("REQ-4")
@pytest.mark.parametrize("key", KINDS)
def test_a_child_of_twelve_can_read_it(key):
    found = {where: words for where, words in parts(key).items() if re.search(r"\w", words)}
    assert {where: round(grade(words), 1) for where, words in found.items() if grade(words) > PART} == {}
    for begins in ("clauses.", "questions.", "particulars."):
        whole = "\n\n".join(words for where, words in found.items() if where.startswith(begins))
        assert not whole or grade(whole) <= WHOLE, (begins, round(grade(whole), 1))


@pytest.mark.parametrize("key", KINDS)
def test_its_titles_and_the_sentence_that_is_ticked_are_as_easy(key):
    words = text(key, "en")
    assert grade("\n\n".join([words["title"], *(one["title"] for one in words["clauses"])])) <= WHOLE
    assert grade(words["meaning"]) <= WHOLE
