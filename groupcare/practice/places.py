"""The places whose law may hold, from ``places.toml``."""

import tomllib
from functools import cache
from pathlib import Path

from django.utils.translation import get_language


@cache
def _named_in(language: str) -> dict[str, str]:
    with (Path(__file__).parent / "places.toml").open("rb") as file:
        return {place["code"]: place.get(language, place["name"]) for place in tomllib.load(file)["place"]}


def places(language: str | None = None) -> dict[str, str]:
    """Return the name of each place by its code, in the order of the file.

    Args:
        language: The language of the names; that of the reader when it is left out.
    """
    return _named_in((language or get_language() or "en").split("-")[0])


def place_name(code: str, language: str | None = None) -> str:
    """Return the name of the place, or the code itself when the file does not know it."""
    return places(language).get(code, code)
