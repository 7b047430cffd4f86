"""Measuring side by side: interleaved in one process, or many processes that start together."""

import math
import multiprocessing
import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from multiprocessing.synchronize import Barrier
from typing import Any

from django.db import connections

# Our choice, because a writer that has not answered long after its time hangs.
_PATIENCE = 40


@dataclass(frozen=True)
class Size:
    """How much is done. ``smallest`` shows only that a row works."""

    reps: int
    rounds: int
    seconds: float
    writers: int
    notes: int
    groups: int
    events: int
    due: int
    documents: int
    lengths: tuple[int, ...]
    urls: int | None = None
    acts: int = 500_000
    renewals: int = 500


FULL = Size(40, 3, 2.5, 8, 24, 5_000, 30_000, 2_000, 400, (5, 25, 100))
SMALLEST = Size(1, 1, 0.15, 2, 2, 20, 300, 10, 6, (2, 3), urls=4, acts=2_000, renewals=6)


@dataclass(frozen=True)
class Result:
    """One line of the table. ``met`` is None for a line that only explains; ``wrong`` makes the run fail."""

    row: str
    what: str
    measured: str
    target: str = ""
    met: bool | None = None
    wrong: bool = False


def _short(measured: float) -> str:
    """Return a ratio with as many digits as say something."""
    return f"{measured:.2f}" if measured >= 0.1 or not measured else f"{measured:.2g}"


def at_most(row: str, what: str, measured: float, limit: float, note: str = "") -> Result:
    """Return a line whose ratio must not be above ``limit``."""
    return Result(row, what, f"{_short(measured)}{note}", f"<= {limit:g}", measured <= limit)


def at_least(row: str, what: str, measured: float, limit: float, note: str = "") -> Result:
    """Return a line whose ratio must not be below ``limit``."""
    return Result(row, what, f"{_short(measured)}{note}", f">= {limit:g}", measured >= limit)


def none_of(row: str, what: str, count: int, note: str = "") -> Result:
    """Return a line for something that must never happen."""
    return Result(row, what, f"{count}{note}", "0", count == 0, wrong=count != 0)


def told(row: str, what: str, measured: str) -> Result:
    """Return a line that explains another."""
    return Result(row, what, measured)


def interleaved(
    reps: int, ways: dict[str, Callable[[], Any]], clock: Callable[[], float] = time.perf_counter
) -> dict[str, float]:
    """Return the median seconds of each way, run in turns; the first turn warms up and does not count.

    Args:
        reps: how many turns count.
        ways: what takes turns, by name.
        clock: ``time.process_time`` for pure computing, so that a busy machine does not show.
    """
    taken: dict[str, list[float]] = {name: [] for name in ways}
    for rep in range(reps + 1):
        for name, way in ways.items():
            began = clock()
            way()
            if rep:
                taken[name].append(clock() - began)
    return {name: statistics.median(times) for name, times in taken.items()}


def ratio(one: float, other: float) -> float:
    """Return one by the other; nothing by nothing is nothing."""
    return one / other if other else 0.0


@dataclass
class Work:
    """What processes did together: how often, in how many seconds, how long each time, what went wrong."""

    seconds: float = 0.0
    times: list[float] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)

    @property
    def rate(self) -> float:
        """Return how many a second."""
        return len(self.times) / self.seconds if self.seconds else 0.0

    def percentile(self, share: float) -> float:
        """Return the time below which ``share`` of all times lie."""
        ordered = sorted(self.times)
        return ordered[min(len(ordered) - 1, math.ceil(share * len(ordered)) - 1)] if ordered else 0.0


def together(writers: Sequence[Callable[[], Callable[[], bool]]], seconds: float) -> Work:
    """Run each writer in a process of its own for ``seconds``, all from the same moment.

    A writer returns one step; the step returns False when nothing is left to do. The first step of
    each writer warms up: it is done before the start and not counted.
    """
    connections.close_all()
    context = multiprocessing.get_context("fork")
    barrier = context.Barrier(len(writers))
    pipes: list[Connection] = []
    processes = []
    for writer in writers:
        here, there = context.Pipe(duplex=False)
        process = context.Process(target=_run, args=(writer, seconds, barrier, there), daemon=True)
        process.start()
        there.close()
        pipes.append(here)
        processes.append(process)
    done = Work()
    for process, pipe in zip(processes, pipes, strict=True):
        _collect(done, pipe, seconds)
        process.join(2)
        if process.is_alive():
            process.kill()
    return done


def _collect(done: Work, pipe: Connection, seconds: float) -> None:
    try:
        if not pipe.poll(seconds + _PATIENCE):
            raise EOFError
        part: Work = pipe.recv()
    except EOFError:
        done.errors.append("a process gave no answer")
        return
    done.seconds = max(done.seconds, part.seconds)
    done.times += part.times
    done.errors += part.errors


def _run(writer: Callable[[], Callable[[], bool]], seconds: float, barrier: Barrier, pipe: Connection) -> None:
    part = Work()
    try:
        step = writer()
        step()
        barrier.wait(_PATIENCE)
        began = time.perf_counter()
        while (now := time.perf_counter()) < began + seconds and step():
            part.times.append(time.perf_counter() - now)
        part.seconds = time.perf_counter() - began
    except Exception as error:  # noqa: BLE001 - whatever went wrong in the process is counted and shown
        barrier.abort()
        part.errors.append(f"{type(error).__name__}: {error}"[:200])
    finally:
        connections.close_all()
        pipe.send(part)
        pipe.close()
