"""The circle of seats: our mark and our chart, drawn as SVG without script or style."""

import math

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

# Geometry of the drawing, in its own units (our choice): a square of 160, seats on a circle of 62.
_MIDDLE, _RADIUS, _SEAT, _EMPTY_SEAT = 80.0, 62.0, 13.0, 11.5


def _places(total: int, seat: float) -> list[tuple[float, float, float]]:
    """Return x, y and radius of each seat, from the top round; many seats are drawn smaller."""
    room = 2 * math.pi * _RADIUS / max(total, 1)
    radius = min(seat, room / 2.6)
    turns = [2 * math.pi * place / max(total, 1) - math.pi / 2 for place in range(total)]
    return [(_MIDDLE + _RADIUS * math.cos(turn), _MIDDLE + _RADIUS * math.sin(turn), radius) for turn in turns]


def sentence(filled: int, total: int, word: str) -> str:
    """Return the seats in words."""
    return _("%(filled)s of %(total)s %(word)s") % {"filled": filled, "total": total, "word": word}


def ring(filled: int, total: int, word: str) -> SafeString:
    """Return the circle with ``filled`` full seats of ``total`` and the count in its middle."""
    full = [("s-in", x, y, r) for x, y, r in _places(total, _SEAT)[:filled]]
    open_seats = [("s-out", x, y, r) for x, y, r in _places(total, _EMPTY_SEAT)[filled:]]
    circles = format_html_join(
        "",
        '<circle class="{}" cx="{}" cy="{}" r="{}"/>',
        ((css, f"{x:.1f}", f"{y:.1f}", f"{r:.1f}") for css, x, y, r in full + open_seats),
    )
    return format_html(
        '<figure class="ring"><svg role="img" aria-label="{}" viewBox="0 0 160 160">{}'
        '<text x="80" y="76" font-size="30">{}</text><text class="sub" x="80" y="95">{}</text>'
        '<text class="sub" x="80" y="111">{}</text></svg></figure>',
        sentence(filled, total, word),
        circles,
        filled,
        _("of %(total)s") % {"total": total},
        word,
    )


def row(filled: int, total: int, word: str) -> SafeString:
    """Return the seats as a row of dots with the count in words beside it."""
    dots = format_html_join(
        "", "<i{}></i>", ((SafeString("" if i < filled else ' class="is-out"'),) for i in range(total))
    )
    return format_html('<p class="seats">{}<span>{}</span></p>', dots, sentence(filled, total, word))
