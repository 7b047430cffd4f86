"""Starts the demo practice as a newcomer does and stops it as Ctrl-C does."""

import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
CHROMIUM = Path("/usr/bin/chromium")
QUIET_CHROMIUM = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
# Our choice: a cold start must be ready within 60 s (issue 2); a loaded machine gets four times as long.
READY_WITHIN = 240
_PASSWORD = re.compile(r"[Pp]assword[^:\n]*: (\S+)")


@dataclass(frozen=True)
class Practice:
    """A practice that runs: its address, the password that its start printed, where its mail lies, what it runs with."""

    url: str
    password: str
    log: Path
    mail: Path
    env: dict[str, str] = field(default_factory=dict, repr=False)

    def sweep_later(self, name: str, hours: int) -> None:
        """Run a sweep of the practice as its clock will run it that many hours from now, in a process of its own."""
        program = [sys.executable, "-m", "tests.e2e.later", name, str(hours)]
        subprocess.run(program, cwd=ROOT, env=self.env, check=True, timeout=120)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _is_well(url: str) -> bool:
    try:
        with urllib.request.urlopen(f"{url}/healthz", timeout=2) as answer:
            return bool(answer.status == 200)
    except (urllib.error.URLError, OSError):
        return False


def _printed_password(log: Path) -> str:
    found = _PASSWORD.search(log.read_text(errors="replace"))
    return found.group(1) if found else ""


def _await_ready(url: str, log: Path, process: "subprocess.Popen[bytes]") -> str:
    end = time.monotonic() + READY_WITHIN
    while time.monotonic() < end and process.poll() is None:
        if _is_well(url) and (password := _printed_password(log)):
            return password
        time.sleep(0.3)
    raise RuntimeError(f"The practice did not start:\n{log.read_text(errors='replace')[-4000:]}")


@contextmanager
def running_practice(place: Path) -> Iterator[Practice]:
    """Run the demo practice with its data below ``place`` and yield it when it is well."""
    port, log = _free_port(), place / "run.log"
    inherited = {k: v for k, v in os.environ.items() if not k.startswith("GROUPCARE") and k != "DATABASE_URL"}
    env = {**inherited, "GROUPCARE_VAR": str(place / "var"), "PORT": str(port), "GROUPCARE_DEMO": "1"}
    url = f"http://localhost:{port}"
    with log.open("wb") as out:
        process = subprocess.Popen(
            [sys.executable, "manage.py", "run"], cwd=ROOT, env=env, stdout=out, stderr=subprocess.STDOUT
        )
    try:
        yield Practice(url, _await_ready(url, log, process), log, place / "var" / "data" / "mail", env)
    finally:
        process.send_signal(signal.SIGINT)
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
