"""The search for other people in a record finds them as they are written, wherever they stand."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from groupcare.practice.records import Entry, Fact, Section
from groups.name_scan import Known, scan, spans, without

CHIARA = Known(
    "c",
    ("Chiara Leone", "Kiki", "Zo\N{LATIN SMALL LETTER E WITH DIAERESIS}"),
    ("chiara@example.org", "+1 (212) 555-0134"),
)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Chiara spoke", ["Chiara"]),
        ("CHIARA'S story, chi\N{LATIN SMALL LETTER A WITH ACUTE}ra\N{RIGHT SINGLE QUOTATION MARK}s again", ["CHIARA", "chi\N{LATIN SMALL LETTER A WITH ACUTE}ra"]),
        ("with Leone and _kiki_", ["Leone", "kiki"]),
        ("Zoe, and Zoe\N{COMBINING DIAERESIS} too", ["Zoe", "Zoe\N{COMBINING DIAERESIS}"]),
        ("Chi\N{ZERO WIDTH SPACE}ara", ["Chi\N{ZERO WIDTH SPACE}ara"]),
        ("C. L. and CL, C.L. came", ["C. L.", "CL", "C.L."]),
        ("C. was late", ["C."]),
        ("wrote to Chiara@Example.org", ["Chiara@Example.org"]),
        ("called 212 555 01 34? and +1 212.555.0134", ["+1 212.555.0134"]),
        ("Chiaroscuro, kikimora, Leonela, cl", []),
        ("vitamin C3", []),
        ("a plain sentence", []),
    ],
)  # fmt: skip
def test_a_person_is_found_as_written(text: str, found: list[str]) -> None:
    hits = scan([Section("n", "N", (Entry("e", (Fact("f", text, free=True),)),))], [CHIARA], [])
    assert [hit.found for hit in hits] == found


def test_a_name_that_both_share_is_not_found_and_a_name_without_spaces_around_it_is() -> None:
    ben = Known("b", ("Ben Miller",))
    assert spans("Ben met Miller", ben, own=["Ben Tanaka"]) == [(8, 14)]
    assert spans("\u738b\u660e\u8bf4\u4e86", Known("w", ("\u738b\u660e",))) == [(0, 2)]
    assert spans(
        "\u0642\u0627\u0644 \u0644\u064a\u0644\u0649 \u0646\u0639\u0645", Known("l", ("\u0644\u064a\u0644\u0649",))
    )


def test_only_free_words_are_searched_and_a_colleague_is_marked() -> None:
    facts = (Fact("Author", "Chiara Leone"), Fact("Note", "Nadia and Chiara", free=True))
    hits = scan([Section("n", "N", (Entry("e", facts),))], [CHIARA, Known("n", ("Nadia Rahmani",), is_staff=True)], [])
    assert [(hit.fact, hit.found, hit.is_staff) for hit in hits] == [(1, "Nadia", True), (1, "Chiara", False)]
    assert (hits[1].before, hits[1].after) == ("Nadia and ", "")


@given(before=st.text(max_size=30), after=st.text(max_size=30))
def test_whatever_stands_around_a_name_hiding_every_hit_leaves_none(before: str, after: str) -> None:
    text = f"{before} Chiara {after}"
    section = Section("n", "N", (Entry("e", (Fact("f", text, free=True),)),))
    hits = scan([section], [CHIARA], [])
    assert any("Chiara" in hit.found for hit in hits)
    hidden = without(text, [(hit.start, hit.end) for hit in hits], "[another member]")
    assert "Chiara" not in hidden.replace("[another member]", "")
