"""The texts of messages: one data file per kind, each in every language, neutral in all of them."""

import tomllib
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path
from string import Formatter
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils import formats, translation

from groupcare.outbox.models import Klass

FOLDER = Path(__file__).parent / "messages"
PLACEHOLDERS = frozenset({"practice", "link", "secret", "when"})
# Our choice, because a missing format must not stop a reminder: weekday and time.
_PLAIN_WHEN = "l, H:i"


class TextIncomplete(ValueError):
    """The text asks for something that the message does not carry; the argument names it."""


@dataclass(frozen=True, slots=True)
class Text:
    """A kind's words in one language."""

    subject: str
    body: str
    when: str = _PLAIN_WHEN

    def needs(self) -> frozenset[str]:
        """Return the placeholders that the words use."""
        return frozenset(name for _, name, _, _ in Formatter().parse(self.subject + self.body) if name)


@dataclass(frozen=True, slots=True)
class Kind:
    """A message kind: its class and its words by language code."""

    name: str
    klass: Klass
    texts: dict[str, Text]

    @property
    def needs_secret(self) -> bool:
        """Return whether the words carry a secret, which is destroyed when it was sent or not."""
        return any("secret" in text.needs() for text in self.texts.values())

    def text(self, language: str) -> Text:
        """Return the words in that language, or in the installation's when there are none."""
        return self.texts.get(language) or self.texts[settings.LANGUAGE_CODE]


@cache
def kinds() -> dict[str, Kind]:
    """Return all kinds by name, read once from the data files.

    Raises:
        ValueError: a file lacks a language or uses an unknown placeholder.
    """
    return {path.stem: _load(path) for path in sorted(FOLDER.glob("*.toml"))}


def _load(path: Path) -> Kind:
    data = tomllib.loads(path.read_text(encoding="utf-8"))
    texts = {code: Text(**data[code]) for code, _ in settings.LANGUAGES if code in data}
    missing = {code for code, _ in settings.LANGUAGES} - set(texts)
    unknown = {name for text in texts.values() for name in text.needs()} - PLACEHOLDERS
    if missing or unknown:
        raise ValueError(f"{path.name}: missing languages {sorted(missing)}, unknown placeholders {sorted(unknown)}.")
    return Kind(path.stem, Klass(data["klass"]), texts)


def spell(when: datetime, *, form: str, language: str, zone: str) -> str:
    """Return the time as the recipient reads it, in their language and zone."""
    with translation.override(language):
        return formats.date_format(when.astimezone(ZoneInfo(zone)), form)


def render(kind: str, *, language: str, values: dict[str, str]) -> tuple[str, str]:
    """Return subject and body with the placeholders filled in.

    Args:
        kind: a name of ``kinds()``.
        language: the recipient's language code.
        values: what stands for each placeholder; ``practice`` may be empty.

    Raises:
        TextIncomplete: the words need a value that is not there.
    """
    text = kinds()[kind].text(language)
    for name in sorted(text.needs() - {"practice"}):
        if not values.get(name):
            raise TextIncomplete(name)
    filled = {name: values.get(name, "") for name in PLACEHOLDERS}
    body = text.body.format_map(filled).strip()
    return text.subject.format_map(filled).strip(), body + "\n"
