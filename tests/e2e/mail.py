"""The tray of the demo: what would have been sent, read on its page and, for the headers, as the files it shows."""

import re
from dataclasses import dataclass
from email import policy
from email.message import EmailMessage
from email.parser import BytesParser
from email.utils import getaddresses
from pathlib import Path

from tests.e2e.pages import Visitor, wait_for
from tests.e2e.words import LANGUAGES, Words

# Words that would tell a stranger what kind of place wrote, and about what.
TELLING = re.compile(
    r"group|therap|treat|counsel|clinic|mental|health|patient|member|diagnos|confiden|agreement|consent|facilitat|"
    r"concern|grief|linden street|"
    r"grupo|trata|consejer|clínic|salud|paciente|miembro|diagn|acuerdo|duelo",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Letter:
    """One message that was sent."""

    to: str
    subject: str
    body: str

    @property
    def link(self) -> str:
        """The one address that the message asks to open."""
        found = re.findall(r"https?://\S+", self.body)
        assert len(found) == 1, self.body
        return found[0]


class Tray:
    """The tray, on its page and on the disk."""

    def __init__(self, reader: Visitor, folder: Path) -> None:
        """Read on the page with ``reader``, and the same files in ``folder``."""
        self.reader, self.folder = reader, folder

    def letters_to(self, address: str) -> list[Letter]:
        """Return what lies there for ``address``, oldest first, each checked to have that one recipient only."""
        return [letter for path in sorted(self.folder.glob("[0-9]*.eml")) if (letter := _letter(path)).to == address]

    def wait_for_letter(self, address: str, subject: str, *, count: int = 1) -> Letter:
        """Wait for ``count`` messages of that subject to ``address``, in its reader's language; read the last of them."""
        wait_for(lambda: len(self.letters_about(subject, address)) >= count, f"{subject!r} to {address}")
        letter = self.letters_about(subject, address)[-1]
        self._read_on_its_page(letter)
        return letter

    def letters_about(self, subject: str, address: str) -> list[Letter]:
        """Return what lies there for ``address`` with that subject, in whichever language, oldest first."""
        said = {Words(language).there(subject) for language in LANGUAGES}
        return [letter for letter in self.letters_to(address) if letter.subject in said]

    def _read_on_its_page(self, letter: Letter) -> None:
        self.reader.visit("/demo/mail/")
        to = re.compile(rf"(^|\s){re.escape(letter.to)},")
        rows = self.reader.page.locator("li").filter(has_text=to).filter(has_text=letter.subject)
        while not rows.count():
            self.reader.follow("Next")
        rows.first.get_by_role("link").click()
        self.reader.watch.look(self.reader.page)
        text = self.reader.text
        assert letter.subject in text
        assert letter.link in text
        assert re.findall(r"[\w.+-]+@[\w.-]+\w", self.reader.text) == [letter.to]


def _letter(path: Path) -> Letter:
    """Return the message in a file.

    Raises:
        AssertionError: it has more or fewer than one recipient, or names an address besides it.
    """
    mail = BytesParser(policy=policy.default).parsebytes(path.read_bytes())
    assert isinstance(mail, EmailMessage)
    recipients = [
        address for name in ("To", "Cc", "Bcc") for _, address in getaddresses(map(str, mail.get_all(name, [])))
    ]
    assert len(recipients) == 1, (path.name, recipients)
    part = mail.get_body(("plain",))
    assert part is not None
    body = str(part.get_content())
    assert "@" not in body, path.name
    return Letter(recipients[0], str(mail["Subject"]), body)


def says_nothing(letter: Letter, *names: str) -> None:
    """Check that a stranger who reads the message learns neither names nor the kind of place."""
    words = f"{letter.subject}\n{letter.body}"
    assert not (found := TELLING.search(words)), (found, words)
    assert not [name for name in names if name in words], words
