"""What is asked in a first talk, and the reasons on the way into a group: data, in each language."""

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

_FILE = Path(__file__).resolve().parent / "content.toml"
#: Shown when a language has no words of its own.
FALLBACK = "en"
#: Where somebody stands on the list to whom nobody gave a priority.
LAST_RANK = 50


@dataclass(frozen=True)
class Item:
    """One question or reason: its words by language, the help beside it, and its rank on the waiting list."""

    key: str
    words: dict[str, str]
    rank: int = LAST_RANK

    def label(self, language: str) -> str:
        """Return the words in a language, in English where it has none."""
        return self.words.get(language.split("-")[0], self.words[FALLBACK])

    def help(self, language: str) -> str:
        """Return the help in a language, in English where it has none; "" for a reason."""
        return self.words.get(f"help_{language.split('-')[0]}", self.words.get(f"help_{FALLBACK}", ""))


@cache
def _content() -> dict[str, dict[str, Item]]:
    with _FILE.open("rb") as file:
        data = tomllib.load(file)
    return {
        kind: {
            row["key"]: Item(
                row["key"],
                {name: words for name, words in row.items() if name not in ("key", "rank")},
                row.get("rank", LAST_RANK),
            )
            for row in rows
        }
        for kind, rows in data.items()
    }


def questions() -> dict[str, Item]:
    """Return the questions of the first talk by key, in the order of the file."""
    return _content()["questions"]


def priorities() -> dict[str, Item]:
    """Return the reasons for coming first on the waiting list by key."""
    return _content()["priorities"]


def ends() -> dict[str, Item]:
    """Return the reasons for which a try ends without a place by key."""
    return _content()["ends"]


def reason_words(code: str, language: str) -> str:
    """Return what a code of any step says, or "" where there is none."""
    for kind in ("priorities", "ends", "offers"):
        if code in _content()[kind]:
            return _content()[kind][code].label(language)
    return ""
