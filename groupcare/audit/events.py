"""What one trail event holds, and the bytes that its MAC covers."""

import hashlib
import hmac
import re
from dataclasses import dataclass
from datetime import UTC, datetime

#: The MAC that stands before the first event.
GENESIS = "0" * 64

# RFC 6962, section 2.1: a leaf is hashed with prefix 0x00, so that it never passes for a node.
_LEAF = b"\x00"
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
        at = self.at.astimezone(UTC).isoformat(timespec="microseconds")
        return (
            at,
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


def canonical(*parts: str) -> bytes:
    """Return the parts as bytes, each with its length in front, so that no two lists look alike."""
    encoded = [part.encode() for part in parts]
    return b"".join(len(part).to_bytes(4, "big") + part for part in encoded)


def chained_mac(key: bytes, sequence: int, previous: str, event: Event) -> str:
    """Return the hex HMAC-SHA256 of an event at its place behind ``previous``."""
    message = _LEAF + canonical(str(sequence), previous, *event.fields())
    return hmac.new(key, message, hashlib.sha256).hexdigest()
