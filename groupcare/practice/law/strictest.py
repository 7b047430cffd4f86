"""All packs that touch a case apply: what they say, strictest first, all of it shown."""

from collections.abc import Iterable
from dataclasses import dataclass
from math import inf
from typing import Any

from groupcare.practice.law.effective import Item, Law, packs_for
from groupcare.practice.law.pack import Pack
from groupcare.practice.law.reading import chain
from groupcare.practice.law.topics import Topic, ValueKey, topic_of


@dataclass(frozen=True)
class Line:
    """One key, and what each pack says of it, strictest first."""

    meaning: ValueKey
    items: tuple[Item, ...]

    @property
    def strictest(self) -> Item:
        """Return the one that holds where all apply."""
        return self.items[0]


def values(places: Iterable[str], topic: str) -> list[Line]:
    """Return every value of a topic that runs at these places, by key, strictest first.

    Args:
        places: codes of places.toml.
        topic: a key of topics.toml, for example "child".

    Raises:
        LookupError: there is no such place or topic.
    """
    codes = list(places)
    law = Law(codes)
    return lines(law, packs_for(codes), topic_of(topic))


def lines(law: Law, packs: Iterable[Pack], topic: Topic) -> list[Line]:
    """Return the values of these packs in a topic, by key, strictest first; what was switched off is left out."""
    every = [item for pack in packs for item in law.items(pack) if item.runs]
    found = []
    for meaning in topic.values:
        items = [item for item in every if item.meaning == meaning]
        if items:
            found.append(Line(meaning, tuple(sorted(items, key=lambda item: item.rank))))
    return found


def strictness(law: Law, code: str, topic: Topic) -> tuple[Any, ...]:
    """Return how strict a place is in a topic, state law on federal: the smaller, the stricter.

    The one strictest value decides; where two places have the same, the next keys of the topic do.
    """
    of_key = {line.meaning.key: line for line in lines(law, chain(code), topic)}
    ranks = [of_key[value.key].strictest.rank if value.key in of_key else inf for value in topic.values]
    return (min(ranks, default=inf), tuple(ranks))
