"""What the console of a session asks, as data: checks of room and platform, steps, and kinds of remarks."""

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

_FOLDER = Path(__file__).resolve().parent
#: Shown where a language has no words of its own.
FALLBACK = "en"
#: The answers to a check.
OK, NOT_OK, NOT_APPLICABLE = "ok", "not_ok", "not_applicable"
ANSWERS = (OK, NOT_OK, NOT_APPLICABLE)
#: The answer of a step: it is done once and not taken back.
DONE = "done"
#: The key of the clause that was read; its answer is the clause's own key, its words are what was read (REQ-9).
CLAUSE = "clause"
#: The key of how many could come in when the roster was first kept; its answer is "7/10".
COVERAGE = "coverage"


@dataclass(frozen=True)
class Item:
    """One thing of the console, with its words by language and what asks for it."""

    key: str
    where: str
    source: str
    new_only: bool
    words: dict[str, str]

    def label(self, language: str) -> str:
        """Return the words in a language, in English where it has none."""
        return self.words.get(language.split("-")[0], self.words[FALLBACK])

    def help(self, language: str) -> str:
        """Return the sentence that explains it in a language; "" where there is none."""
        return self.words.get(f"{language.split('-')[0]}_help", self.words.get(f"{FALLBACK}_help", ""))


def _read(file: str, table: str, where: str) -> dict[str, Item]:
    with (_FOLDER / file).open("rb") as source:
        rows = tomllib.load(source)[table]
    return {
        row["key"]: Item(
            key=row["key"],
            where=row.get(where, ""),
            source=row["source"],
            new_only=bool(row.get("new_only", False)),
            words={name: text for name, text in row.items() if isinstance(text, str)},
        )
        for row in rows
    }


@cache
def checks() -> dict[str, Item]:
    """Return all checks by their keys, in the order of the file; ``where`` is "room" or "platform"."""
    return _read("checks.toml", "checks", "on")


@cache
def steps() -> dict[str, Item]:
    """Return all steps by their keys, in the order of the file; ``where`` is "during" or "after"."""
    return _read("steps.toml", "steps", "part")


@cache
def remarks() -> dict[str, Item]:
    """Return the kinds of remarks by their keys."""
    return _read("steps.toml", "remarks", "part")


def checks_for(format_: str) -> list[Item]:
    """Return the checks of a session of this format: the room, the platform, or both where it is hybrid (REQ-151).

    Args:
        format_: a value of ``TherapyGroup.Format``.
    """
    wanted = {"in_person": ("room",), "online": ("platform",), "hybrid": ("room", "platform")}[format_]
    return [one for one in checks().values() if one.where in wanted]
