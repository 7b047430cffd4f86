"""The reasons for which a session is called off or moved, as data, in each language."""

import tomllib
from functools import cache
from pathlib import Path

_FILE = Path(__file__).resolve().parent / "reasons.toml"
#: Shown when a language has no words of its own.
FALLBACK = "en"


@cache
def reasons() -> dict[str, dict[str, str]]:
    """Return the words of each reason by language, by its key, in the order of the file."""
    with _FILE.open("rb") as file:
        rows = tomllib.load(file)["reasons"]
    return {row["key"]: {name: words for name, words in row.items() if name != "key"} for row in rows}


def reason_choices(language: str) -> list[tuple[str, str]]:
    """Return key and words of each reason, for a form; in English where ``language`` has none."""
    code = language.split("-")[0]
    return [(key, words.get(code, words[FALLBACK])) for key, words in reasons().items()]
