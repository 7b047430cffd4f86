"""The sweep that queues reminders: its rate, and that each is queued once whatever happens (PERF-10)."""

import multiprocessing
import time
import uuid
from datetime import timedelta

from django.db import connection, connections, transaction
from django.utils import timezone

from benchmarks.measure import Result, Size, at_least, at_most, none_of, told
from benchmarks.story import add_all_sessions, add_groups, add_people, join, world
from groupcare.outbox.models import Message
from groups.models import GroupSession
from groups.tasks import send_reminders

RATE_LIMIT = {"postgresql": 0.4, "sqlite": 0.3}
AGAIN_LIMIT = 1.2
_PLACES = 100
_PATIENCE = 60


def sweep(size: Size) -> list[Result]:
    """Measure one run, the run after it, and the database's own INSERT; then kill one run and start two at once."""
    world()
    send_reminders()
    due = _add_due(size.due)
    limit = _timed_insert(due)
    first = _timed(send_reminders)
    made = _queued(due)
    again = _timed(send_reminders)
    remade = _queued(due) - made
    later = _add_due(size.due)
    killed = _kill_one(later, size.due)
    _two_at_once()
    send_reminders()
    rate = limit / first
    words = f" ({size.due / first:.0f} / {size.due / limit:.0f} rows per s)"
    return [
        at_least("sweep", "rate / INSERT .. SELECT", rate, RATE_LIMIT[connection.vendor], words),
        at_most("sweep", "run with nothing new / first run", again / first, AGAIN_LIMIT),
        none_of("sweep", "missed or doubled by one run", abs(made - size.due)),
        none_of("sweep", "new when run again", remade),
        none_of("sweep", "missed or doubled after a kill and two at once", abs(_queued(later) - size.due)),
        told("sweep", "due, twice; queued when killed", f"{size.due:,}; {killed:,}"),
    ]


def _add_due(count: int) -> list[uuid.UUID]:
    """Add sessions that start within a day, with ``count`` places in all; returns the sessions."""
    each = min(_PLACES, count)
    groups = add_groups(count // each)
    people = add_people(count, users=True)
    join([(group, person) for n, group in enumerate(groups) for person in people[n * each : (n + 1) * each]])
    soon = timezone.now() + timedelta(hours=6)
    return add_all_sessions([(group, 1, soon) for group in groups])


def _queued(sessions: list[uuid.UUID]) -> int:
    return Message.objects.filter(link_kind="session", link_object__in=sessions).count()


def _timed(run: object) -> float:
    began = time.perf_counter()
    run()  # type: ignore[operator]
    return time.perf_counter() - began


def _timed_insert(sessions: list[uuid.UUID]) -> float:
    """Return the seconds in which the database itself makes the same rows; they are rolled back."""
    postgres = connection.vendor == "postgresql"
    new_id = "gen_random_uuid()" if postgres else "lower(hex(randomblob(16)))"
    key = "'limit:' || s.id || ':' || m.person_id"
    quoted = ", ".join(f'"{name}"' for name in _COLUMNS)
    marks = ", ".join(["%s"] * len(sessions))
    sql = (
        f"INSERT INTO outbox_message ({quoted}) SELECT {new_id}, m.person_id, 'session_reminder', 'reminder', {key}, "
        "'session', s.id, 0, false, s.starts_at, s.starts_at, s.starts_at, 'queued', '', '', 0, s.starts_at "
        "FROM groups_groupsession s JOIN groups_membership m ON m.group_id = s.group_id "
        f"WHERE s.id IN ({marks}) AND m.state IN ('invited', 'preparing', 'active') ON CONFLICT DO NOTHING"
    )
    found = GroupSession.objects.filter(pk__in=sessions)
    parameters = [session.pk if postgres else session.pk.hex for session in found]
    taken = []
    for _ in range(3):
        with transaction.atomic(), connection.cursor() as cursor:
            began = time.perf_counter()
            cursor.execute(sql, parameters)
            taken.append(time.perf_counter() - began)
            transaction.set_rollback(True)
    return sorted(taken)[1]


_COLUMNS = (
    *("id", "recipient_id", "kind", "klass", "idempotence_key", "link_kind", "link_object", "link_issue"),
    *("holds_secret", "when", "due_at", "expires_at", "state", "reason", "answer", "attempts", "created_at"),
)


def _kill_one(sessions: list[uuid.UUID], count: int) -> int:
    """Start a run in a process of its own, kill it when some rows are there; returns how many were."""
    process = _start()
    deadline = time.monotonic() + _PATIENCE
    while process.is_alive() and time.monotonic() < deadline and _queued(sessions) < count // 3:
        time.sleep(0.01)
    process.kill()
    process.join()
    return _queued(sessions)


def _two_at_once() -> None:
    processes = [_start(), _start()]
    for process in processes:
        process.join(_PATIENCE)
        process.kill()


def _start() -> multiprocessing.process.BaseProcess:
    connections.close_all()
    process = multiprocessing.get_context("fork").Process(target=send_reminders, daemon=True)
    process.start()
    return process
