"""Buffering of events, and the boundaries that write them: reads, units of work and refusals."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime

from django.db import transaction
from django.utils import timezone

from groupcare.audit.context import Actor, current_actor
from groupcare.audit.events import Event, harmless
from groupcare.audit.flush import TrailError, flush
from groupcare.exceptions import Refused
from groupcare.web.context import current_request_id

__all__ = ["TrailError", "discard", "record", "record_refusal", "recording", "unit_of_work"]

_unit: ContextVar[list[Event] | None] = ContextVar("groupcare_unit", default=None)
_reads: ContextVar[list[Event] | None] = ContextVar("groupcare_reads", default=None)
_checks: list[Callable[[], None]] = []


def record(
    action: str,
    *,
    object_type: str,
    object_id: object,
    purpose: str = "",
    result: str = "done",
    actor: Actor | None = None,
    day_only: bool = False,
) -> None:
    """Buffer one event; the boundary around the caller writes it last (foundation F1).

    Args:
        action: ``<noun>.<verb>``, for example ``process_note.read``.
        object_type: the noun or model of what was touched.
        object_id: its id; never a name or a text.
        purpose: why it was touched, as a key word.
        result: ``done`` or another key word.
        actor: who, when it is not the current actor.
        day_only: keep the day but neither the time nor the request (foundation F5).

    Raises:
        RuntimeError: no recording or unit of work is open, or nobody acts.
        ValueError: a value could carry content.
    """
    buffer = _open_buffer()
    event = _event(action, object_type, str(object_id), purpose, result, actor, day_only=day_only)
    event.check()
    buffer.append(event)


def _open_buffer() -> list[Event]:
    unit = _unit.get()
    if unit is not None:
        return unit
    reads = _reads.get()
    if reads is None:
        raise RuntimeError("Nothing records here. Open audit.recording() or audit.unit_of_work() first.")
    return reads


def _event(
    action: str,
    object_type: str,
    object_id: str,
    purpose: str,
    result: str,
    actor: Actor | None,
    *,
    day_only: bool = False,
) -> Event:
    who = actor or current_actor()
    if who is None:
        raise RuntimeError("Nobody acts here. Open audit.acting(Actor(...)) first, or name the actor.")
    now = timezone.now().astimezone(UTC)
    at = datetime(now.year, now.month, now.day, tzinfo=UTC) if day_only else now
    request = "" if day_only else who.request or current_request_id()
    return Event(at, who.id, who.role, action, object_type, object_id, purpose, result, request)


def first_of_all(check: Callable[[], None]) -> None:
    """Let ``check`` be called first in the transaction of every unit that a service opens; it may write, or raise."""
    if check not in _checks:
        _checks.append(check)


@contextmanager
def unit_of_work(*, checked: bool = True) -> Iterator[None]:
    """Run the block in one transaction whose last statements write its events; also a decorator.

    The outermost unit is durable and flushes; a unit inside it joins, and undoes its own rows and
    events when it fails. Events of reads waiting in ``recording`` ride along, so that a page which
    reads and writes takes the chain once.

    Args:
        checked: whether what was registered by ``first_of_all`` runs; the trail's own units do without.

    Raises:
        TrailError: the trail could not be written; everything is rolled back.
        RuntimeError: a transaction that is no unit of work is already open.
    """
    outer = _unit.get()
    if outer is not None:
        with _joined(outer):
            yield
        return
    reads = _reads.get()
    waiting = 0
    own: list[Event] = []
    token = _unit.set(own)
    try:
        with transaction.atomic(durable=True):
            for check in _checks if checked else ():
                check()
            yield
            waiting = len(reads) if reads else 0
            flush([*(reads or ()), *own])
            # What runs after the commit records for itself: this buffer is written already.
            _unit.set(None)
        if reads:
            del reads[:waiting]
    finally:
        _unit.reset(token)


@contextmanager
def _joined(outer: list[Event]) -> Iterator[None]:
    start = len(outer)
    try:
        with transaction.atomic():
            yield
    except BaseException:
        del outer[start:]
        raise


@contextmanager
def recording() -> Iterator[None]:
    """Open the buffer for reads of one request, task or command; written when the block ends.

    A block that fails has shown nothing, so its events are dropped. Nested recordings join.

    Raises:
        TrailError: the trail could not be written; the caller must show nothing.
    """
    if _reads.get() is not None:
        yield
        return
    buffer: list[Event] = []
    token = _reads.set(buffer)
    try:
        yield
        if buffer:
            with unit_of_work(checked=False):
                pass
    finally:
        _reads.reset(token)


def discard() -> None:
    """Drop the reads waiting in the open recording: their content will not be shown."""
    reads = _reads.get()
    if reads:
        reads.clear()


def record_refusal(exc: Refused) -> None:
    """Write that the current actor was refused, in a unit of its own, after the rollback (foundation F3).

    Without an actor nothing is written: strangers are counted by limits and cannot fill the trail.

    Raises:
        RuntimeError: a unit of work is still open; a record in it would be rolled back.
        TrailError: the trail could not be written.
    """
    if _unit.get() is not None:
        raise RuntimeError("A refusal is recorded after its unit of work has ended, not inside it.")
    if current_actor() is None:
        return
    with unit_of_work(checked=False):
        record(exc.action, object_type=exc.object_type, object_id=harmless(exc.object_id), result="refused")
