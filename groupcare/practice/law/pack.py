"""The jurisdiction packs as they ship: one TOML file for each place, checked whole before anybody reads a word of it.

Not legal advice. Each value carries its source, how sure we are of it (A and B were read; C and X were not
confirmed), when it was checked and when it must be checked again. A broken file is refused with its name and the key.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from json import dumps
from string import Formatter
from typing import Any

from groupcare.practice.law.topics import Words

#: How sure we are, from best to worst: primary text read, secondary read, general knowledge, unconfirmed.
MARKS = "ABCX"
#: A flag of a pack carries no mark, so it counts as general knowledge.
FLAGS = "flags"


@dataclass(frozen=True, slots=True)
class Leaf:
    """One value or fact of a pack, with its source. ``value`` is None where the law of the place fixes nothing."""

    pack: str
    path: str
    value: Any
    citation: str
    confidence: str
    checked_on: date
    review_due: date
    label: Words
    fact: str = ""
    note: str = ""

    @property
    def mark(self) -> str:
        """Return the worst of its marks: a sentence is as sure as its weakest part."""
        return worst(self.confidence)


@dataclass(frozen=True, slots=True)
class Sentence:
    """What a document says for this place, and the leaves that it rests on."""

    key: str
    text: Words
    rests_on: tuple[str, ...]
    beside_parent: bool

    @property
    def blanks(self) -> frozenset[str]:
        """Return the keys of the structured values that fill its blanks."""
        return frozenset(name for text in self.text.values() for _, name, _, _ in Formatter().parse(text) if name)


@dataclass(frozen=True, slots=True)
class Pack:
    """The law of one place as it ships."""

    id: str
    name: str
    label: Words
    inherits: tuple[str, ...]
    checked_on: date
    review_due: date
    flags: tuple[str, ...]
    structured_unverified: tuple[str, ...]
    leaves: Mapping[str, Leaf]
    sentences: Mapping[str, Sentence]

    @property
    def next_review(self) -> date:
        """Return the first day on which something in it must be checked again."""
        return min([self.review_due, *(leaf.review_due for leaf in self.leaves.values())])

    @property
    def digest(self) -> str:
        """Return a fingerprint of everything that the pack says."""
        return sha256(dumps(self.contents(), sort_keys=True).encode()).hexdigest()

    def contents(self) -> dict[str, str]:
        """Return every value, fact, flag and sentence by its path, as text: what two versions are compared by."""
        said = {path: _plain(leaf.value, leaf.citation, leaf.confidence) for path, leaf in self.leaves.items()}
        said.update({f"flags.{number}": text for number, text in enumerate(self.flags, 1)})
        for key, sentence in self.sentences.items():
            said.update({f"sentences.{language}.{key}": text for language, text in sentence.text.items() if text})
        return said


def worst(confidence: str) -> str:
    """Return the worst mark in a text such as "A (subpoena) / C (notes)"; what stands in brackets says of what."""
    marks: list[str] = re.findall(r"\b[ABCX]\b", re.sub(r"\([^)]*\)", "", confidence))
    return max(marks, key=MARKS.index)


def fingerprint(leaf: Leaf) -> str:
    """Return a short mark of what a leaf says, to notice that it says something else now."""
    return sha256(_plain(leaf.value, leaf.citation, leaf.confidence).encode()).hexdigest()


def as_text(value: Any) -> str:
    """Return a value as text, so that two can be compared and shown; empty where there is none."""
    if value is None:
        return ""
    said: str = value if isinstance(value, str) else dumps(value, ensure_ascii=False)
    return said


def _plain(value: Any, citation: str, confidence: str) -> str:
    return f"{as_text(value)} [{citation}] ({confidence})"
