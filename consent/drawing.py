"""A drawn signature: strokes of points, checked here and shown again as a path built from numbers only."""

import json
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

# The field on which it is drawn, in its own units. Our choice, because a name written by finger fits in three to one.
WIDTH, HEIGHT = 600, 200
# Our choice, because a long name drawn slowly has some thirty strokes and a thousand points.
MOST_STROKES, MOST_POINTS, MOST_LETTERS = 80, 4000, 60_000

Drawing = list[list[list[int]]]


def read_drawing(sent: str) -> Drawing | None:
    """Return the strokes that a page sent, or None where nothing was drawn.

    Args:
        sent: JSON, a list of strokes, each a list of ``[x, y]`` in whole units within ``WIDTH`` and ``HEIGHT``.

    Raises:
        ValidationError: it is no drawing, or larger than the limits.
    """
    if not sent.strip():
        return None
    if len(sent) > MOST_LETTERS:
        raise ValidationError(_too_large())
    try:
        found = json.loads(sent)
    except (ValueError, RecursionError):
        found = False
    if not _is_drawing(found):
        raise ValidationError(_("The drawing did not arrive whole. Clear it and draw it again, or leave it empty."))
    if len(found) > MOST_STROKES or sum(map(len, found)) > MOST_POINTS:
        raise ValidationError(_too_large())
    return found or None


def path_of(drawing: Any) -> str:
    """Return the ``d`` of an SVG path for strokes that were kept: letters M and L and whole numbers, nothing else."""
    if not _is_drawing(drawing):
        return ""
    return " ".join(
        " ".join(f"{'L' if place else 'M'}{int(x)} {int(y)}" for place, (x, y) in enumerate([*stroke, stroke[-1]]))
        for stroke in drawing
    )


def _is_drawing(found: Any) -> bool:
    return isinstance(found, list) and all(
        isinstance(stroke, list) and stroke and all(_is_point(point) for point in stroke) for stroke in found
    )


def _is_point(point: Any) -> bool:
    if not (isinstance(point, list) and len(point) == 2 and all(type(one) is int for one in point)):
        return False
    return bool(0 <= point[0] <= WIDTH and 0 <= point[1] <= HEIGHT)


def _too_large() -> str:
    return _("The drawing is too large to keep. Clear it and draw it more simply, or leave it empty.")
