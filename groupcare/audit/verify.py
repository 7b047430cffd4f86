"""Reading of the whole chain, to find the first place where it was tampered with (SEC-57)."""

import hmac
from collections.abc import Iterator
from dataclasses import dataclass, field
from operator import itemgetter
from typing import Any

from groupcare.audit import checkpoints, keys
from groupcare.audit.checkpoints import Statement
from groupcare.audit.events import GENESIS, mac_of_fields, moment
from groupcare.audit.models import ChainHead, TrailEvent

# Rows in memory at once. Our choice, because larger chunks measured no faster.
_CHUNK = 2000
_COLUMNS = (
    "sequence",
    "at",
    "actor",
    "role",
    "action",
    "object_type",
    "object_id",
    "purpose",
    "result",
    "request",
    "mac",
    "previous",
)


@dataclass
class Findings:
    """What a reading found: ``break_`` is the first thing that does not fit, as a sentence."""

    events: int = 0
    checkpoints: int = 0
    break_: str | None = None


@dataclass
class _Reading:
    """How far the reading has come, and what it still expects to meet on its way."""

    key: bytes
    # sequence -> (name, mac) of every statement about it, in ascending order of sequence.
    expected: list[tuple[int, str, str]]
    sequence: int = 0
    mac: str = GENESIS
    met: int = field(default=0)

    def meet(self) -> str | None:
        """Return what contradicts a statement about the place reached, or None."""
        while self.met < len(self.expected) and self.expected[self.met][0] <= self.sequence:
            sequence, name, mac = self.expected[self.met]
            if sequence != self.sequence or mac != self.mac:
                return f"event {sequence}: {name} says that another event stood here; the trail was rewritten."
            self.met += 1
        return None

    def take(self, row: tuple[Any, ...]) -> str | None:
        """Go one event further; return what is wrong with it, or None."""
        sequence, at, *words, mac, previous = row
        if sequence != self.sequence + 1:
            return f"event {self.sequence + 1}: missing."
        if previous != self.mac:
            return f"event {sequence}: it does not follow event {self.sequence}."
        if not hmac.compare_digest(mac, mac_of_fields(self.key, sequence, previous, (moment(at), *words))):
            return f"event {sequence}: its content does not fit its MAC."
        self.sequence, self.mac = sequence, mac
        return self.meet()


def verify() -> Findings:
    """Read the chain from its start, compare it with its head and every signed checkpoint.

    Reads in one pass, in the order of the chain, beside running writers; memory stays flat but for
    the checkpoints (24 a day).

    Raises:
        ImproperlyConfigured: a key is missing.
    """
    findings = Findings()
    expected: list[tuple[int, str, str]] = []
    for name, statement in _statements():
        if statement is None or not statement.is_genuine(checkpoints.public_key()):
            findings.break_ = f"{name}: not signed by this installation's key."
            return findings
        expected.append((statement.sequence, name, statement.mac))
    findings.checkpoints = len(expected)
    before = ChainHead.objects.first()
    if before is None:
        findings.break_ = "the head of the trail is missing."
        return findings
    expected.append((before.sequence, "the head", before.mac))
    reading = _Reading(keys.trail_key(), sorted(expected, key=itemgetter(0)))
    findings.break_ = reading.meet() or _read(reading) or _end(reading)
    findings.events = reading.sequence
    return findings


def _statements() -> Iterator[tuple[str, Statement | None]]:
    yield from checkpoints.from_rows()
    yield from checkpoints.from_files()


def _read(reading: _Reading) -> str | None:
    rows = TrailEvent.objects.order_by("sequence").values_list(*_COLUMNS)
    for row in rows.iterator(chunk_size=_CHUNK):
        wrong = reading.take(row)
        if wrong:
            return wrong
    return None


def _end(reading: _Reading) -> str | None:
    """Return what is wrong with the end of the chain, or None.

    The head was read before the events and is read again after them: an honest chain ends between.
    """
    if reading.met < len(reading.expected):
        sequence, name, _ = reading.expected[reading.met]
        return f"event {reading.sequence + 1}: missing; {name} says that the trail reached event {sequence}."
    after = ChainHead.objects.first()
    if after is None or after.sequence < reading.sequence:
        return f"event {reading.sequence}: it stands behind the head of the trail."
    return None
