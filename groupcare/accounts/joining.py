"""What somebody should know before they join, in sentences that are data (``joining.toml``)."""

import tomllib
from functools import cache
from pathlib import Path
from typing import Any

_FILE = Path(__file__).resolve().parent / "joining.toml"
_FALLBACK = "en"


@cache
def _texts() -> dict[str, dict[str, Any]]:
    with _FILE.open("rb") as file:
        return tomllib.load(file)


def before_joining(language: str) -> dict[str, Any]:
    """Return rights and promises in a language; English where there is none."""
    texts = _texts()
    return texts.get(language.split("-")[0], texts[_FALLBACK])
