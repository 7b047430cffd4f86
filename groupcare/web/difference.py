"""How two texts differ, word by word, for eyes and for ears."""

import difflib
import re

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext

_PIECES = re.compile(r"\s+|[^\s]+")
# Our choice, because comparing grows with the square of the words; longer texts are shown side by side only.
MOST_WORDS = 4000


def difference(old: str, new: str) -> SafeString:
    """Return ``new`` with what it adds to ``old`` in ``<ins>`` and what it leaves out in ``<del>``.

    Each change is named in words too, for those who hear the page. Texts too long to compare give "".
    """
    before, after = _PIECES.findall(old), _PIECES.findall(new)
    if max(len(before), len(after)) > 2 * MOST_WORDS:
        return SafeString("")
    parts = []
    for kind, a, b, c, d in difflib.SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if kind == "equal":
            parts.append(format_html("{}", "".join(after[c:d])))
            continue
        parts += [
            _marked("del", gettext("only theirs:"), before[a:b]),
            _marked("ins", gettext("only yours:"), after[c:d]),
        ]
    return format_html_join("", "{}", ((part,) for part in parts))


def _marked(tag: str, words: str, pieces: list[str]) -> SafeString:
    """Return the pieces inside of ``tag``, named in words; nothing for none."""
    if not pieces:
        return SafeString("")
    template = '<{0}><span class="visually-hidden">{1} </span>{2}</{0}>'
    return format_html(template, SafeString(tag), words, "".join(pieces))
