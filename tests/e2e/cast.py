"""Who is in the story, and the house with a browser for each of them."""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from tests.e2e.mail import Tray
from tests.e2e.pages import Visitor
from tests.e2e.running import Practice

if TYPE_CHECKING:
    from playwright.sync_api import Browser

# The languages by the names that the lists of languages give them.
LANGUAGE_NAMES = {"en": "English", "es": "Spanish"}
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

    def __init__(
        self, browser: "Browser", practice: Practice, cast: Cast, *, script: bool, language: str = "en"
    ) -> None:
        """Open no browser yet; each is opened when its person comes, and all of them read ``language``."""
        self.browser, self.practice, self.cast = browser, practice, cast
        self.script, self.language = script, language
        self._open: dict[str, Visitor] = {}
        self._turned: list[Visitor] = []
        self.tray = Tray(self.of("stranger"), practice.mail)

    def of(self, key: str, *, width: int = 1280) -> Visitor:
        """Return the browser of a person, on a screen of that width when it is opened now."""
        if key not in self._open:
            words = self.cast.names
            self._open[key] = Visitor(
                self.browser, self.practice, script=self.script, width=width, tab_words=words, language=self.language
            )
        return self._open[key]

    def demo(self, key: str, *, width: int = 1280) -> Visitor:
        """Return the browser of a person of the demo, signed in."""
        known, visitor = key in self._open, self.of(key, width=width)
        if not known:
            visitor.sign_in(f"{key}@demo.example", self.practice.password)
            if self.language != "en":
                visitor.choose_own_language(self.language)
                self._turned.append(visitor)
        return visitor

    def close(self) -> None:
        """Let the people of the demo read English again, as the next story finds them, and close all browsers."""
        for visitor in self._turned:
            visitor.watch.wrong.clear()  # a story that failed has said so
            visitor.choose_own_language("en")
        for visitor in self._open.values():
            visitor.leave()


def demo_house(browser: "Browser", practice: Practice, *, script: bool, language: str) -> House:
    """Return a house with the people of the demo, and nobody else."""
    nobody = Someone("Quentin Xylander", "quentin")
    cast = Cast(vera=nobody, label="Quiet Q", signs=nobody, declines=nobody, waits=nobody, returns=nobody)
    return House(browser, practice, cast, script=script, language=language)
