"""The codes of attendance, as data, in each language."""

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

_FILE = Path(__file__).resolve().parent / "codes.toml"
#: Shown when a language has no words of its own.
FALLBACK = "en"


@dataclass(frozen=True)
class Code:
    """One code: its letters, its words by language, and whether minutes may be written with it."""

    key: str
    words: dict[str, str]
    minutes: bool

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
            {name: value for name, value in row.items() if isinstance(value, str) and name != "key"},
            bool(row.get("minutes", False)),
        )
        for row in rows
    }
