"""What a group has agreed on for its evenings, as data: questions with a few answers each, in each language."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

_FILE = Path(__file__).resolve().parent / "policies.toml"
#: Shown when a language has no words of its own.
FALLBACK = "en"
LATENESS = "lateness"


@dataclass(frozen=True)
class Policy:
    """One question: its words by language, and the answers by their keys, each with words and perhaps minutes."""

    key: str
    words: Mapping[str, str]
    values: Mapping[str, Mapping[str, Any]]

    def label(self, language: str) -> str:
        """Return the question in a language, in English where it has none."""
        return self.words.get(language.split("-")[0], self.words[FALLBACK])

    def choices(self, language: str) -> list[tuple[str, str]]:
        """Return key and words of each answer, for a form."""
        code = language.split("-")[0]
        return [(key, value.get(code, value[FALLBACK])) for key, value in self.values.items()]

    def chosen(self, policies: Mapping[str, str]) -> str:
        """Return the key of the answer that stands: the chosen one, or the first."""
        found = policies.get(self.key, "")
        return found if found in self.values else next(iter(self.values))


@cache
def all_policies() -> dict[str, Policy]:
    """Return all questions by their keys, in the order of the file."""
    with _FILE.open("rb") as file:
        rows = tomllib.load(file)["policies"]
    return {
        row["key"]: Policy(
            row["key"],
            {name: words for name, words in row.items() if name not in ("key", "values")},
            {value["key"]: value for value in row["values"]},
        )
        for row in rows
    }


def in_words(policies: Mapping[str, str], language: str) -> list[tuple[str, str]]:
    """Return each question with the answer that stands, for a group's ``policies``."""
    return [(one.label(language), dict(one.choices(language))[one.chosen(policies)]) for one in all_policies().values()]


def lateness_minutes(policies: Mapping[str, str]) -> int:
    """Return for how many minutes after the start somebody may still come in, for a group's ``policies``."""
    one = all_policies()[LATENESS]
    return int(one.values[one.chosen(policies)]["minutes"])
