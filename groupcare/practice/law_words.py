"""The law of a place in words for its page: a value with its unit, how sure it is, and what its reader should know."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from groupcare.practice.law.effective import Item
from groupcare.practice.law.pack import as_text
from groupcare.practice.law.topics import ValueKey, in_language
from groupcare.practice.law_selectors import Part, Said


def sureness(mark: str) -> str:
    """Return a mark of confidence in words."""
    return {
        "A": _("Read in the law itself"),
        "B": _("Read in a good second source"),
        "C": _("General knowledge, not confirmed"),
        "X": _("Could not be confirmed, or is contested"),
    }[mark]


def value_words(meaning: ValueKey | None, value: Any, language: str) -> str:
    """Return a value with its unit in the reader's language, where it is one of ours; other words as they stand."""
    if value is None:
        return _("The law fixes nothing")
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    if isinstance(value, list):
        return "; ".join(value)
    if meaning is not None and isinstance(value, int):
        return _counted(value, meaning.unit)
    if meaning is not None and value in meaning.words:
        return in_language(meaning.words[value][1], language)
    return as_text(value)


def _counted(number: int, unit: str) -> str:
    words = {
        "hours": ngettext("%(number)d hour", "%(number)d hours", number),
        "days": ngettext("%(number)d day", "%(number)d days", number),
        "years": ngettext("%(number)d year", "%(number)d years", number),
        "people": ngettext("%(number)d person", "%(number)d people", number),
    }
    return words[unit] % {"number": number} if unit in words else str(number)


@dataclass(frozen=True)
class Row:
    """One value or fact as a row: what it is called, what it says and in which language, and how sure that is."""

    item: Item
    label: str
    text: str
    text_language: str
    sureness: str
    is_expired: bool
    place: str


@dataclass(frozen=True)
class PartRows:
    """One topic of the page."""

    key: str
    title: str
    said: list[Said]
    values: list[Row]
    facts: list[Row]


def row_of(item: Item, language: str, today: date, place: str = "") -> Row:
    """Return a value or fact as a row. Facts and the words that only a place uses are in English."""
    meaning = item.meaning
    text = value_words(meaning, item.value, language)
    known = meaning is not None and isinstance(item.value, str) and item.value in meaning.words
    raw = meaning is None or isinstance(item.value, list) or (isinstance(item.value, str) and not known)
    text_language = "en" if raw and not item.override else ""
    label = in_language(item.leaf.label, language)
    return Row(item, label, text, text_language, sureness(item.leaf.mark), item.expired(today), place)


def rows_of(part: Part, language: str, today: date, names: dict[str, str]) -> PartRows:
    """Return a topic as rows: the values strictest first, what is off after them, then the facts.

    Args:
        part: of ``law_selectors.law_of``.
        language: of the reader.
        today: the day by which something counts as due for review.
        names: how each pack of the page is called; only where there are several is it said.
    """

    def row(item: Item) -> Row:
        return row_of(item, language, today, names[item.leaf.pack] if len(names) > 1 else "")

    values = [row(item) for line in part.lines for item in line.items] + [row(item) for item in part.off]
    facts = [row(item) for item in part.facts]
    return PartRows(part.topic.key, in_language(part.topic.label, language), part.said, values, facts)
