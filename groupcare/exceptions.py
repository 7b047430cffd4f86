"""Errors that carry their HTTP status, so that pages, the API and commands answer alike."""

from collections.abc import Sequence
from typing import Any


class GroupcareError(Exception):
    """An error that a person may read: a full sentence that says what to do next."""

    http_status = 400

    def __init__(self, message: str = "") -> None:
        """Keep the sentence shown to the person."""
        super().__init__(message)
        self.message = message


class Refused(GroupcareError):
    """The caller may not do this, or it does not exist: both look the same from outside.

    Services raise it inside their transaction; the outermost boundary records it after the
    rollback (foundation F3).
    """

    http_status = 404

    def __init__(self, action: str, object_type: str, object_id: object = "") -> None:
        """Keep what was tried, on what; never why, and never a name."""
        super().__init__("Not found.")
        self.action = action
        self.object_type = object_type
        self.object_id = str(object_id)


class InvalidTransition(GroupcareError):
    """The record is not in a state that allows this step."""

    http_status = 409


class StepUpNeeded(GroupcareError):
    """The act needs a fresh proof of identity first."""

    http_status = 403


class NotCleared(GroupcareError):
    """The gate stays shut: at least one promise is not current.

    ``reasons`` holds objects with ``text`` (what is missing) and ``url`` (where to mend it).
    """

    http_status = 403

    def __init__(self, reasons: Sequence[Any] = ()) -> None:
        """Keep the reasons, in the order in which they should be shown."""
        super().__init__("You cannot come in yet.")
        self.reasons = list(reasons)


class SentTwice(GroupcareError):
    """The same form was sent before and taken in then; nothing was written now."""

    http_status = 409
