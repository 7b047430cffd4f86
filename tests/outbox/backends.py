"""Mail servers that fail, each in one way. They stand in for the outside world, not for our modules."""

import smtplib

from django.core.mail.backends.base import BaseEmailBackend


class Unreachable(BaseEmailBackend):
    """Nobody listens."""

    opened = 0

    def open(self):
        type(self).opened += 1
        raise ConnectionRefusedError

    def send_messages(self, email_messages):
        raise AssertionError("A mail was sent without a connection.")


class _Raising(BaseEmailBackend):
    problem: Exception

    def send_messages(self, email_messages):
        raise self.problem


class Busy(_Raising):
    """Says: not now."""

    problem = smtplib.SMTPDataError(451, b"try again later")


class NoSuchPerson(_Raising):
    """Says: nobody here by that name."""

    problem = smtplib.SMTPRecipientsRefused({"ben@example.org": (550, b"no such person")})


class Greylisting(_Raising):
    """Says: that recipient later."""

    problem = smtplib.SMTPRecipientsRefused({"ben@example.org": (450, b"greylisted")})


class LineBreaks(_Raising):
    """Hangs up while the mail is on its way."""

    problem = smtplib.SMTPServerDisconnected("connection lost")


class TakesNone(BaseEmailBackend):
    """Takes nothing and says nothing."""

    def send_messages(self, email_messages):
        return 0
