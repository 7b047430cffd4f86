"""Reads a message catalogue, and what the code says that it should hold, without any tool but Python and Django."""

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.utils.translation.template import templatize

ROOT = Path(__file__).resolve().parent.parent.parent
LOCALE = ROOT / "locale" / "es" / "LC_MESSAGES"
FOLDERS = ("groupcare", "groups", "consent", "incidents", "templates")
# Marker of a message -> which of its arguments are the context, the message and its plural.
MARKERS = {
    "gettext": (None, 0, None),
    "gettext_lazy": (None, 0, None),
    "gettext_noop": (None, 0, None),
    "_": (None, 0, None),
    "ngettext": (None, 0, 1),
    "ngettext_lazy": (None, 0, 1),
    "pgettext": (0, 1, None),
    "pgettext_lazy": (0, 1, None),
    "npgettext": (0, 1, 2),
    "npgettext_lazy": (0, 1, 2),
}
_STRING = r"""u?(?:'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*")"""
# What Django makes of a template before it looks for messages in it.
_IN_TEMPLATE = re.compile(rf"(?<![\w.])({'|'.join(MARKERS)})\(\s*({_STRING}(?:\s*,\s*{_STRING})*)")
_PO_LINE = re.compile(r'(?:(msgctxt|msgid_plural|msgid|msgstr(?:\[\d\])?) )?(".*")$')

# Context or "", message, plural or "".
Key = tuple[str, str, str]


@dataclass
class Message:
    """One entry of a catalogue."""

    context: str = ""
    text: str = ""
    plural: str = ""
    flags: list[str] = field(default_factory=list)
    translations: list[str] = field(default_factory=list)

    @property
    def key(self) -> Key:
        """Return what the entry stands for."""
        return (self.context, self.text, self.plural)


def _entry(block: str) -> Message:
    message, current = Message(), ""
    parts: dict[str, str] = {}
    for line in block.splitlines():
        if line.startswith("#,"):
            message.flags += [flag.strip() for flag in line[2:].split(",")]
        elif not line.startswith("#"):
            found = _PO_LINE.match(line)
            assert found, line
            current = found[1] or current
            parts[current] = parts.get(current, "") + str(ast.literal_eval(found[2]))
    message.context, message.text = parts.get("msgctxt", ""), parts["msgid"]
    message.plural = parts.get("msgid_plural", "")
    message.translations = [parts[name] for name in sorted(parts) if name.startswith("msgstr")]
    return message


def read_po(path: Path) -> tuple[str, list[Message]]:
    """Return the header of a catalogue and its messages."""
    blocks = path.read_text(encoding="utf-8").strip().split("\n\n")
    head, *messages = [_entry(block) for block in blocks if not block.startswith("#~")]
    assert head.text == ""
    return head.translations[0], messages


def _from_arguments(marker: str, words: list[Any]) -> Key | None:
    found = ["" if place is None else words[place] if place < len(words) else None for place in MARKERS[marker]]
    context, text, plural = found
    if isinstance(context, str) and isinstance(text, str) and isinstance(plural, str):
        return (context, text, plural)
    return None


def in_python(source: str) -> Iterator[Key]:
    """Yield the messages that a module marks for translation."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call):
            name = getattr(node.func, "id", "") or getattr(node.func, "attr", "")
            words = [part.value if isinstance(part, ast.Constant) else None for part in node.args]
            if name in MARKERS and (key := _from_arguments(name, words)):
                yield key


def in_template(source: str) -> Iterator[Key]:
    """Yield the messages that a template marks for translation."""
    for marker, arguments in _IN_TEMPLATE.findall(templatize(source)):
        words = [ast.literal_eval(word) for word in re.findall(_STRING, arguments)]
        if key := _from_arguments(marker, words):
            yield key


def said_by_the_code() -> dict[Key, str]:
    """Return every message of the project, with the first file that says it."""
    found: dict[Key, str] = {}
    for folder in FOLDERS:
        for path in sorted((ROOT / folder).rglob("*")):
            reader = {".py": in_python, ".html": in_template, ".txt": in_template}.get(path.suffix)
            if reader:
                for key in reader(path.read_text(encoding="utf-8")):
                    found.setdefault(key, str(path.relative_to(ROOT)))
    return found
