"""How two texts differ, word by word, for eyes and for ears."""

import difflib
import re

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext

_PIECES = re.compile(r"\s+|[^\s]+")
# Our choice, because comparing grows with the square of the words; longer texts are shown side by side only.
MOST_WORDS = 4000


def difference(old: str, new: str, *, gone: str = "", came: str = "") -> SafeString:
    """Return ``new`` with what it adds to ``old`` in ``<ins>`` and what it leaves out in ``<del>``.

    Each change is named in words too, for those who hear the page. Texts too long to compare give "".

    Args:
        old: the words before.
        new: the words after.
        gone: how what was left out is announced; "only theirs:" if not given.
        came: how what was added is announced; "only yours:" if not given.
    """
    before, after = _PIECES.findall(old), _PIECES.findall(new)
    if max(len(before), len(after)) > 2 * MOST_WORDS:
        return SafeString("")
    parts = []
    for is_same, gone_pieces, came_pieces in _runs(before, after):
        if is_same:
            parts.append(format_html("{}", "".join(came_pieces)))
            continue
        parts += [
            _marked("del", gone or gettext("only theirs:"), gone_pieces),
            _marked("ins", came or gettext("only yours:"), came_pieces),
        ]
    return format_html_join("", "{}", ((part,) for part in parts))


def _runs(before: list[str], after: list[str]) -> list[tuple[bool, list[str], list[str]]]:
    """Return what is the same and what is not, in turns; a space between two changed words belongs to the change."""
    found: list[tuple[bool, list[str], list[str]]] = []
    codes = difflib.SequenceMatcher(None, before, after, autojunk=False).get_opcodes()
    for place, (kind, a, b, c, d) in enumerate(codes):
        is_bridge = 0 < place < len(codes) - 1 and not "".join(after[c:d]).strip()
        is_same = kind == "equal" and not is_bridge
        if found and not is_same and not found[-1][0]:
            found[-1] = (False, found[-1][1] + before[a:b], found[-1][2] + after[c:d])
        else:
            found.append((is_same, before[a:b], after[c:d]))
    return found


def _marked(tag: str, words: str, pieces: list[str]) -> SafeString:
    """Return the pieces inside of ``tag``, named in words; nothing for none."""
    if not pieces:
        return SafeString("")
    template = '<{0}><span class="visually-hidden">{1} </span>{2}</{0}>'
    return format_html(template, SafeString(tag), words, "".join(pieces))
