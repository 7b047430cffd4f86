"""The places whose law may hold, from ``places.toml``."""

import tomllib
from functools import cache
from pathlib import Path


@cache
def places() -> dict[str, str]:
    """Return the name of each place by its code, in the order of the file."""
    with (Path(__file__).parent / "places.toml").open("rb") as file:
        return {place["code"]: place["name"] for place in tomllib.load(file)["place"]}


def place_name(code: str) -> str:
    """Return the name of the place, or the code itself when the file does not know it."""
    return places().get(code, code)
