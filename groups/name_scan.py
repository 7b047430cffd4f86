"""Find every place of a text where somebody else is named, with its position, so that it can be decided about.

Unlike :mod:`groups.names`, which sends one note back to its author, this looks for all of them and asks
a person about each. It finds names, aliases, initials, e-mail addresses and telephone numbers as they
are written down in the practice. It cannot find nicknames, misspellings, relations ("her sister") or
descriptions, and the page says so.
"""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from groupcare.practice.records import Section

#: Single letters that are words of English or Spanish; as initials they count only with a full stop.
_LETTER_WORDS = frozenset("AEIOUY")
_PARTICLES = frozenset("al bin da de del den der di do du el ibn la las le los van von".split())  # noqa: SIM905
_NOT_INSIDE_A_WORD = r"(?<![^\W_])", r"(?![^\W_])"
#: From here on scripts write without spaces, so a word has no edge to look for. Source: Unicode block CJK Radicals.
_NO_SPACES_FROM = 0x2E80
#: Fewer digits are a date or an hour. Our choice: the shortest numbers people dial have seven.
_FEWEST_DIGITS = 7
#: How much of the text is shown around a name. Our choice: one line on a telephone each side.
_AROUND = 60


@dataclass(frozen=True)
class Known:
    """Somebody who may be named, and how."""

    key: str
    names: tuple[str, ...] = ()
    contacts: tuple[str, ...] = ()
    is_staff: bool = False


@dataclass(frozen=True)
class Hit:
    """One place of the record where somebody may be named."""

    section: int
    entry: int
    fact: int
    start: int
    end: int
    found: str
    before: str
    after: str
    is_staff: bool

    @property
    def key(self) -> str:
        """What the decision about it is kept under."""
        return f"{self.section}-{self.entry}-{self.fact}-{self.start}-{self.end}"


def folded(text: str) -> tuple[str, list[int]]:
    """Return ``text`` without case, accents and invisible signs, and for each letter of it the place it came from."""
    letters: list[str] = []
    places: list[int] = []
    for place, char in enumerate(text):
        for part in unicodedata.normalize("NFKD", char):
            if unicodedata.combining(part) or unicodedata.category(part) == "Cf":
                continue
            for letter in part.casefold():
                letters.append(letter)
                places.append(place)
    return "".join(letters), places


def _plain(text: str) -> str:
    return " ".join(folded(text)[0].split())


def _words_of(name: str) -> list[str]:
    """Return the name and each word of it, longest first, folded; particles and single letters alone do not count."""
    whole = _plain(name)
    words = [word for word in re.split(r"[^\w]+", whole) if len(word) > 1 and word not in _PARTICLES]
    return [whole, *words] if len(whole) > 1 else words


def _bounded(plain: str) -> str:
    pattern = r"\s+".join(re.escape(word) for word in plain.split())
    if any(ord(char) >= _NO_SPACES_FROM for char in plain):
        return pattern
    return f"{_NOT_INSIDE_A_WORD[0]}{pattern}{_NOT_INSIDE_A_WORD[1]}"


def _number(contact: str) -> str | None:
    digits = re.sub(r"\D", "", contact)
    if "@" in contact or len(digits) < _FEWEST_DIGITS:
        return None
    return r"(?<!\d)\+?" + r"[\s().\-/]*".join(digits) + r"(?!\d)"


def _initials(name: str) -> str | None:
    """Return the pattern of a name's initials, as capitals: "CL", "C. L.", "C.L.", or one letter with a full stop."""
    words = [word for word in re.split(r"[^\w]+", name) if word and word[0].isalpha()]
    if not words:
        return None
    first, last = words[0][0].upper(), words[-1][0].upper()
    one = re.escape(first) + (r"\." if first in _LETTER_WORDS else r"(?:\.|(?![\w.'\u2019]))")
    if len(words) == 1:
        return rf"(?<!\w){one}"
    return rf"(?<!\w)(?:{re.escape(first)}\.?\s?{re.escape(last)}(?:\.|(?!\w))|{one})"


def _patterns(person: Known, own: frozenset[str]) -> tuple[list[str], list[str]]:
    """Return patterns for the folded text, and patterns for the text as written (initials)."""
    words = [word for name in person.names for word in _words_of(name) if word not in own]
    contacts = [_number(contact) or _bounded(_plain(contact)) for contact in person.contacts if contact.strip()]
    plain = [*contacts, *(_bounded(word) for word in dict.fromkeys(words))]
    initials = () if person.is_staff else filter(None, (_initials(name) for name in person.names))
    return plain, list(dict.fromkeys(initials))


def spans(text: str, person: Known, own: Iterable[str] = ()) -> list[tuple[int, int]]:
    """Return start and end of each place of ``text`` that may name ``person``.

    Args:
        text: what is searched.
        person: how somebody may be named.
        own: the names of the person whose record it is; a word that both share is not found.
    """
    shared = frozenset(word for name in own for word in _words_of(name))
    plain, as_written = _patterns(person, shared)
    folded_text, places = folded(text)
    places.append(len(text))
    found = [(places[match.start()], places[match.end()]) for one in plain for match in re.finditer(one, folded_text)]
    found += [match.span() for one in as_written for match in re.finditer(one, text)]
    return found


def _joined(found: Iterable[tuple[int, int, bool]]) -> list[tuple[int, int, bool]]:
    """Return the places in order, those that overlap made one; one that may name a member is not a colleague's."""
    joined: list[tuple[int, int, bool]] = []
    for start, end, is_staff in sorted(found):
        if joined and start < joined[-1][1]:
            before = joined[-1]
            joined[-1] = (before[0], max(before[1], end), before[2] and is_staff)
        else:
            joined.append((start, end, is_staff))
    return joined


def scan(sections: Sequence[Section], people: Sequence[Known], own: Iterable[str]) -> list[Hit]:
    """Return every place of the free words of a record that may name one of ``people``, in reading order."""
    mine = list(own)
    hits = []
    for s, section in enumerate(sections):
        for e, entry in enumerate(section.entries):
            for f, fact in enumerate(entry.facts):
                if not fact.free:
                    continue
                text = fact.text
                found = ((*span, person.is_staff) for person in people for span in spans(text, person, mine))
                hits += [
                    Hit(s, e, f, start, end, text[start:end], *_context(text, start, end), is_staff)
                    for start, end, is_staff in _joined(found)
                ]
    return hits


def _context(text: str, start: int, end: int) -> tuple[str, str]:
    return text[max(0, start - _AROUND) : start], text[end : end + _AROUND]


def without(text: str, spans_to_hide: Iterable[tuple[int, int]], instead: str) -> str:
    """Return ``text`` with each of the places replaced; they do not overlap."""
    for start, end in sorted(spans_to_hide, reverse=True):
        text = text[:start] + instead + text[end:]
    return text
