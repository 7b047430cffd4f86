"""The opening script of a session, as data, in each language."""

import tomllib
from functools import cache
from pathlib import Path

_FILE = Path(__file__).resolve().parent / "script.toml"
#: Read when a language has no words of its own.
FALLBACK = "en"


@cache
def opening(language: str) -> tuple[str, ...]:
    """Return the lines to say in a language; in English where it has none."""
    with _FILE.open("rb") as file:
        found = tomllib.load(file)
    return tuple(found.get(language.split("-")[0], found[FALLBACK])["lines"])
