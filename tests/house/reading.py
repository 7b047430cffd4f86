"""What a page says to its reader, and in which language."""

import re
from html.parser import HTMLParser

_ALONE = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}
_SILENT = {"script", "style", "code"}
# Read aloud or shown, although not text.
_SPOKEN = {"alt", "aria-label", "title", "placeholder", "data-doc"}
# Times and zones have no language of their own here: "12 Nov 2026", "Europe/Dublin".
_CHOICES_OF_ZONES = "time_zone"


class Reader(HTMLParser):
    """Collects what a page says in one language, and leaves out whatever says that it is in another."""

    def __init__(self, language: str) -> None:
        """Read in ``language``."""
        super().__init__(convert_charrefs=True)
        self.language = language
        self.open: list[tuple[str, bool]] = []
        self.said: list[str] = []

    @property
    def listens(self) -> bool:
        """Return whether what comes now is said in the reader's language."""
        return all(heard for _, heard in self.open)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note the language of an element, and what its attributes say."""
        known = dict(attrs)
        heard = tag not in _SILENT and (known.get("lang") or self.language) == self.language
        heard = heard and known.get("name") != _CHOICES_OF_ZONES
        if self.listens and heard:
            self.said += [f" {known[name]} " for name in _SPOKEN & known.keys() if known[name]]
        if tag not in _ALONE:
            self.open.append((tag, heard))

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note an element that closes itself, as those of drawings do."""
        self.handle_starttag(tag, attrs)
        if tag not in _ALONE:
            self.open.pop()

    def handle_endtag(self, tag: str) -> None:
        """Close the element, and whatever was left open inside it."""
        if any(name == tag for name, _ in self.open):
            while self.open.pop()[0] != tag:
                pass

    def handle_data(self, data: str) -> None:
        """Note what is said."""
        if self.listens:
            self.said.append(data)


def said_in(html: str, language: str) -> str:
    """Return what the page says in ``language``, with single spaces."""
    reader = Reader(language)
    reader.feed(html)
    return re.sub(r"\s+", " ", " ".join(reader.said))
