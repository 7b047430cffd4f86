"""The words of a document: the shipped text, its blanks filled, and its canonical form.

The canonical form is what a signature is bound to. It is JSON with sorted keys, no spaces and UTF-8, so that the same
words always give the same SHA-256. Source: consent reference, f.1.
"""

import hashlib
import json
import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from consent.kinds import Kind, load_kind

_TEXTS = Path(__file__).parent.parent / "texts"
# A full stop after a blank is dropped where the value brings its own ("Tom B.").
_BLANK = re.compile(r"\{([a-z0-9_]+)\}(\.?)")
# Words a minute. Our choice, below the 238 of silent reading (Brysbaert 2019), because a promise is read with care.
READING_SPEED = 180
_ALONE = re.compile(r"(?:- )?\{([a-z0-9_]+)\}\.?")


# Where a stored version keeps the facilitator's words with their blanks open; no part of what is signed.
OWN_WORDS = "own_words"
# Where it keeps which shipped text it was made from, so that a sign-off of that text is found; no part of it either.
SHIPPED = "shipped_sha256"


@dataclass(frozen=True, slots=True)
class Clause:
    """One numbered part of a document."""

    key: str
    title: str
    body: str
    locked: bool

    def blocks(self) -> Iterator[tuple[str, tuple[str, ...]]]:
        """Yield ``("p", (text,))`` for each paragraph and ``("ul", items)`` for each list, in reading order."""
        for part in re.split(r"\n\s*\n", self.body.strip()):
            lines = [line.strip() for line in part.splitlines() if line.strip()]
            plain = [line for line in lines if not line.startswith("- ")]
            items = tuple(line[2:] for line in lines if line.startswith("- "))
            if plain:
                yield "p", (" ".join(plain),)
            if items:
                yield "ul", items


@dataclass(frozen=True, slots=True)
class Text:
    """A whole document in one language."""

    language: str
    title: str
    name: str
    meaning: str
    reviewed: bool
    clauses: tuple[Clause, ...]

    def clause(self, key: str) -> Clause | None:
        """Return the part with this key, or None where the text has none."""
        return next((one for one in self.clauses if one.key == key), None)

    @property
    def plain(self) -> str:
        """Return the text as it is read: title, then each part with its number."""
        parts = [f"{place}. {one.title}\n\n{one.body.strip()}" for place, one in enumerate(self.clauses, 1)]
        return "\n\n".join([self.title, *parts])

    @property
    def minutes(self) -> int:
        """Return about how many minutes it takes to read, at least one."""
        return max(1, round(len(self.plain.split()) / READING_SPEED))


def title_of(key: str, language: str) -> str:
    """Return the shipped title of a kind in a language, in English where it has none."""
    return _nearest(key, language).title


def name_of(key: str, language: str) -> str:
    """Return the short name of a kind in a language, in English where it has none."""
    return _nearest(key, language).name


def _nearest(key: str, language: str) -> Text:
    code = language.split("-")[0]
    return shipped(key, code if code in languages(key) else "en")


@cache
def shipped(kind_key: str, language: str) -> Text:
    """Return the shipped text of a kind, with its blanks still open.

    Raises:
        LookupError: the kind does not ship in this language.
        ValueError: a clause is missing, unknown, or out of order.
    """
    kind = load_kind(kind_key)
    if language not in languages(kind_key):
        raise LookupError(f"{kind_key} has no text in {language!r}.")
    data = _raw(kind_key, language)
    wanted = [element.key for element in kind.elements]
    found = [clause["key"] for clause in data["clauses"]]
    if found != wanted:
        raise ValueError(f"The text {kind_key}/{language} must hold the clauses {wanted}, in this order.")
    locked = {element.key: element.locked for element in kind.elements}
    clauses = tuple(
        Clause(one["key"], one["title"], one["body"].strip(), locked[one["key"]]) for one in data["clauses"]
    )
    return Text(language, data["title"], data["name"], data["meaning"], data["reviewed"], clauses)


@dataclass(frozen=True, slots=True)
class Option:
    """One answer to choose in a question, or one starting text to choose for a clause."""

    key: str
    text: str
    title: str = ""


@dataclass(frozen=True, slots=True)
class Question:
    """A question to teach back what was read; ``explanation`` is said after a wrong answer. About one clause."""

    key: str
    about: str
    question: str
    right: str
    explanation: str
    options: tuple[Option, ...]


@cache
def questions(kind_key: str, language: str) -> tuple[Question, ...]:
    """Return the teach-back questions of a kind in a language, in their order; none where the kind has none.

    Raises:
        ValueError: the right answer is none of the options, or the clause that it is about does not exist.
    """
    keys = load_kind(kind_key).requires
    found = []
    for one in _raw(kind_key, language).get("questions", ()):
        options = tuple(Option(option["key"], option["text"]) for option in one["options"])
        if one["right"] not in {option.key for option in options} or one["about"] not in keys:
            raise ValueError(f"{kind_key}/{language}: the question {one['key']} has no right answer or no clause.")
        found.append(
            Question(one["key"], one["about"], one["question"], one["right"], one["explanation"].strip(), options)
        )
    return tuple(found)


@cache
def options(kind_key: str, language: str, clause: str) -> tuple[Option, ...]:
    """Return the starting texts among which a facilitator may choose for a clause; mostly there are none."""
    raw: Mapping[str, Any] = next((one for one in _raw(kind_key, language)["clauses"] if one["key"] == clause), {})
    return tuple(Option(one["key"], one["body"].strip(), one["title"]) for one in raw.get("options", ()))


@cache
def particular(kind_key: str, language: str, key: str) -> tuple[str, str]:
    """Return label and help of a particular that is filled in for one person."""
    words = _raw(kind_key, language)["particulars"][key]
    return words["label"], words.get("help", "")


@cache
def languages(kind_key: str) -> tuple[str, ...]:
    """Return the languages in which a kind ships, in alphabetical order."""
    return tuple(sorted(path.stem for path in (_TEXTS / kind_key).glob("*.toml")))


@cache
def _raw(kind_key: str, language: str) -> Mapping[str, Any]:
    with (_TEXTS / kind_key / f"{language}.toml").open("rb") as source:
        return tomllib.load(source)


def phrase(kind_key: str, language: str, key: str) -> str:
    """Return a short piece used to fill blanks ("and", the sentence about helpers)."""
    return str(_raw(kind_key, language)[key])


def blanks_of(body: str) -> frozenset[str]:
    """Return the names of the blanks that stand in ``body``."""
    return frozenset(found.group(1) for found in _BLANK.finditer(body))


def fill(body: str, blanks: Mapping[str, str], *, strict: bool = True) -> str:
    """Return ``body`` with its blanks filled; braces inside of a filled value stay as they are.

    A paragraph or a list item that is nothing but a blank without a value is left out: the law of the place says
    nothing there.

    Args:
        body: words with blanks such as ``{practice}``.
        blanks: the value of each blank.
        strict: whether a blank without a value is an error; in a facilitator's own words it is left as typed.

    Raises:
        LookupError: a blank is not known or, inside of a sentence, has no value, and ``strict``.
    """

    def value(found: re.Match[str]) -> str:
        name, stop = found.groups()
        if not strict and not blanks.get(name):
            return found.group(0)
        if not blanks[name]:
            raise LookupError(name)
        return blanks[name].removesuffix(stop) + stop

    return _BLANK.sub(value, _without_empty(body, blanks))


def _without_empty(body: str, blanks: Mapping[str, str]) -> str:
    """Return ``body`` without the lines that are nothing but a known blank with an empty value."""

    def stays(line: str) -> bool:
        alone = _ALONE.fullmatch(line.strip())
        return alone is None or blanks.get(alone.group(1)) != ""

    kept = "\n".join(line for line in body.splitlines() if stays(line))
    return re.sub(r"\n{3,}", "\n\n", kept).strip()


def made_out(text: Text, particulars: Mapping[str, str]) -> Text:
    """Return the words of a paper for one person with its particulars put in; other blanks stay open."""
    clauses = tuple(
        Clause(one.key, one.title, fill(one.body, particulars, strict=False), one.locked) for one in text.clauses
    )
    return Text(text.language, text.title, text.name, text.meaning, text.reviewed, clauses)


def unfilled(body: str, blanks: Mapping[str, str]) -> tuple[str, ...]:
    """Return the names of the blanks inside of a sentence that are not known or have no value, in alphabetical order."""
    return tuple(sorted(name for name in blanks_of(_without_empty(body, blanks)) if not blanks.get(name)))


def is_empty(body: str, blanks: Mapping[str, str]) -> bool:
    """Return whether nothing stays of ``body`` when it is filled."""
    return not _without_empty(body, blanks)


def open_words(kind: Kind, language: str, edited: Mapping[str, str]) -> dict[str, str]:
    """Return the words of each clause with their blanks open: the shipped ones, or those put in their place.

    Args:
        kind: the kind of document.
        language: one of ``languages(kind.key)``.
        edited: clause key -> words. Words that are empty leave the clause out; others only editable clauses may have.

    Raises:
        ValueError: a clause that is not editable got words of its own, or there is no such clause.
    """
    foreign = {key for key, words in edited.items() if words.strip()} - set(kind.editable_keys)
    if foreign or not set(edited) <= set(kind.requires):
        raise ValueError(f"These clauses are not editable: {sorted(foreign or set(edited) - set(kind.requires))}.")
    own = {key: words.replace("\r\n", "\n").strip() for key, words in edited.items()}
    return {one.key: own.get(one.key, one.body) for one in shipped(kind.key, language).clauses}


def filled(
    kind: Kind, language: str, blanks: Mapping[str, str], edited: Mapping[str, str], *, strict: bool = True
) -> Text:
    """Return the shipped text with its blanks filled and the facilitator's own words put in.

    Args:
        kind: the kind of document.
        language: one of ``languages(kind.key)``.
        blanks: the value of each blank.
        edited: as ``open_words`` takes it; blanks of own words without a value are left as typed.
        strict: whether a blank of the shipped words without a value is an error; else it stays open too.

    Raises:
        LookupError: as ``fill`` does.
        ValueError: as ``open_words`` does.
    """
    words, text = open_words(kind, language, edited), shipped(kind.key, language)
    clauses = tuple(
        Clause(one.key, one.title, fill(words[one.key], blanks, strict=strict and one.key not in edited), one.locked)
        for one in text.clauses
    )
    return Text(language, text.title, text.name, text.meaning, text.reviewed, clauses)


@cache
def shipped_sha256(kind_key: str, language: str) -> str:
    """Return the SHA-256 of a shipped text with its blanks open: what somebody signs off when they have read it."""
    text = to_json(shipped(kind_key, language))
    del text["reviewed"]
    return _digest({"kind": kind_key, "text": text})


def texts_sha256(texts: Iterable[Text]) -> str:
    """Return the SHA-256 of several whole texts in their order: what stood on the page before somebody published it."""
    return _digest([to_json(text) for text in texts])


def to_json(text: Text) -> dict[str, Any]:
    """Return the text as it is stored."""
    return {
        "language": text.language,
        "title": text.title,
        "name": text.name,
        "meaning": text.meaning,
        "reviewed": text.reviewed,
        "clauses": [
            {"key": one.key, "title": one.title, "body": one.body, "locked": one.locked} for one in text.clauses
        ],
    }


def from_json(stored: Mapping[str, Any]) -> Text:
    """Return the text that ``to_json`` stored."""
    clauses = tuple(Clause(one["key"], one["title"], one["body"], one["locked"]) for one in stored["clauses"])
    return Text(stored["language"], stored["title"], stored["name"], stored["meaning"], stored["reviewed"], clauses)


def sha256(*, kind: str, number: int, text: Mapping[str, Any]) -> str:
    """Return the SHA-256 of the canonical form of one version of a document, as 64 hexadecimal digits."""
    return _digest({"kind": kind, "number": number, "text": text})


def _digest(value: Any) -> str:
    canonical = json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(canonical.encode()).hexdigest()
