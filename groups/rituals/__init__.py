"""The parts of a session in order, as data; a group may choose their order and minutes."""

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path

from groups.opening import opening
from groups.ports import Clause

_FILE = Path(__file__).resolve().parent / "parts.toml"
#: Shown when a language has no words of its own.
FALLBACK = "en"
OPENING, CLAUSE = "opening", "clause"


@dataclass(frozen=True)
class Part:
    """One part: its usual minutes, whether it is in every session, and its title and text by language."""

    key: str
    minutes: int
    fixed: bool
    words: Mapping[str, Mapping[str, str]]

    def said(self, name: str, language: str) -> str:
        """Return its ``title`` or ``text`` in a language, in English where it has none."""
        return self.words.get(language.split("-")[0], self.words[FALLBACK])[name]


@dataclass(frozen=True)
class Step:
    """One part as it stands in one session: from when, for how long, and what to say or read."""

    key: str
    title: str
    text: str
    minutes: int
    begins_at: datetime
    lines: tuple[str, ...] = ()
    # Of the lines: the agreement may not have the reader's language.
    language: str = ""


@cache
def parts() -> dict[str, Part]:
    """Return all parts by their keys, in their usual order."""
    with _FILE.open("rb") as file:
        rows = tomllib.load(file)["parts"]
    return {
        row["key"]: Part(
            row["key"],
            row["minutes"],
            row["fixed"],
            {name: words for name, words in row.items() if isinstance(words, dict)},
        )
        for row in rows
    }


def order_of(rituals: Sequence[Sequence[object]]) -> list[tuple[Part, int]]:
    """Return the parts with their minutes as a group has chosen them; fixed ones that it does not name come first.

    Args:
        rituals: a group's ``rituals``: pairs of key and minutes, or nothing for the usual order.
    """
    known = parts()
    if not rituals:
        return [(one, one.minutes) for one in known.values()]
    chosen = [(known[str(key)], int(str(minutes))) for key, minutes in rituals if key in known]
    named = {one.key for one, _minutes in chosen}
    return [(one, one.minutes) for one in known.values() if one.fixed and one.key not in named] + chosen


def agenda(
    rituals: Sequence[Sequence[object]], language: str, starts_at: datetime, clause: Clause | None
) -> list[Step]:
    """Return the parts of one session in order, each with when it begins and what to say."""
    steps, at = [], starts_at
    for one, minutes in order_of(rituals):
        lines, spoken = (opening(language) if one.key == OPENING else ()), ""
        if one.key == CLAUSE and clause is not None:
            lines, spoken = (clause.title, *clause.lines), clause.language
        title, text = one.said("title", language), one.said("text", language)
        steps.append(Step(one.key, title, text, minutes, at, lines, spoken))
        at += timedelta(minutes=minutes)
    return steps
