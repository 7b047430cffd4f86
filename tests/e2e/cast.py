"""Who is in the story, and the house with a browser for each of them."""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from tests.e2e.mail import Tray
from tests.e2e.pages import Visitor
from tests.e2e.running import Practice

if TYPE_CHECKING:
    from playwright.sync_api import Browser

OWN_PASSWORD = "quiet lantern over water"
PROCESS_WORDS = "The theme was beginnings. Two silences, both easy to bear."
PROGRESS_WORDS = "Came in with a plan and left with a smaller one."


@dataclass(frozen=True)
class Someone:
    """A person of the story."""

    name: str
    key: str

    @property
    def email(self) -> str:
        """Their address."""
        return f"{self.key}@demo.example"


@dataclass
class Cast:
    """Who is in the story, and what they found out on the way."""

    vera: Someone
    label: str
    signs: Someone
    declines: Someone
    waits: Someone
    returns: Someone
    links: dict[str, str] = field(default_factory=dict)
    places: dict[str, str] = field(default_factory=dict)
    secret: str = ""

    @property
    def members(self) -> tuple[Someone, Someone, Someone]:
        """The three who are invited."""
        return self.signs, self.declines, self.waits

    @property
    def names(self) -> tuple[str, ...]:
        """What no message and no tab may say."""
        return (self.label, *(word for one in (self.vera, *self.members) for word in one.name.split()))


class House:
    """The running practice with its people's browsers: each person keeps theirs through the story."""

    def __init__(self, browser: "Browser", practice: Practice, cast: Cast, *, script: bool) -> None:
        """Open no browser yet; each is opened when its person comes."""
        self.browser, self.practice, self.cast, self.script = browser, practice, cast, script
        self._open: dict[str, Visitor] = {}
        self.tray = Tray(self.of("stranger"), practice.mail)

    def of(self, key: str) -> Visitor:
        """Return the browser of a person."""
        if key not in self._open:
            words = self.cast.names
            self._open[key] = Visitor(self.browser, self.practice, script=self.script, tab_words=words)
        return self._open[key]

    def demo(self, key: str) -> Visitor:
        """Return the browser of a person of the demo, signed in."""
        known, visitor = key in self._open, self.of(key)
        if not known:
            visitor.sign_in(f"{key}@demo.example", self.practice.password)
        return visitor

    def close(self) -> None:
        """Close all browsers."""
        for visitor in self._open.values():
            visitor.leave()
