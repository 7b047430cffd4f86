"""The words of the pages in the reader's language: a story is told once and lived in each of them.

A story names what it presses and reads in English. For a reader of another language the same sentence is
looked up in the product's own catalogue, so a word that was never translated is not found on the page.
"""

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

_ROOT = Path(__file__).resolve().parents[2]
_LOCALE = _ROOT / "locale"
_ENTRY = re.compile(r'^msgid "(.+)"\nmsgstr "(.+)"$', re.MULTILINE)
_IN_CONTEXT = re.compile(r'^msgctxt ".+"\nmsgid "(.+)"\nmsgstr "(.+)"$', re.MULTILINE)
_COUNTED = re.compile(r'^msgid "(.+)"\nmsgid_plural "(.+)"\nmsgstr\[0\] "(.+)"\nmsgstr\[1\] "(.+)"$', re.MULTILINE)
# Where the words that are data lie: kinds, reasons, rules, messages, each in every language.
_DATA = ("consent", "groupcare", "groups", "incidents")
# Our choice, because shorter parts stand in too many sentences to mean one of them.
_TELLS = 12
LANGUAGES = ("en", "es")
_HOLE = re.compile(r"%\((\w+)\)[sd]")


@dataclass(frozen=True)
class Words:
    """The words of one language; those of English are what the stories say."""

    language: str = "en"

    def there(self, text: str) -> str:
        """Return ``text`` as the page says it; unchanged where the catalogue has no such sentence."""
        return _turned(text, _catalogue(self.language))

    def pattern(self, text: str) -> str:
        """Return a pattern of what the page may say: one English word can be two elsewhere, told apart by context."""
        said = {self.there(text), *_with_contexts(self.language).get(text, ())}
        return "|".join(re.escape(one) for one in sorted(said, key=len, reverse=True))

    def part(self, text: str) -> str:
        """Return what the page says of a sentence of which the story names a part; as ``there`` for a whole one."""
        whole = self.there(text)
        if whole != text or len(text) < _TELLS:
            return whole
        holding = sorted(
            (one for one in _catalogue(self.language).items() if text in one[0]), key=lambda one: len(one[0])
        )
        return max(_HOLE.split(holding[0][1])[::2], key=len) if holding else text

    def back(self, text: str) -> str:
        """Return in English what the page says."""
        return _turned(text, {there: here for here, there in _catalogue(self.language).items()})


@cache
def _catalogue(language: str) -> dict[str, str]:
    """Return English sentence -> sentence, as the product's catalogue and its data files have them."""
    if language == "en":
        return {}
    found = dict(_data(language))
    text = (_LOCALE / language / "LC_MESSAGES" / "django.po").read_text(encoding="utf-8")
    for one, many, one_there, many_there in _COUNTED.findall(text):
        found |= {_plain(one): _plain(one_there), _plain(many): _plain(many_there)}
    return found | {_plain(here): _plain(there) for here, there in _ENTRY.findall(text)}


@cache
def _with_contexts(language: str) -> dict[str, set[str]]:
    """Return English sentence -> each sentence that the catalogue has for it in some context."""
    found: dict[str, set[str]] = {}
    if language != "en":
        text = (_LOCALE / language / "LC_MESSAGES" / "django.po").read_text(encoding="utf-8")
        for here, there in _IN_CONTEXT.findall(text):
            found.setdefault(_plain(here), set()).add(_plain(there))
    return found


def _data(language: str) -> Iterator[tuple[str, str]]:
    for room in _DATA:
        for path in sorted((_ROOT / room).rglob("*.toml")):
            yield from _twins(tomllib.loads(path.read_text(encoding="utf-8")), language)


def _twins(data: object, language: str) -> Iterator[tuple[str, str]]:
    """Yield what stands under ``en`` beside what stands in the same place under ``language``."""
    if isinstance(data, dict) and {"en", language} <= data.keys():
        yield from _side_by_side(data["en"], data[language])
    elif isinstance(data, dict | list):
        for one in data.values() if isinstance(data, dict) else data:
            yield from _twins(one, language)


def _side_by_side(here: object, there: object) -> Iterator[tuple[str, str]]:
    if isinstance(here, str) and isinstance(there, str):
        yield here, there
    elif isinstance(here, dict) and isinstance(there, dict):
        for key in here.keys() & there.keys():
            yield from _side_by_side(here[key], there[key])
    elif isinstance(here, list) and isinstance(there, list):
        for one, other in zip(here, there, strict=False):
            yield from _side_by_side(one, other)


def _plain(text: str) -> str:
    return text.replace('\\"', '"').replace("\\\\", "\\").replace("%%", "%")


def _turned(text: str, catalogue: dict[str, str]) -> str:
    if not catalogue or text in catalogue:
        return catalogue.get(text, text)
    # A sentence of nothing but holes would fit everything; of those that fit, the one with the most words of its own.
    for here, there in _with_holes(catalogue):
        if found := _shape(here).fullmatch(text):
            return there % found.groupdict() if set(_HOLE.findall(there)) <= found.groupdict().keys() else text
    return text


def _with_holes(catalogue: dict[str, str]) -> list[tuple[str, str]]:
    told = [(len(_HOLE.sub("", here).strip()), here, there) for here, there in catalogue.items() if "%(" in here]
    return [(here, there) for length, here, there in sorted(told, reverse=True) if length > 3]


@cache
def _shape(sentence: str) -> re.Pattern[str]:
    """Return what a sentence with holes looks like when they are filled; a hole named twice is filled alike."""
    parts, seen, last = [], set(), 0
    for hole in _HOLE.finditer(sentence):
        parts.append(re.escape(sentence[last : hole.start()]))
        name = hole.group(1)
        parts.append(f"(?P={name})" if name in seen else f"(?P<{name}>.+?)")
        seen.add(name)
        last = hole.end()
    return re.compile("".join([*parts, re.escape(sentence[last:])]), re.DOTALL)
