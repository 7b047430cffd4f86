"""What one trail event holds, and the bytes that its MAC covers."""

import hmac
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime

#: The MAC that stands before the first event.
GENESIS = "0" * 64

# RFC 6962, section 2.1: a leaf is hashed with prefix 0x00, so that it never passes for a node.
_LEAF = b"\x00"
# The lengths of usual parts, made once: a column holds at most 64 letters, and a trail millions of columns.
_READY = 129
_LENGTHS = tuple(size.to_bytes(4, "big") for size in range(_READY))
_ACTION = re.compile(r"[a-z0-9_]+(\.[a-z0-9_]+)+")
_TYPE = re.compile(r"[A-Za-z0-9_.]{1,64}")
_WORD = re.compile(r"[A-Za-z0-9_.:-]{0,64}")


@dataclass(frozen=True)
class Event:
    """One thing that happened, before it has its place in the chain: ids only, no content, no names."""

    at: datetime
    actor: str
    role: str
    action: str
    object_type: str
    object_id: str
    purpose: str
    result: str
    request: str

    def fields(self) -> tuple[str, ...]:
        """Return the columns in their frozen order, as text; ``at`` in UTC with microseconds."""
        return (
            moment(self.at),
            self.actor,
            self.role,
            self.action,
            self.object_type,
            self.object_id,
            self.purpose,
            self.result,
            self.request,
        )

    def check(self) -> None:
        """Refuse what could carry content.

        Raises:
            ValueError: a column does not look like an id or a key word.
        """
        if not _ACTION.fullmatch(self.action) or len(self.action) > 64:
            raise ValueError(f"An action is written <noun>.<verb>; {self.action!r} is not.")
        if not _TYPE.fullmatch(self.object_type):
            raise ValueError("object_type must be a model or noun of at most 64 letters.")
        for name in ("actor", "role", "object_id", "purpose", "result", "request"):
            if not _WORD.fullmatch(getattr(self, name)):
                raise ValueError(f"{name} may hold an id or a key word only, at most 64 characters.")


def harmless(value: str) -> str:
    """Return ``value`` when it looks like an id, else "unreadable": for ids a stranger may have made up."""
    return value if _WORD.fullmatch(value) else "unreadable"


def moment(at: datetime) -> str:
    """Return an aware time as the chain keeps it: in UTC, with microseconds."""
    return at.astimezone(UTC).isoformat(timespec="microseconds")


def canonical(*parts: str) -> bytes:
    """Return the parts as bytes, each with its length in front, so that no two lists look alike."""
    pieces = []
    for part in parts:
        encoded = part.encode()
        size = len(encoded)
        pieces.append(_LENGTHS[size] if size < _READY else size.to_bytes(4, "big"))
        pieces.append(encoded)
    return b"".join(pieces)


def chained_mac(key: bytes, sequence: int, previous: str, event: Event) -> str:
    """Return the hex HMAC-SHA256 of an event at its place behind ``previous``."""
    return mac_of_fields(key, sequence, previous, event.fields())


def mac_of_fields(key: bytes, sequence: int, previous: str, fields: Iterable[str]) -> str:
    """Return the same from the columns in their frozen order: for a reading of many events."""
    message = _LEAF + canonical(str(sequence), previous, *fields)
    return hmac.digest(key, message, "sha256").hex()
