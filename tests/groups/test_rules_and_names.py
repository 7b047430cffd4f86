"""The ground rules say what they must, and the search for names finds names."""

import pytest

from groups.names import names_another
from groups.rules import ground_rules

# Domain reference 2.5, sentence by sentence, as a word that the rule of this key must hold.
MUST_SAY = {
    "alone": ("Shut the door", "headphones", "see your screen or hear"),
    "enter": ("Tell the group at once", "mute", "video off"),
    "camera": ("camera on", "Say who else"),
    "norecord": ("No sound", "screenshot", "machine", "by anyone"),
    "link": ("Do not pass it on", "without your surname", "one by one"),
    "device": ("updated and locked", "No public network", "work", "notifications"),
    "place": ("where you are", "number", "driving", "may not treat"),
    "help": ("emergency contact", "crisis line"),
    "drop": ("Come back", "call"),
    "chat": ("practical things", "no files"),
    "manner": ("smoking", "dressed", "pet"),
}


@pytest.mark.req("REQ-140")
@pytest.mark.parametrize("format_", ["online", "hybrid"])
def test_the_online_rules_state_every_point_of_the_reference(format_: str) -> None:
    rules = {rule.key: rule.text for rule in ground_rules(format_, "en").rules}
    for key, words in MUST_SAY.items():
        for word in words:
            assert word in rules[key], (key, word)
    assert "cannot stop another device" in ground_rules(format_, "en").limit


@pytest.mark.parametrize("format_", ["in_person", "online", "hybrid"])
def test_both_languages_have_the_same_rules_in_their_own_words(format_: str) -> None:
    english, spanish = ground_rules(format_, "en"), ground_rules(format_, "es-mx")
    assert [rule.key for rule in english.rules] == [rule.key for rule in spanish.rules]
    assert all(a.text != b.text for a, b in zip(english.rules, spanish.rules, strict=True))
    assert english.sha256 != spanish.sha256
    assert ground_rules(format_, "fr").language == "en"


def test_an_unknown_format_lets_nobody_in() -> None:
    with pytest.raises(FileNotFoundError):
        ground_rules("by_phone", "en")


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Ben said a lot", False),
        ("CHIARA spoke", True),
        ("chiára\N{RIGHT SINGLE QUOTATION MARK}s story", True),
        ("he will go", False),
        ("Will was sad", True),
        ("Bo cried", True),
        ("bo", False),
        ("C. L. and B. L. came", False),
        ("with Zoe", True),
        ("banana", False),
        ("as Lopez said", True),
    ],
)
def test_another_members_name_is_found_and_initials_are_not(text: str, found: bool) -> None:
    others = ["Chiara Lopez", "Will", "Bo Li", "Zoë", "Ana", "Ben K."]
    assert names_another(text, own=["Ben T.", "Ben"], others=others) is found
