"""The letters on a person's seat: whole signs as a reader sees them, in any script."""

import unicodedata

# Signs that belong to the one before them: joiners, variation selectors, skin tones, tags of flags.
_JOINER = "\u200d"
_EXTENDS = (range(0xFE00, 0xFE10), range(0x1F3FB, 0x1F400), range(0xE0020, 0xE0080))
_REGIONAL = range(0x1F1E6, 0x1F200)


def first_sign(word: str) -> str:
    """Return the first sign of a word with all that is drawn together with it: marks, joined emoji, a flag.

    A short form of the rules for grapheme clusters (Unicode Standard Annex 29), which is enough for names.
    """
    found = word[:1]
    for char in word[1:]:
        if not _belongs(found, char):
            break
        found += char
    return found


def _belongs(before: str, char: str) -> bool:
    """Tell whether ``char`` is drawn together with the sign ``before``."""
    if char == _JOINER or before.endswith(_JOINER) or unicodedata.combining(char):
        return True
    if unicodedata.category(char) in ("Mn", "Mc", "Me") or any(ord(char) in part for part in _EXTENDS):
        return True
    return len(before) == 1 and ord(before) in _REGIONAL and ord(char) in _REGIONAL


def initials(name: str) -> str:
    """Return at most two signs of a name, of its first and its last word, in capitals where there are any.

    Words that begin with neither letter nor digit, like "(she)", count only where there are no others.
    """
    words = name.split()
    plain = [word for word in words if word[0].isalnum()] or words
    return "".join(first_sign(word) for word in (plain[:1] + plain[1:][-1:])).upper()
