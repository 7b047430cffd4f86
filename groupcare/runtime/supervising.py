"""Running the supervisor: start it, wait until the pages answer, pass signals on, leave nothing."""

import fcntl
import http.client
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from types import FrameType

from groupcare.runtime.layout import CHILD, Layout

# Our choice: seconds are usual; a busy build machine took forty.
READY_SECONDS = 120.0
# Our choice: the supervisor gives each program eight seconds to stop.
STOP_SECONDS = 20.0


class AlreadyRunning(RuntimeError):
    """Another process runs this installation."""


class Lock:
    """A lock on the installation, held until the process ends."""

    def __init__(self, path: Path) -> None:
        """Take the lock.

        Raises:
            AlreadyRunning: another process holds it.
        """
        self.file = path.open("w")
        try:
            fcntl.flock(self.file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            self.file.close()
            raise AlreadyRunning from None


def start(layout: Layout, environment: dict[str, str]) -> "subprocess.Popen[bytes]":
    """Return the started supervisor; it dies with this process and ignores the terminal's Ctrl-C itself."""
    supervisor = [sys.executable, "-m", "supervisor.supervisord", "-c", str(layout.configuration)]
    return subprocess.Popen(  # noqa: S603 - our own command, no shell
        [sys.executable, "-I", "-S", str(CHILD), "--signal", "TERM", "--", *supervisor],
        cwd=layout.base,
        env={**os.environ, **environment},
        start_new_session=True,
    )


def answers(port: int) -> bool:
    """Return whether /healthz says 200."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request("GET", "/healthz", headers={"Host": f"localhost:{port}"})
        return connection.getresponse().status == http.HTTPStatus.OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def run(layout: Layout, *, port: int, environment: dict[str, str], when_ready: Callable[[], None]) -> int:
    """Run until a signal or the supervisor's end; return 0 after a clean stop.

    Args:
        layout: the folders; the configuration is written already.
        port: where /healthz is asked.
        environment: added to the programs' environment.
        when_ready: called once, when the pages answer.
    """
    asked: list[int] = []

    def ask(number: int, _frame: FrameType | None) -> None:
        asked.append(number)

    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, ask)
    supervisor = start(layout, environment)
    began, ready = time.monotonic(), False
    while supervisor.poll() is None and not asked:
        if not ready and (ready := answers(port)):
            when_ready()
        elif not ready and time.monotonic() - began > READY_SECONDS:
            print("The pages do not answer. What is wrong: manage.py health", file=sys.stderr)  # noqa: T201
            asked.append(signal.SIGTERM)
        time.sleep(0.5 if ready else 0.1)
    if asked:
        stop(supervisor)
    return 0 if asked and ready else 1


def stop(supervisor: "subprocess.Popen[bytes]") -> None:
    """Stop the supervisor and with it everything below; its children die even if it must be killed."""
    supervisor.terminate()
    try:
        supervisor.wait(STOP_SECONDS)
    except subprocess.TimeoutExpired:
        supervisor.kill()
        supervisor.wait()
