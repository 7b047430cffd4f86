"""Handing mails over, and telling "surely not sent" from "nobody knows"."""

import smtplib
import ssl
from types import TracebackType
from typing import Self

from django.core.mail import EmailMessage, get_connection
from django.core.mail.backends.base import BaseEmailBackend


class NotSent(Exception):
    """The mail was surely not taken.

    ``reason`` is an id, ``final`` means never will be, ``answer`` is the server's number or 0.
    """

    def __init__(self, reason: str, *, final: bool = False, answer: int = 0) -> None:
        """Keep why, whether it is for good, and what the server answered."""
        super().__init__(reason)
        self.reason = reason
        self.final = final
        self.answer = answer


class Unclear(Exception):
    """The connection broke while the mail was on its way: it may have been taken."""


def _why_down(exc: Exception) -> NotSent:
    """Return why there is no connection, in a word that a page can explain."""
    if isinstance(exc, ssl.SSLCertVerificationError):
        return NotSent("certificate")
    if isinstance(exc, (ssl.SSLError, smtplib.SMTPNotSupportedError)):
        return NotSent("no_tls")
    if isinstance(exc, smtplib.SMTPAuthenticationError):
        return NotSent("sign_in_refused", answer=exc.smtp_code)
    if isinstance(exc, smtplib.SMTPResponseException):
        return NotSent("server_busy", answer=exc.smtp_code)
    return NotSent("server_unreachable")


class Transport:
    """One connection of the configured mail backend for a batch, opened when first needed."""

    def __init__(self) -> None:
        """Connect later: a batch whose messages cannot be made needs no connection."""
        self.connection: BaseEmailBackend = get_connection()
        # A server that is down is asked once a batch: each try may take the whole time-out.
        self.down: NotSent | None = None

    def __enter__(self) -> Self:
        """Return itself."""
        return self

    def __exit__(self, *_: type[BaseException] | BaseException | TracebackType | None) -> None:
        """Close the connection."""
        self.close()

    def close(self) -> None:
        """Close the connection; an answer that fails now changes nothing."""
        try:
            self.connection.close()
        except (OSError, smtplib.SMTPException):
            self.connection = get_connection()

    def open(self) -> None:
        """Connect and sign in, or keep the open connection.

        Raises:
            NotSent: the server cannot be reached or does not let us in.
        """
        if self.down is not None:
            raise self.down
        try:
            self.connection.open()
        except (OSError, smtplib.SMTPException) as exc:
            self.down = _why_down(exc)
            self.close()
            raise self.down from None

    def send(self, mail: EmailMessage) -> None:
        """Hand over one mail with one recipient.

        Raises:
            NotSent: the server refused it.
            Unclear: the connection broke in between.
            ValueError: it has not exactly one recipient.
        """
        if len(mail.recipients()) != 1 or len(mail.to) != 1:
            raise ValueError("A message has exactly one recipient.")
        try:
            taken = self.connection.send_messages([mail])
        except smtplib.SMTPRecipientsRefused as exc:
            self.close()
            # Source: RFC 5321 section 4.2.1: a code from 500 on is a permanent refusal.
            final = all(code >= 500 for code, _ in exc.recipients.values())
            answer = max((code for code, _ in exc.recipients.values()), default=0)
            raise NotSent("address_refused", final=final, answer=answer) from None
        except smtplib.SMTPResponseException as exc:
            self.close()
            raise NotSent("server_refused", answer=exc.smtp_code) from None
        except (NotSent, Unclear):
            raise
        except (OSError, smtplib.SMTPException):
            self.close()
            raise Unclear from None
        if taken != 1:
            raise NotSent("server_unreachable")
