"""Where a page says what asks for a part of a text, plain words stand beside the citation."""

import pytest
from django.utils import translation

from consent.kinds import kinds, load_kind
from consent.kinds.sources import explained, in_words, known_sources, parts_of, source_of

CITED = sorted(
    {citation for kind in kinds() for one in (*kind.elements, *kind.particulars) for citation in parts_of(one.source)}
    | {kind.title_of_law for kind in kinds() if kind.title_of_law}
)


@pytest.mark.parametrize("citation", CITED)
def test_every_source_of_every_kind_is_told_in_words_in_both_languages(citation: str) -> None:
    source = source_of(citation)
    assert source is not None, f"Say in consent/texts/sources.toml what {citation!r} is."
    assert source.words.keys() == {"en", "es"}
    assert all(words.strip() == words and len(words.split()) >= 4 for words in source.words.values())
    assert source.words["en"] != source.words["es"]


def test_no_source_is_kept_that_no_kind_names() -> None:
    used = {source_of(citation) for citation in CITED}
    assert [one.prefix for one in known_sources() if one not in used] == []


def test_a_law_stands_beside_what_it_is() -> None:
    law = "45 CFR 164.508(c)(1)(iv)"
    assert explained(law, "en") == f"the US privacy rule for health records (HIPAA), {law}"
    assert explained(law, "es") == f"la norma de privacidad de EE. UU. para las historias clínicas (HIPAA), {law}"
    element = next(one for one in load_kind("release_of_information").elements if law in one.source)
    with translation.override("es"):
        assert element.source_in_words == explained(element.source, "es")
        assert load_kind("release_of_information").law_in_words.endswith("(HIPAA), 45 CFR 164.508")
    assert load_kind("pledge").law_in_words == ""


def test_a_name_that_says_nothing_to_a_reader_is_not_shown() -> None:
    assert explained("S0 (REQ-17); NASW 1.07(f)", "en") == (
        "an article for practices on keeping what is said in a group; the ethics code of US social workers, NASW 1.07(f)"
    )


def test_one_source_is_told_once_with_all_its_places() -> None:
    found = in_words(["NASW 1.03; ACA H.6 (C)", "NASW 1.07(c)", "NASW 1.03"], "en")
    assert found == (
        "the ethics code of US social workers, NASW 1.03, NASW 1.07(c)",
        "the ethics code of US counselors, ACA H.6",
    )


def test_the_closest_source_is_taken_and_what_nobody_put_into_words_stays_as_it_is() -> None:
    assert source_of("45 CFR 164.404(c)(1)(A)") != source_of("45 CFR 164.508")
    assert source_of("S05") is None
    assert in_words(["A rule of the moon"], "en") == ("A rule of the moon",)
