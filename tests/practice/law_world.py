"""A pack that changes, and acts about law, for the tests of this room."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from shutil import copytree
from typing import Any

from groupcare.practice.law import reading

VALUE = "structured.child_written_hours"


@contextmanager
def packs_with(folder: Path, code: str, *changes: tuple[str, str]) -> Iterator[None]:
    """Let the packs that ship be those of a folder, in which some texts of one file are others."""
    target = folder / "packs"
    if not target.exists():
        copytree(reading.FOLDER, target)
    file = target / f"{code}.toml"
    text = file.read_text(encoding="utf-8")
    for old, new in changes:
        assert old in text, old
        text = text.replace(old, new, 1)
    file.write_text(text, encoding="utf-8")
    before, reading.FOLDER = reading.FOLDER, target
    reading.packs.cache_clear()
    try:
        yield
    finally:
        reading.FOLDER = before
        reading.packs.cache_clear()


def act(name: str, **fields: Any) -> dict[str, Any]:
    """Return what the page of a value sends for an act."""
    return {"act": name, "reason": "Our counsel wrote so on 3 May.", **fields}
