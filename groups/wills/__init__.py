"""Professional wills: the conditions, as data, and the pure fold of what was done about one."""

import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from functools import cache
from pathlib import Path

_FILE = Path(__file__).resolve().parent / "conditions.toml"
#: Shown when a language has no words of its own.
FALLBACK = "en"
#: A will is looked at again after this long. Our choice: the year after which promises are read again too.
REVIEW_AFTER = timedelta(days=365)


@dataclass(frozen=True)
class Condition:
    """One condition: its words by language, and how long to wait once two people agree."""

    key: str
    wait: timedelta
    words: dict[str, str]

    def label(self, language: str) -> str:
        """Return the words in a language, in English where it has none."""
        return self.words.get(language.split("-")[0], self.words[FALLBACK])


@cache
def conditions() -> dict[str, Condition]:
    """Return all conditions by key, in the order of the file."""
    with _FILE.open("rb") as file:
        rows = tomllib.load(file)["conditions"]
    return {
        row["key"]: Condition(
            row["key"],
            timedelta(hours=row["hours"]),
            {name: value for name, value in row.items() if isinstance(value, str) and name != "key"},
        )
        for row in rows
    }


class Stage(StrEnum):
    """How far the opening of a will is."""

    ASKED = "asked"  # one person says so; nothing follows from it
    WAITING = "waiting"  # two people say so; the hours run
    READY = "ready"  # the hours are over; the next run opens it
    OPEN = "open"
    STOPPED = "stopped"


@dataclass(frozen=True)
class Done:
    """One step of an opening: ``confirmed``, ``stopped`` or ``opened``, by whom, when."""

    kind: str
    by: object
    at: datetime


def stage_of(*, opened_by: object, wait: timedelta, steps: Iterable[Done], now: datetime) -> Stage:
    """Return how far an opening is; a confirmation by whoever asked counts for nothing."""
    done = {step.kind: step for step in steps}
    if "stopped" in done:
        return Stage.STOPPED
    if "opened" in done:
        return Stage.OPEN
    confirmed = done.get("confirmed")
    if confirmed is None or confirmed.by == opened_by:
        return Stage.ASKED
    return Stage.READY if now >= confirmed.at + wait else Stage.WAITING
