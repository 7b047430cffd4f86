"""`manage.py run` with real processes: ready, restarting, and nothing left behind."""

import http.client
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
pytestmark = [
    pytest.mark.skipif(not Path("/proc/self/environ").exists(), reason="finds processes through /proc"),
    pytest.mark.timeout(240),
]


class Installation:
    """One folder, one port, and what runs from it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        # A real installation, so that no demo has to be made; SQLite, as `make run` has it.
        self.environment = {
            **{name: value for name, value in os.environ.items() if name not in {"DATABASE_URL", "CELERY_BROKER_URL"}},
            "GROUPCARE_VAR": str(folder),
            "GROUPCARE_DEMO": "0",
            "PORT": str(self.port),
            "DJANGO_SETTINGS_MODULE": "groupcare.settings",
        }

    def start(self) -> float:
        """Run it until the pages answer; return the seconds that took."""
        self.output = (self.folder / "output").open("w+")
        began = time.monotonic()
        self.process = subprocess.Popen(
            self.command(), cwd=ROOT, env=self.environment, stdout=self.output, stderr=subprocess.STDOUT
        )
        while "GroupCare is ready" not in self.printed():
            assert self.process.poll() is None, self.printed()
            assert time.monotonic() - began < 150, self.printed()
            time.sleep(0.05)
        return time.monotonic() - began

    def command(self) -> list[str]:
        return [sys.executable, "manage.py", "run"]

    def printed(self) -> str:
        return (self.folder / "output").read_text()

    def healthz(self) -> int:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        connection.request("GET", "/healthz", headers={"Host": "localhost"})
        status = connection.getresponse().status
        connection.close()
        return status

    def prepare(self) -> None:
        """See to it that it has been started once: which test runs first, or where, is left to chance."""
        if (self.folder / "data" / "run" / "prepared").exists():
            return
        self.start()
        self.process.send_signal(signal.SIGINT)
        assert self.process.wait(20) == 0
        self.output.close()

    def processes(self, word: str = "") -> list[int]:
        """Return the ids of living processes that carry this installation in their environment."""
        mark = f"GROUPCARE_VAR={self.folder}".encode() + b"\0"
        found = []
        for entry in Path("/proc").iterdir():
            if entry.name.isdigit():
                try:
                    if mark in (entry / "environ").read_bytes() and word.encode() in (entry / "cmdline").read_bytes():
                        found.append(int(entry.name))
                except OSError:
                    continue
        return found

    def supervisor(self) -> int:
        return int((self.folder / "data" / "run" / "supervisord.pid").read_text())

    def gone_within(self, seconds: float) -> bool:
        deadline = time.monotonic() + seconds
        while self.processes() and time.monotonic() < deadline:
            time.sleep(0.05)
        return not self.processes()

    def end(self) -> None:
        """End what a failed test left, by the ids that it started."""
        for pid in self.processes():
            os.kill(pid, signal.SIGKILL)
        self.process.wait()
        self.output.close()


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> Path:
    return tmp_path_factory.mktemp("installation")


@pytest.fixture
def installation(folder):
    made = Installation(folder)
    yield made
    made.end()


def test_it_starts_restarts_what_dies_runs_once_and_stops_cleanly(installation, capsys):
    cold = installation.start()
    with capsys.disabled():
        print(f"\nready after {cold:.1f} s (first start)")  # noqa: T201 - the run shows what it measured
    assert f"GroupCare is ready: http://localhost:{installation.port}" in installation.printed()
    assert installation.healthz() == 200

    second = subprocess.run(
        installation.command(), cwd=ROOT, env=installation.environment, capture_output=True, text=True, check=False
    )
    assert second.returncode != 0
    assert "runs already" in second.stderr

    deadline = time.monotonic() + 30
    while not (installation.processes("--pool") and installation.processes("beat")) and time.monotonic() < deadline:
        time.sleep(0.1)
    (worker,) = installation.processes("--pool")
    assert len(installation.processes("beat-schedule")) == 1
    os.kill(worker, signal.SIGKILL)
    while installation.processes("--pool") in ([], [worker]) and time.monotonic() < deadline:
        time.sleep(0.1)
    assert installation.processes("--pool") not in ([], [worker])

    installation.process.send_signal(signal.SIGINT)
    assert installation.process.wait(20) == 0
    assert installation.processes() == []
    assert "GroupCare has stopped." in installation.printed()


def test_it_is_ready_sooner_when_warm_and_a_killed_supervisor_leaves_nothing(installation, capsys):
    installation.prepare()
    warm = installation.start()
    with capsys.disabled():
        print(f"\nready after {warm:.1f} s (warm start)")  # noqa: T201 - the run shows what it measured
    assert "Preparing" not in installation.printed()
    os.kill(installation.supervisor(), signal.SIGKILL)
    assert installation.gone_within(5), installation.processes()


def test_a_killed_run_command_leaves_nothing(installation):
    installation.start()
    installation.process.kill()
    installation.process.wait()
    assert installation.gone_within(10), installation.processes()


def test_a_port_in_use_says_what_to_do(installation):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", installation.port))
        taken.listen()
        installation.output = (installation.folder / "output").open("w+")
        installation.process = subprocess.Popen(
            installation.command(), cwd=ROOT, env=installation.environment, stderr=subprocess.PIPE, text=True
        )
        _, said = installation.process.communicate(timeout=60)
    assert f"make run PORT={installation.port + 1}" in said
