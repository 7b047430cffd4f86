"""What the source of a required part is, in plain words beside its citation: read from consent/texts/sources.toml."""

import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

_FILE = Path(__file__).parent.parent / "texts" / "sources.toml"
# How sure we were when we wrote it down; it says nothing to a reader.
_GRADE = re.compile(r"\s+\([A-CX]\)$")


@dataclass(frozen=True, slots=True)
class Source:
    """One source: how its citations begin, whether they say something to a reader, and what it is, by language."""

    prefix: str
    cited: bool
    words: Mapping[str, str] = field(hash=False)

    def holds(self, citation: str) -> bool:
        """Return whether a citation is of this source: it begins with its name, and the name ends there."""
        return citation.startswith(self.prefix) and not citation[len(self.prefix) :][:1].isalnum()


@cache
def known_sources() -> tuple[Source, ...]:
    """Return all sources, those with the longest beginning first, so that the first that holds is the closest."""
    with _FILE.open("rb") as file:
        rows = tomllib.load(file)["sources"]
    found = [
        Source(row["prefix"], row.get("cited", True), {k: v for k, v in row.items() if k not in {"prefix", "cited"}})
        for row in rows
    ]
    return tuple(sorted(found, key=lambda one: -len(one.prefix)))


def source_of(citation: str) -> Source | None:
    """Return the source that a citation is of; None for one that nobody has put into words."""
    return next((one for one in known_sources() if one.holds(citation)), None)


def parts_of(source: str) -> tuple[str, ...]:
    """Return the citations that one line of a kind holds."""
    return tuple(part.strip() for part in source.split(";"))


def in_words(sources: Iterable[str], language: str) -> tuple[str, ...]:
    """Return each source once, in the order in which it comes first: what it is, and where it stands in it.

    Args:
        sources: lines of kinds, each with citations that are parted by semicolons.
        language: of the words; English where they are not there.
    """
    found: dict[str, list[str]] = {}
    for citation in (part for source in sources for part in parts_of(source)):
        known = source_of(citation)
        words = known.words.get(language, known.words["en"]) if known is not None else citation
        places = found.setdefault(words, [])
        cited = _GRADE.sub("", citation)
        if known is not None and known.cited and cited not in places:
            places.append(cited)
    return tuple(", ".join([words, *places]) for words, places in found.items())


def explained(source: str, language: str | None) -> str:
    """Return one line of a kind in words, with its citations beside them."""
    return "; ".join(in_words([source], language or "en"))
