"""Reading a mail server's report that a mail did not arrive (RFC 3464): a status number and a Message-ID, no more."""

import re
from email import policy
from email.message import EmailMessage, Message
from email.parser import BytesParser
from typing import cast

# Class 5 is for good, and class 4 is tried again by the server itself. Source: RFC 3463 section 2.
_STATUS = re.compile(r"5\.\d{1,3}\.\d{1,3}")


def read_report(content: bytes) -> tuple[str, str]:
    """Return the status of a refusal for good and the Message-ID of the mail; empty texts where there is none."""
    report = _parsed(content)
    return _permanent_status(report), _reported_id(report)


def _parsed(content: bytes) -> EmailMessage:
    return BytesParser(EmailMessage, policy=policy.default).parsebytes(content)


def _permanent_status(report: EmailMessage) -> str:
    """Return the status of the first recipient that failed (RFC 3464 section 2.3), or an empty text."""
    for part in report.walk():
        if part.get_content_type() != "message/delivery-status" or not part.is_multipart():
            continue
        for block in cast(list[Message], part.get_payload()):
            found = _STATUS.match(str(block.get("Status", "")).strip())
            if found and str(block.get("Action", "")).strip().lower() == "failed":
                return found.group(0)
    return ""


def _reported_id(report: EmailMessage) -> str:
    """Return the Message-ID of the mail or of its headers that came back (RFC 6522), or an empty text."""
    for part in report.walk():
        kind = part.get_content_type()
        if kind == "message/rfc822" and part.is_multipart():
            return str(cast(list[Message], part.get_payload())[0].get("Message-ID", "")).strip()
        if kind == "text/rfc822-headers":
            return str(_parsed(part.get_payload(decode=True) or b"").get("Message-ID", "")).strip()  # type: ignore[arg-type]
    return ""
