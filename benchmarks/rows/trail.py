"""Appending to the trail from many processes, and reading it back (PERF-5 as F14 judges it, PERF-7)."""

import hashlib
import json
import resource
import statistics
import time
import uuid
from collections.abc import Callable, Sequence
from datetime import timedelta
from pathlib import Path
from unittest import mock

from django.db import connection, transaction
from django.db.models import Count
from django.utils import timezone

from benchmarks import floor, mass
from benchmarks.measure import Result, Size, Work, at_least, at_most, interleaved, none_of, ratio, together, told
from benchmarks.story import world
from groupcare.access import Role
from groupcare.accounts.models import Person
from groupcare.audit import events, flush
from groupcare.audit.models import ChainHead, TrailEvent
from groupcare.audit.verify import verify
from groups.models import GroupSession
from groups.services import create_group, schedule_session, write_process_note
from tests.factories import make_staff
from tests.world import at_work

# Foundation F14; PERF-7.
RATE_LIMIT, P99_LIMIT, VERIFY_LIMIT, MEMORY_LIMIT = 0.75, 2.0, 0.8, 64
_PLAIN = "bench_plain_event"
_COLUMNS = ("at", "actor", "role", "action", "object_type", "object_id", "purpose", "result", "request")
_ACTION = "process_note.write"


def audit_append(size: Size) -> list[Result]:
    """Measure writers that each write notes of their own group, with the chain and with plain rows instead."""
    _make_plain_table()
    desks = [_desk(number) for number in range(size.writers)]
    before, rounds = _written(), []
    chained: list[Work] = []
    for _ in range(size.rounds):
        plain = together([_writer(*desk, chained=False) for desk in desks], size.seconds)
        chain = together([_writer(*desk, chained=True) for desk in desks], size.seconds)
        chained.append(chain)
        rounds.append((plain, chain))
    # Each process warmed up with one note more, which is in the trail as well.
    expected = sum(len(work.times) for work in chained) + len(desks) * size.rounds
    rate = statistics.median(ratio(chain.rate, plain.rate) for plain, chain in rounds)
    p99 = statistics.median(ratio(chain.percentile(0.99), plain.percentile(0.99)) for plain, chain in rounds)
    forked = TrailEvent.objects.values("previous").annotate(n=Count("sequence")).filter(n__gt=1).count()
    broken = verify().break_
    errors = [error for pair in rounds for work in pair for error in work.errors]
    rates = f" ({statistics.median(w.rate for w in chained):.0f}/s of {size.writers} writers)"
    return [
        at_least("audit-append", "rate with the chain / with plain rows", rate, RATE_LIMIT, rates),
        at_most("audit-append", "p99 with the chain / with plain rows", p99, P99_LIMIT, _p99(rounds)),
        none_of("audit-append", "missed", expected - (_written() - before)),
        none_of("audit-append", "forked", forked),
        none_of("audit-append", "unlinked", int(broken is not None), f" ({broken})" if broken else ""),
        none_of("audit-append", "errors", len(errors), f" ({errors[0]})" if errors else ""),
    ]


def _p99(rounds: list[tuple[Work, Work]]) -> str:
    plain, chain = (statistics.median(pair[n].percentile(0.99) for pair in rounds) * 1000 for n in (0, 1))
    return f" ({chain:.0f} / {plain:.0f} ms)"


def _written() -> int:
    return TrailEvent.objects.filter(action=_ACTION).count()


def _desk(number: int) -> tuple[Person, GroupSession]:
    """Return a facilitator and a session of a group of their own."""
    person = make_staff(f"Writer{uuid.uuid4().hex[:8]} {number}", Role.FACILITATOR)
    with at_work(person):
        group = create_group(
            by=person,
            label="Desk",
            kind="process",
            openness="open",
            format="in_person",
            place="US-NY",
            capacity=8,
            language="en",
            site=world().site,
        )
        start = timezone.now() - timedelta(minutes=10)
        return person, schedule_session(group=group, starts_at=start, ends_at=start + timedelta(minutes=90), by=person)


def _writer(person: Person, session: GroupSession, *, chained: bool) -> Callable[[], Callable[[], bool]]:
    """Return a writer whose step is the service that writes a note, under its own lock, rights and checks."""

    def begin() -> Callable[[], bool]:
        if not chained:
            mock.patch("groupcare.audit.recording.flush", _plain_flush).start()
        last = session.process_notes.order_by("-written_at").values_list("pk", flat=True).first()

        def step() -> bool:
            nonlocal last
            with at_work(person):
                last = write_process_note(session_id=session.pk, body=floor.TEXT, by=person, supersedes=last).pk
            return True

        return step

    return begin


def _make_plain_table() -> None:
    """Make a table like the trail's, without its chain."""
    number = "bigserial" if connection.vendor == "postgresql" else "integer"
    columns = ", ".join(f"{name} varchar(64) NOT NULL" for name in _COLUMNS)
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE TABLE IF NOT EXISTS {_PLAIN} (id {number} PRIMARY KEY, {columns})")
        for name, indexed in (("object", "object_type, object_id"), ("actor", "actor, id")):
            cursor.execute(f"CREATE INDEX IF NOT EXISTS {_PLAIN}_{name} ON {_PLAIN} ({indexed})")


def _plain_flush(found: Sequence[events.Event]) -> None:
    """Write the events where the chain would be written, as rows that know nothing of each other."""
    marks = ", ".join(["%s"] * len(_COLUMNS))
    with connection.cursor() as cursor:
        cursor.executemany(
            f"INSERT INTO {_PLAIN} ({', '.join(_COLUMNS)}) VALUES ({marks})", [event.fields() for event in found]
        )


def audit_verify(size: Size) -> list[Result]:
    """Measure the reading of a long chain against a bare loop that reads, writes JSON and hashes."""
    with mass.filling():
        _fill(size.events)
    count = TrailEvent.objects.count()
    low = _peak(forget=True)
    found = verify()
    grown = _peak() - low
    took = interleaved(max(size.rounds, 1), {"verify": verify, "raw": _raw_loop}, time.process_time)
    head = ChainHead.objects.get().sequence
    return [
        at_least(
            *(
                "audit-verify",
                "rate / read, JSON and SHA-256 of each row, in time of the CPU",
                took["raw"] / took["verify"],
                VERIFY_LIMIT,
            ),
            f" ({count / took['verify'] / 1000:.0f}k events/s)",
        ),
        at_most("audit-verify", "growth of memory, MB", grown, MEMORY_LIMIT),
        none_of("audit-verify", "breaks in an honest chain", int(found.break_ is not None or count != head)),
        told("audit-verify", "events", f"{count:,}"),
    ]


def _fill(count: int) -> None:
    event = events.Event(timezone.now(), str(uuid.uuid4()), "", "note.read", "note", str(uuid.uuid4()), "", "done", "")
    for start in range(0, count, flush.BATCH):
        with transaction.atomic():
            flush.flush([event] * min(flush.BATCH, count - start))


def _raw_loop() -> str:
    seal = ""
    with connection.chunked_cursor() as cursor:
        cursor.execute(f"SELECT sequence, {', '.join(_COLUMNS)}, mac, previous FROM audit_trailevent ORDER BY sequence")
        while rows := cursor.fetchmany(2000):
            for row in rows:
                seal = hashlib.sha256(json.dumps([*row, seal], default=str).encode()).hexdigest()
    return seal


def _peak(*, forget: bool = False) -> float:
    """Return the most memory this process has had, in MB; on Linux since it was last told to forget."""
    status, refs = Path("/proc/self/status"), Path("/proc/self/clear_refs")
    if not status.exists():
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1024 * 1024)
    if forget:
        refs.write_text("5", encoding="ascii")  # resets the mark. Source: proc(5).
    line = next(line for line in status.read_text(encoding="ascii").splitlines() if line.startswith("VmHWM"))
    return int(line.split()[1]) / 1024
