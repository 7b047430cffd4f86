"""The codes of attendance, as data, in each language."""

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

_FILE = Path(__file__).resolve().parent / "codes.toml"
#: Shown when a language has no words of its own.
FALLBACK = "en"


#: How a code counts in totals.
PRESENT, ABSENT, NOT_REQUIRED = "present", "absent", "not_required"
#: With fewer present it is not a group session. Our choice, because one person with a facilitator is not a group; the
#: number present belongs in the record (domain reference 7.3).
FEWEST = 2


@dataclass(frozen=True)
class Code:
    """One code: its letters, its words by language, whether minutes may be written with it, and how it counts."""

    key: str
    words: dict[str, str]
    minutes: bool
    counts: str

    def label(self, language: str) -> str:
        """Return letters and words in a language, in English where it has none."""
        return f"{self.key}: {self.words.get(language.split('-')[0], self.words[FALLBACK])}"


@cache
def codes() -> dict[str, Code]:
    """Return all codes by their letters, in the order of the file."""
    with _FILE.open("rb") as file:
        rows = tomllib.load(file)["codes"]
    return {
        row["key"]: Code(
            row["key"],
            {name: value for name, value in row.items() if isinstance(value, str) and name not in ("key", "counts")},
            bool(row.get("minutes", False)),
            row["counts"],
        )
        for row in rows
    }


def keys_that_count(how: str) -> tuple[str, ...]:
    """Return the codes that count as ``PRESENT``, ``ABSENT`` or ``NOT_REQUIRED``."""
    return tuple(one.key for one in codes().values() if one.counts == how)


def quick_codes(format_: str) -> tuple[str, ...]:
    """Return the four codes that stand as buttons, for a session of this format. Our choice: what is tapped most."""
    return ("V" if format_ == "online" else "P", "PL", "A", "AN")
