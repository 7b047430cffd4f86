"""The kinds, their texts and the facts about them, as they stand in their files."""

import re
import tomllib
from functools import cache
from pathlib import Path

import consent

ROOM = Path(consent.__file__).parent
FACTS = Path(__file__).parent / "facts"
LANGUAGES = ("en", "es")
KINDS = sorted(path.stem for path in (ROOM / "kinds").glob("*.toml"))
BOTH = [(key, language) for key in KINDS for language in LANGUAGES]


@cache
def read(path):
    with path.open("rb") as source:
        return tomllib.load(source)


def kind(key):
    return read(ROOM / "kinds" / f"{key}.toml")


def text(key, language):
    return read(ROOM / "texts" / key / f"{language}.toml")


def facts(key):
    path = FACTS / f"{key}.toml"
    return read(path)["facts"] if path.exists() else []


def keys(entries):
    return [one["key"] for one in entries]


def named(entries, key):
    return next(one for one in entries if one["key"] == key)


def place(key, language, fact):
    """The words in which the fact must stand: a clause, one of its options, a question, a particular, or the meaning."""
    words, where = text(key, language), fact["clause"]
    if where == "meaning":
        return words["meaning"]
    if where.startswith("particulars."):
        return " ".join(words["particulars"][where.removeprefix("particulars.")].values())
    clause = named(words["clauses"], where)
    return named(clause["options"], fact["option"])["body"] if "option" in fact else clause["body"]


def flat(words):
    return re.sub(r"\s+", " ", words).strip()


def sentences(words):
    """The sentences and list items of a body, each on one line."""
    parts = re.split(r"\n\s*\n|\n(?=- )", words.strip())
    return [one for part in parts for one in re.split(r"(?<=[.!?])\s+", flat(part).removeprefix("- ")) if one]


def strings(key, language):
    """Every string that a person reads, with where it stands: ("clauses.limits.body", "There are limits. ...")."""

    def walk(value, path):
        if isinstance(value, str):
            yield path, value
        elif isinstance(value, dict):
            for name, inner in value.items():
                if name not in {"key", "about", "right"}:
                    yield from walk(inner, f"{path}.{name}")
        elif isinstance(value, list):
            for place, inner in enumerate(value):
                label = inner.get("key", place) if isinstance(inner, dict) else place
                yield from walk(inner, f"{path}.{label}")

    return [(path.removeprefix("."), found) for path, found in walk(text(key, language), "")]
