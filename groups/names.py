"""Find another member's name in a text (one member's record names nobody else).

Source: domain reference 2.2 "records": an individual record holds no other member's name.
"""

import re
import unicodedata
from collections.abc import Iterable

_EVERYDAY = """
angel art bill chance christian dawn daisy dolores drew faith frank gene grace grant guy heather holly hope iris ivy
jack jade jasmine joy june lily luz mar mark may mercedes nick olive pat paz pearl penny pilar rich rob rose ruby sky
sol sue summer violet will
"""
#: Names that are also everyday English or Spanish words: they count only when written with a capital.
EVERYDAY_WORDS = frozenset(_EVERYDAY.split())
#: Shorter words count only in the form of a name ("Bo"), because initials are allowed. Our choice.
SHORTEST = 3
_PARTICLES = frozenset("al bin da de del den der di do du el ibn la las le los van von".split())  # noqa: SIM905
_APOSTROPHES = "['\u2019]"
_WORD = re.compile(rf"[^\W\d_]+(?:{_APOSTROPHES}[^\W\d_]+)*")
_POSSESSIVE = re.compile(rf"{_APOSTROPHES}s$", re.IGNORECASE)


def _plain(text: str) -> str:
    """Return ``text`` without accents and case, so that "Chiará" and "chiara" are one word."""
    apart = unicodedata.normalize("NFKD", text)
    return "".join(char for char in apart if not unicodedata.combining(char)).casefold()


def _words(text: str) -> list[str]:
    """Return the words of ``text`` as written, without a possessive ending."""
    return [_POSSESSIVE.sub("", word) for word in _WORD.findall(text)]


def _is_initials(word: str) -> bool:
    """Tell whether a short word is no name: one letter, or capitals only."""
    return word.isascii() and (len(word) == 1 or (len(word) < SHORTEST and not word[1:].islower()))


def _naming(names: Iterable[str]) -> frozenset[str]:
    """Return the plain words of ``names`` that can name a person."""
    words = (word for name in names for word in _words(name) if not _is_initials(word))
    return frozenset(_plain(word) for word in words) - _PARTICLES


def names_another(text: str, *, own: Iterable[str], others: Iterable[str]) -> bool:
    """Tell whether ``text`` holds a word of ``others`` that is not also a word of ``own``.

    Args:
        text: what is about to be kept.
        own: the names of the person whose record it is.
        others: the names of everyone else in the group, now or before.
    """
    theirs = _naming(others) - _naming(own)
    for word in _words(text):
        plain = _plain(word)
        needs_capital = plain in EVERYDAY_WORDS or len(plain) < SHORTEST
        if plain in theirs and not _is_initials(word) and (word[:1].isupper() or not needs_capital):
            return True
    return False
