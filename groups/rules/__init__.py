"""The ground rules of a session, as data: one file for each format, in each language."""

import hashlib
import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

_FOLDER = Path(__file__).resolve().parent
#: Shown when a language has no text of its own.
FALLBACK = "en"


@dataclass(frozen=True)
class Rule:
    """One rule: a few words, and one sentence that says what it means."""

    key: str
    title: str
    text: str


@dataclass(frozen=True)
class GroundRules:
    """The rules of one format in one language; ``sha256`` says exactly which words were shown."""

    format: str
    language: str
    intro: str
    limit: str
    rules: tuple[Rule, ...]
    promise: str
    sha256: str


@cache
def ground_rules(format_: str, language: str) -> GroundRules:
    """Return the rules for a format; in English where ``language`` has none.

    Raises:
        FileNotFoundError: the format has no file: nobody may be let in without rules.
    """
    with (_FOLDER / f"{format_}.toml").open("rb") as file:
        data = tomllib.load(file)
    code = language.split("-")[0]
    chosen = code if code in data else FALLBACK
    text = data[chosen]
    rules = tuple(Rule(key=rule["key"], title=rule["title"], text=rule["text"]) for rule in text["rules"])
    words = [text["intro"], text["limit"], text["promise"], *(f"{r.key}\n{r.title}\n{r.text}" for r in rules)]
    digest = hashlib.sha256("\n\n".join(words).encode()).hexdigest()
    return GroundRules(format_, chosen, text["intro"], text["limit"], rules, text["promise"], digest)
