"""What the packs speak of, from ``topics.toml``: the order of the page, and which of two values is stricter."""

import tomllib
from dataclasses import dataclass
from functools import cache
from math import inf
from pathlib import Path
from typing import Any

Words = dict[str, str]

#: The sentences that a pack may hold, in the order in which documents use them.
SENTENCE_KEYS = (
    "law_child", "law_adult", "law_threat", "law_self_harm", "law_court", "law_members", "law_privilege", "law_extras",
    "law_records", "law_minor", "law_guardian_access", "law_limits_count", "law_recording", "law_complaints",
    "law_breach",
)  # fmt: skip

LANGUAGES = ("en", "es")

# What a number of each unit counts in hours, so that 2 days and 48 hours are equal.
_HOURS = {"hours": 1, "days": 24}


def in_language(words: Words, language: str) -> str:
    """Return the words in the language, and in English where there are none."""
    return words.get(language.split("-")[0]) or words["en"]


@dataclass(frozen=True, slots=True)
class ValueKey:
    """One key of the structured values: what it is called, its unit, and how two of them compare."""

    key: str
    label: Words
    how: str
    unit: str
    words: dict[str, tuple[float, Words]]

    def rank(self, value: Any) -> float:
        """Return where the value stands: the smaller, the stricter; infinite where it is not compared or is absent."""
        if value is None or self.how == "shown":
            return inf
        if self.how == "words":
            # A practice may write a word of its own. Nothing says that it is lax, so it counts as the strictest.
            return self.words[value][0] if value in self.words else -inf
        if isinstance(value, bool) or not isinstance(value, int | float):
            return -inf
        return (-1 if self.how == "most" else 1) * value * _HOURS.get(self.unit, 1)

    def takes(self, value: Any) -> bool:
        """Return whether a pack may hold the value: of words only those that are known here."""
        if self.how == "words":
            return value in self.words if isinstance(value, str) else False
        if self.how == "shown" and not self.unit:
            return isinstance(value, bool | str) or (isinstance(value, list) and all(isinstance(v, str) for v in value))
        return isinstance(value, int) and not isinstance(value, bool) and value >= 0


@dataclass(frozen=True, slots=True)
class Topic:
    """One thing that the law of a place speaks of."""

    key: str
    label: Words
    sentences: tuple[str, ...]
    facts: tuple[str, ...]
    values: tuple[ValueKey, ...]


@cache
def topics() -> tuple[Topic, ...]:
    """Return every topic, in the order of the page."""
    with (Path(__file__).parent / "topics.toml").open("rb") as file:
        return tuple(_topic(one) for one in tomllib.load(file)["topics"])


@cache
def value_keys() -> dict[str, ValueKey]:
    """Return every known key of the structured values."""
    return {value.key: value for topic in topics() for value in topic.values}


@cache
def fact_keys() -> frozenset[str]:
    """Return every known key of a fact."""
    return frozenset(key for topic in topics() for key in topic.facts)


@cache
def topic_of(key: str) -> Topic:
    """Return the topic named ``key``, or the one that holds this sentence.

    Raises:
        LookupError: there is none.
    """
    for topic in topics():
        if key == topic.key or key in topic.sentences:
            return topic
    raise LookupError(f"There is no topic {key!r}.")


def _topic(raw: dict[str, Any]) -> Topic:
    values = tuple(_value_key(one) for one in raw.get("values", []))
    return Topic(raw["key"], raw["label"], tuple(raw["sentences"]), tuple(raw["facts"]), values)


def _value_key(raw: dict[str, Any]) -> ValueKey:
    words = {one["value"]: (one["rank"], {"en": one["en"], "es": one["es"]}) for one in raw.get("words", [])}
    return ValueKey(raw["key"], raw["label"], raw["how"], raw.get("unit", ""), words)
