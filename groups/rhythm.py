"""The rhythm of a group over a term as a drawing: places of bars and points, without script or style."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

# Geometry of the drawing in its own units (our choice): wide enough for twelve sessions and their days.
WIDTH, HEIGHT = 640, 230
_LEFT, _RIGHT, _TOP, _BOTTOM = 36, 12, 14, 40


@dataclass(frozen=True)
class Bar:
    """One session: the bar of those who were there inside the frame of those who should have been."""

    beat: Any
    # In the drawing's units, with a point in every language.
    x: str
    middle: str
    width: str
    present_y: str
    present_height: str
    required_y: str
    required_height: str
    cleared_y: str | None


@dataclass(frozen=True)
class Drawing:
    """The whole picture: bars, the line of who was cleared (in pieces where it was not kept), and the scale."""

    bars: list[Bar]
    lines: list[str]
    scale: list[tuple[int, str]]
    width: int = WIDTH
    height: int = HEIGHT
    left: int = _LEFT
    right: int = WIDTH - _RIGHT
    floor: int = HEIGHT - _BOTTOM


def draw(beats: Sequence[Any]) -> Drawing | None:
    """Return the drawing of sessions (``Beat``), earliest first; None where there is nothing to draw."""
    if not beats:
        return None
    most: int = max(2, *(max(one.present, one.required, one.cleared[0] if one.cleared else 0) for one in beats))
    room, step = HEIGHT - _TOP - _BOTTOM, (WIDTH - _LEFT - _RIGHT) / len(beats)

    def y(people: int) -> str:
        return f"{_TOP + room * (1 - people / most):.1f}"

    def height(people: int) -> str:
        return f"{room * people / most:.1f}"

    bars = []
    for place, one in enumerate(beats):
        left, wide = _LEFT + place * step, min(step * 0.6, 44)
        bars.append(
            Bar(
                beat=one,
                x=f"{left + (step - wide) / 2:.1f}",
                middle=f"{left + step / 2:.1f}",
                width=f"{wide:.1f}",
                present_y=y(one.present),
                present_height=height(one.present),
                required_y=y(one.required),
                required_height=height(one.required),
                cleared_y=y(one.cleared[0]) if one.cleared else None,
            )
        )
    return Drawing(bars, _pieces(bars), [(0, y(0)), (most // 2, y(most // 2)), (most, y(most))])


def _pieces(bars: Sequence[Bar]) -> list[str]:
    """Return the points of each unbroken piece of the line."""
    pieces: list[list[str]] = [[]]
    for bar in bars:
        if bar.cleared_y is None:
            pieces.append([])
        else:
            pieces[-1].append(f"{bar.middle},{bar.cleared_y}")
    return [" ".join(one) for one in pieces if len(one) > 1]
