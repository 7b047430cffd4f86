"""The local mail tray of the embedded default: every mail becomes a file instead of leaving."""

import os
import re
import secrets
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from email import policy
from email.message import EmailMessage as ParsedMail
from email.parser import BytesParser
from pathlib import Path

from django.conf import settings
from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend

from groupcare.outbox.transport import NotSent

# <time in ns>-<stem of the Message-ID>-<random>.eml: sorted by time, and a mail that was sent twice
# lies there twice under the same stem.
_NAME = re.compile(r"(?P<at>\d{20})-(?P<stem>[0-9a-z]{1,64})-(?P<mark>[0-9a-f]{6})\.eml")


class TrayBackend(BaseEmailBackend):
    """A mail backend that writes one file per sending into ``settings.MAIL_TRAY_DIR``."""

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        """Return how many mails were written; each appears whole or not at all.

        Raises:
            NotSent: the folder cannot be written to.
        """
        folder = Path(settings.MAIL_TRAY_DIR)
        try:
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            for mail in email_messages:
                _write(folder, mail)
        except OSError:
            raise NotSent("tray_full") from None
        return len(email_messages)


def _write(folder: Path, mail: EmailMessage) -> None:
    """Write one mail under a hidden name, then give it its name in one step."""
    content = mail.message()
    stem = re.sub(r"[^0-9a-z]", "", str(content["Message-ID"]).partition("@")[0].lower())[:64] or "0"
    name = f"{time.time_ns():020d}-{stem}-{secrets.token_hex(3)}.eml"
    hidden = folder / f".{name}"
    with os.fdopen(os.open(hidden, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(content.as_bytes())
        file.flush()
        os.fsync(file.fileno())
    hidden.rename(folder / name)


@dataclass(frozen=True, slots=True)
class TrayMail:
    """One mail in the tray; ``times`` counts the sendings under the same Message-ID."""

    name: str
    stem: str
    message_id: str
    to: str
    subject: str
    date: str
    body: str
    times: int


def names() -> list[str]:
    """Return the names of all mails without their ending, newest first."""
    folder = Path(settings.MAIL_TRAY_DIR)
    if not folder.is_dir():
        return []
    return sorted((path.stem for path in folder.iterdir() if _NAME.fullmatch(path.name)), reverse=True)


def read(name: str) -> TrayMail | None:
    """Return the mail of that name, or None when there is none. The name never leaves the folder."""
    found = _NAME.fullmatch(f"{name}.eml")
    path = Path(settings.MAIL_TRAY_DIR) / f"{name}.eml"
    if found is None or not path.is_file():
        return None
    mail = BytesParser(ParsedMail, policy=policy.default).parsebytes(path.read_bytes())
    body = mail.get_body(preferencelist=("plain",))
    return TrayMail(
        name=name,
        stem=found["stem"],
        message_id=str(mail["Message-ID"]),
        to=str(mail["To"]),
        subject=str(mail["Subject"]),
        date=str(mail["Date"]),
        body=body.get_content() if body else "",
        times=_stems()[found["stem"]],
    )


def _stems() -> Counter[str]:
    """Return how often each Message-ID lies in the tray."""
    return Counter(name.split("-")[1] for name in names())
