"""Whether two people may know each other, from what each wants to avoid and how the other is called: pure functions.

It looks for too much rather than too little: a wrong match costs two talks, a missed one costs two people their group.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from groups.name_scan import folded

_PARTICLES = frozenset("al bin da de del den der di do du el ibn la las le los van von".split())  # noqa: SIM905
#: Words of places that say nothing alone. Our choice, English and Spanish.
_PLACE_WORDS = frozenset(
    [
        "the",
        "a",
        "at",
        "in",
        "of",
        "and",
        "company",
        "inc",
        "ltd",
        "llc",
        "co",
        "school",
        "college",
        "hospital",
        "clinic",
        "office",
        "street",
        "st",
        "avenue",
        "ave",
        "road",
        "rd",
        "church",
        "university",
        "shop",
        "store",
        "bank",
        "city",
        "town",
        "el",
        "la",
        "los",
        "las",
        "en",
        "de",
        "del",
        "y",
        "empresa",
        "sa",
        "sl",
        "escuela",
        "colegio",
        "hospital",
        "clinica",
        "oficina",
        "calle",
        "avenida",
        "iglesia",
        "universidad",
        "tienda",
        "banco",
        "ciudad",
    ]
)
#: From here on scripts write without spaces, so words have no edges. Source: Unicode block CJK Radicals.
_NO_SPACES_FROM = 0x2E80
#: The two kinds of what somebody wants to avoid.
PEOPLE, PLACES = "people", "places"


@dataclass(frozen=True)
class Side:
    """One person as the check sees them: how they are called anywhere, and what they want to avoid."""

    names: tuple[str, ...]
    people: tuple[str, ...] = ()
    places: tuple[str, ...] = ()


def _plain(text: str) -> str:
    return " ".join(folded(text)[0].split())


def _words(text: str) -> frozenset[str]:
    return frozenset(word for word in re.split(r"[\W_]+", _plain(text)) if len(word) > 1) - _PARTICLES


def _joined_script(text: str) -> bool:
    return any(ord(char) >= _NO_SPACES_FROM for char in text)


def names_match(line: str, name: str) -> bool:
    """Tell whether a line about a person may mean somebody of this name.

    Two words that both have; one is enough where the line or the name has no more. In scripts without spaces the one
    stands in the other.
    """
    if _joined_script(line) or _joined_script(name):
        short, long = sorted((_plain(line).replace(" ", ""), _plain(name).replace(" ", "")), key=len)
        return len(short) > 1 and short in long
    told, called = _words(line), _words(name)
    fewest = min(2, len(told), len(called))
    return fewest > 0 and len(told & called) >= fewest


def places_match(one: str, other: str) -> bool:
    """Tell whether two lines may mean the same place: the words of one that say something all stand in the other."""
    if _joined_script(one) or _joined_script(other):
        return names_match(one, other)
    left, right = _words(one) - _PLACE_WORDS, _words(other) - _PLACE_WORDS
    return bool(left and right) and (left <= right or right <= left)


def matches(one: Side, other: Side) -> list[str]:
    """Return what matches between two people, in a fixed order, the same whichever comes first; empty for nothing."""
    found = {f"{line}|{name}" for line, name in _named(one.people, other.names)}
    found |= {f"{line}|{name}" for line, name in _named(other.people, one.names)}
    found |= {
        "|".join(sorted((mine, theirs))) for mine in one.places for theirs in other.places if places_match(mine, theirs)
    }
    return sorted(_plain(text) for text in found)


def _named(lines: Iterable[str], names: Sequence[str]) -> list[tuple[str, str]]:
    return [(line, name) for line in lines for name in names if names_match(line, name)]
