"""Workers killed with -9 at every enumerated point: nothing is lost, doubles stay within F10 (F15).

Each worker is a forked process that delivers until nothing is due or it is killed; the database, the
tray and the mail server are real. GROUPCARE_KILLS sets the kills per transport: 160 in the suite (20 a point), 1,000 in
`make deep`. One more test kills a real Celery worker.
"""

import contextlib
import email
import os
import signal
import smtplib
import socket
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import connection, connections
from django.utils import timezone

from groupcare.outbox.compose import message_id
from groupcare.outbox.models import Message, State
from groupcare.outbox.points import POINTS, VARIABLE
from groupcare.outbox.services import Link, deliver_due, queue, set_address
from groupcare.outbox.tasks import deliver_due as deliver_due_task
from groupcare.practice.models import Installation
from tests.factories import make_person

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.timeout(1800)]
KILLS = int(os.environ.get("GROUPCARE_KILLS", "160"))
REMINDERS = max(200, 4 * KILLS)
SAFETY = REMINDERS // 4
ROOT = Path(__file__).resolve().parents[2]
# Points passed once per batch; the others are passed once per message.
PER_BATCH = {"before-claim", "after-claim", "after-claim-commit"}


def fill(reminders: int, safety: int) -> list[Message]:
    """Queue that many due messages, mixed, to ten people."""
    people = [make_person(f"Person {number}") for number in range(10)]
    for number, person in enumerate(people):
        set_address(person=person, value=f"p{number}@example.org", by=person)
    rows = []
    for number in range(reminders):
        about = people[number % 10]
        rows.append(
            queue(
                recipient=about,
                kind="session_reminder",
                key=f"reminder:{number}",
                when=timezone.now() + timedelta(hours=20),
                link=Link("test", about.pk),
            )
        )
        if number < safety:
            rows.append(queue(recipient=about, kind="account_changed", key=f"safety:{number}"))
    return rows


def worker(kill_at: str = "") -> bool:
    """Deliver in a forked process until nothing is left; return whether it was killed."""
    connections.close_all()
    pid = os.fork()
    if pid == 0:
        os.environ[VARIABLE] = kill_at
        code = 1
        with contextlib.suppress(BaseException):
            while deliver_due(limit=20, abandoned_after=timedelta(0)):
                pass
            code = 0
        os._exit(code)
    _, status = os.waitpid(pid, 0)
    if os.WIFSIGNALED(status):
        assert os.WTERMSIG(status) == signal.SIGKILL
        return True
    assert os.WEXITSTATUS(status) == 0
    return False


def taken(folder: Path) -> Counter[str]:
    """Return how often each Message-ID was taken by the tray or the mail server."""
    return Counter(email.message_from_bytes(path.read_bytes())["Message-ID"] for path in folder.glob("[0-9]*.eml"))


@pytest.fixture
def sink(settings, tmp_path):
    """The separate mail server process; returns the folder of what it took."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    folder = tmp_path / "taken"
    folder.mkdir()
    server = subprocess.Popen([sys.executable, str(Path(__file__).with_name("smtp_sink.py")), str(port), str(folder)])
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_USE_TLS = "127.0.0.1", port, False
    settings.EMAIL_TIMEOUT = 10
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        with contextlib.suppress(OSError):
            smtplib.SMTP("127.0.0.1", port, timeout=5).quit()
            break
        time.sleep(0.1)
    yield folder
    server.terminate()
    server.wait()


@pytest.fixture
def outside(request):
    """Where mails go: the tray, or the mail server process."""
    return request.getfixturevalue({"tray": "tray_dir", "smtp": "sink"}[request.param])


@pytest.mark.parametrize("outside", ["tray", "smtp"], indirect=True)
def test_killed_workers_lose_nothing_and_send_within_the_promise(outside, settings, links, capsys):
    settings.DEMO = True
    rows = fill(REMINDERS, SAFETY)
    hits: Counter[str] = Counter()
    for turn in range(KILLS):
        point = POINTS[turn % len(POINTS)]
        count = 1 if point in PER_BATCH else 1 + turn // len(POINTS) % 5
        hits[point] += worker(f"{point}:{count}")
    worker()
    found, kills = taken(outside), hits.total()
    with capsys.disabled():
        print(f"\nkills at {outside.name}: " + ", ".join(f"{point} {hits[point]}" for point in POINTS))  # noqa: T201 - the run prints its hits (F15)

    assert kills == KILLS
    assert set(hits) == set(POINTS)
    states = {row.pk: row for row in Message.objects.all()}
    assert set(found) <= {message_id(row) for row in rows}
    doubles = sum(found.values()) - len(found)
    in_doubt = [row for row in states.values() if row.state == State.MAY_HAVE_BEEN_SENT]
    assert doubles <= kills
    assert len(in_doubt) <= kills
    for row in states.values():
        times = found[message_id(row)]
        if row.klass == "safety":
            assert row.state == State.SENT
            assert times >= 1
        else:
            assert row.state in {State.SENT, State.MAY_HAVE_BEEN_SENT}
            assert times == 1 or (times == 0 and row.state == State.MAY_HAVE_BEEN_SENT)


def celery_worker(tray: Path) -> "subprocess.Popen[bytes]":
    """Start a real worker on this test's database and broker."""
    environment = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "tests.outbox.worker_settings",
        "TEST_DATABASE": str(connection.settings_dict["NAME"]),
        "TEST_TRAY": str(tray),
        "CELERY_SKIP_CHECKS": "1",
    }
    command = [sys.executable, "-m", "celery", "-q", "-A", "groupcare.celery", "worker", "--pool", "solo"]
    command += ["-Q", "default", "--without-gossip", "--without-mingle", "--without-heartbeat", "-l", "ERROR"]
    return subprocess.Popen(command, cwd=ROOT, env=environment)


def wait_until(done: Callable[[], bool], seconds: float = 90) -> None:
    """Return when it is so."""
    deadline = time.monotonic() + seconds
    while not done():
        assert time.monotonic() < deadline, "waited too long"
        time.sleep(0.01)


def test_a_killed_celery_worker_loses_nothing(tray_dir):
    Installation.objects.create(is_demo=False)
    ben = make_person("Ben")
    set_address(person=ben, value="ben@example.org", by=ben)
    rows = [queue(recipient=ben, kind="account_changed", key=f"celery:{number}") for number in range(90)]
    connections.close_all()
    first = celery_worker(tray_dir)
    try:
        deliver_due_task.delay()
        # Killed from outside, wherever it is just then.
        wait_until(lambda: tray_dir.is_dir() and taken(tray_dir).total() >= 10)
    finally:
        first.kill()
        first.wait()
    assert taken(tray_dir).total() < 90
    # A minute passes; beat fires again and a restarted worker takes over.
    Message.objects.filter(state=State.CLAIMED).update(claimed_at=timezone.now() - timedelta(seconds=61))
    connections.close_all()
    second = celery_worker(tray_dir)
    try:
        deliver_due_task.delay()
        wait_until(lambda: not Message.objects.exclude(state=State.SENT).exists())
    finally:
        second.terminate()
        second.wait(30)
    found = taken(tray_dir)
    assert set(found) == {message_id(row) for row in rows}
    assert found.total() in {90, 91}
