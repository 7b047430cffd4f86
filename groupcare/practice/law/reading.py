"""Reads the packs, and refuses a broken one by its file and key."""

import re
import tomllib
from collections.abc import Iterator
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from django.core.exceptions import ImproperlyConfigured

from groupcare.practice.law.pack import FLAGS, MARKS, Leaf, Pack, Sentence
from groupcare.practice.law.topics import LANGUAGES, SENTENCE_KEYS, Words, fact_keys, value_keys

FOLDER = Path(__file__).resolve().parent.parent / "packs"

_PACK_KEYS = {
    "id", "name", "inherits", "beside_parent", "checked_on", "review_due", "structured_unverified", "flags", "label",
    "structured", "facts", "rests_on", "sentences",
}  # fmt: skip
_VALUE_KEYS = {"fact", "citation", "confidence", "checked_on", "review_due", "note"}
_FACT_KEYS = {"key", "label", "label_es", "fact", "citation", "confidence", "checked_on", "review_due"}


class PackBroken(ImproperlyConfigured):
    """A pack holds something wrong; the message names the file and the key."""


@cache
def packs(folder: Path | None = None) -> dict[str, Pack]:
    """Return every pack by its code, read and checked once.

    Args:
        folder: where they lie; those that ship when it is left out.

    Raises:
        PackBroken: a file is wrong; the message names it and the key.
    """
    found = {path.stem: _read(path) for path in sorted((folder or FOLDER).glob("*.toml"))}
    for pack in found.values():
        for parent in pack.inherits:
            if parent not in found or parent == pack.id or found[parent].inherits:
                raise PackBroken(f"{pack.id}.toml, inherits: {parent!r} is no pack that others can stand on.")
        if pack.sentences and not pack.inherits and any(one.beside_parent for one in pack.sentences.values()):
            raise PackBroken(f"{pack.id}.toml, beside_parent: the pack inherits from none.")
    return found


def chain(code: str) -> list[Pack]:
    """Return the pack of a place, then those under it.

    Raises:
        LookupError: there is no pack of this code.
    """
    if code not in packs():
        raise LookupError(f"There is no jurisdiction pack {code!r}. Choose a place of places.toml.")
    pack = packs()[code]
    return [pack, *(packs()[parent] for parent in pack.inherits)]


class _Reader:
    """Reads one file and refuses it by name and key."""

    def __init__(self, name: str) -> None:
        self.name = name

    def broken(self, key: str, why: str) -> PackBroken:
        """Return the error that names the file and the key."""
        return PackBroken(f"{self.name}, {key}: {why}")

    def keys(self, where: str, raw: dict[str, Any], known: set[str]) -> None:
        """Refuse unknown and missing keys."""
        for key in sorted(set(raw) ^ known):
            raise self.broken(f"{where}{key}", "this key is not known." if key in raw else "this key is missing.")

    def take(self, where: str, raw: dict[str, Any], kind: type, *, filled: bool = False) -> Any:
        """Return the value at the last part of ``where``, of the kind; also refused when empty and ``filled``."""
        value = raw.get(where.rpartition(".")[2])
        if type(value) is not kind or (filled and not value):
            raise self.broken(where, f"{value!r} is not a {kind.__name__}{' with something in it' if filled else ''}.")
        return value

    def texts(self, where: str, raw: dict[str, Any]) -> tuple[str, ...]:
        """Return a list of texts."""
        value = self.take(where, raw, list)
        if not all(isinstance(one, str) and one for one in value):
            raise self.broken(where, "every entry must be a text.")
        return tuple(value)

    def dates(self, where: str, raw: dict[str, Any]) -> tuple[date, date]:
        """Return when it was checked and when it must be checked again."""
        checked = self.take(f"{where}checked_on", raw, date)
        due = self.take(f"{where}review_due", raw, date)
        if due <= checked:
            raise self.broken(f"{where}review_due", f"{due} does not come after checked_on, {checked}.")
        return checked, due

    def confidence(self, where: str, raw: dict[str, Any]) -> str:
        """Return the confidence, whose every part outside brackets is one of the marks."""
        text: str = self.take(f"{where}confidence", raw, str, filled=True)
        parts = re.sub(r"\([^)]*\)", "", text).split("/")
        if not all(part.strip() in tuple(MARKS) for part in parts):
            raise self.broken(f"{where}confidence", f"{text!r} is not made of {', '.join(MARKS)}.")
        return text


def _read(path: Path) -> Pack:
    """Return the pack of a file.

    Raises:
        PackBroken: something in it is wrong.
    """
    reader = _Reader(path.name)
    try:
        raw = tomllib.loads(path.read_text(encoding="utf-8"))
    except tomllib.TOMLDecodeError as error:
        raise reader.broken("the file", str(error)) from error
    reader.keys("", raw, _PACK_KEYS)
    if raw["id"] != path.stem:
        raise reader.broken("id", f"{raw['id']!r} is not the name of the file.")
    checked_on, review_due = reader.dates("", raw)
    leaves = {leaf.path: leaf for leaf in _leaves(reader, raw)}
    flags = reader.texts("flags", raw)
    pack = Pack(
        id=raw["id"],
        name=reader.take("name", raw, str, filled=True),
        label=_in_every_language(reader, "label", raw["label"]),
        inherits=reader.texts("inherits", raw),
        checked_on=checked_on,
        review_due=review_due,
        flags=flags,
        structured_unverified=reader.texts("structured_unverified", raw),
        leaves=leaves,
        sentences={one.key: one for one in _sentences(reader, raw, {*leaves, *([FLAGS] if flags else [])})},
    )
    _check_unverified(reader, pack)
    return pack


def _leaves(reader: _Reader, raw: dict[str, Any]) -> Iterator[Leaf]:
    facts = reader.take("facts", raw, list)
    named = [one.get("key") for one in facts]
    for one in facts:
        where = f"facts.{one.get('key')}."
        reader.keys(where, one, _FACT_KEYS)
        if one["key"] not in fact_keys() or named.count(one["key"]) > 1:
            raise reader.broken(f"{where}key", "this fact stands twice or in no topic of topics.toml.")
        label = {"en": reader.take(f"{where}label", one, str, filled=True), "es": one["label_es"]}
        yield _leaf(reader, raw["id"], where, one, reader.take(f"{where}fact", one, str, filled=True), label)
    for key, one in reader.take("structured", raw, dict).items():
        where = f"structured.{key}."
        if key not in value_keys():
            raise reader.broken(f"structured.{key}", "this key is not known; topics.toml says what it means.")
        reader.keys(where, one, _VALUE_KEYS | {"nothing" if "nothing" in one else "value"})
        value = one.get("value")
        if one.get("nothing", True) is not True or ("value" in one and not value_keys()[key].takes(value)):
            raise reader.broken(f"{where}value", f"{value!r} is not a value that topics.toml knows for it.")
        if one["fact"] and one["fact"] not in named:
            raise reader.broken(f"{where}fact", f"there is no fact {one['fact']!r}.")
        yield _leaf(reader, raw["id"], where, one, value, value_keys()[key].label)


def _leaf(reader: _Reader, pack: str, where: str, raw: dict[str, Any], value: Any, label: Words) -> Leaf:
    checked_on, review_due = reader.dates(where, raw)
    return Leaf(
        pack=pack,
        path=where.rstrip("."),
        value=value,
        citation=reader.take(f"{where}citation", raw, str, filled=True),
        confidence=reader.confidence(where, raw),
        checked_on=checked_on,
        review_due=review_due,
        label=_in_every_language(reader, f"{where}label", label),
        fact=f"facts.{raw['fact']}" if where.startswith("structured.") and raw["fact"] else "",
        note=raw.get("note", ""),
    )


def _sentences(reader: _Reader, raw: dict[str, Any], known: set[str]) -> Iterator[Sentence]:
    said = reader.take("sentences", raw, dict)
    rests_on = reader.take("rests_on", raw, dict)
    beside = reader.texts("beside_parent", raw)
    reader.keys("sentences.", said, set(LANGUAGES))
    reader.keys("sentences.es.", said["es"], set(said["en"]))
    for key in said["en"]:
        if key not in SENTENCE_KEYS:
            raise reader.broken(f"sentences.en.{key}", "this sentence is not known.")
        text = {language: reader.take(f"sentences.{language}.{key}", said[language], str) for language in LANGUAGES}
        paths = tuple(_path(one) for one in rests_on.get(key, []))
        if any(text.values()) and not (all(text.values()) and paths and known.issuperset(paths)):
            raise reader.broken(f"rests_on.{key}", "the sentence names no fact of this pack, or lacks a language.")
        sentence = Sentence(key, text, paths, key in beside)
        if not {f"structured.{blank}" for blank in sentence.blanks} <= set(paths):
            raise reader.broken(f"sentences.en.{key}", "a blank is no value that the sentence rests on.")
        yield sentence
    for key in sorted({*rests_on, *beside} - set(said["en"])):
        raise reader.broken(f"rests_on.{key}", "there is no such sentence.")


def _path(name: str) -> str:
    return name if name == FLAGS or name.startswith("structured.") else f"facts.{name}"


def _in_every_language(reader: _Reader, where: str, words: Any) -> Words:
    if not isinstance(words, dict) or not all(isinstance(words.get(one), str) and words[one] for one in LANGUAGES):
        raise reader.broken(where, f"it must hold a text in each of {', '.join(LANGUAGES)}.")
    return words


def _check_unverified(reader: _Reader, pack: Pack) -> None:
    """Refuse a value that the pack itself calls unverified and marks as verified."""
    for named in pack.structured_unverified:
        pattern = named.split(" ")[0].replace("*", "")
        for path, leaf in pack.leaves.items():
            key = path.removeprefix("structured.")
            meant = key.startswith(pattern) if "*" in named else key == pattern
            if path.startswith("structured.") and meant and leaf.mark in "AB":
                raise reader.broken(f"{path}.confidence", "structured_unverified names it, so it must be C or X.")
