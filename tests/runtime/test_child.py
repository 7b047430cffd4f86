"""The wrapper around every program: gone with its parent, once under a lock."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from groupcare.runtime import child

WRAPPER = [sys.executable, "-I", "-S", str(Path(child.__file__))]
# A parent that starts the wrapper and then waits for ever.
PARENT = "import subprocess,sys,time; p=subprocess.Popen(sys.argv[1:]); print(p.pid, flush=True); time.sleep(600)"


def alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def gone_within(pid: int, seconds: float) -> bool:
    deadline = time.monotonic() + seconds
    while alive(pid) and time.monotonic() < deadline:
        time.sleep(0.05)
    return not alive(pid)


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="prctl is Linux's")
@pytest.mark.parametrize("number", ["TERM", "KILL"])
def test_the_program_dies_with_a_killed_parent(number):
    command = [*WRAPPER, "--signal", number, "--", "/bin/sleep", "600"]
    parent = subprocess.Popen([sys.executable, "-c", PARENT, *command], stdout=subprocess.PIPE, text=True)
    pid = int(parent.stdout.readline())
    deadline = time.monotonic() + 5
    while b"sleep" not in Path(f"/proc/{pid}/cmdline").read_bytes()[:12] and time.monotonic() < deadline:
        time.sleep(0.02)
    assert alive(pid)
    parent.kill()
    parent.wait()
    parent.stdout.close()
    assert gone_within(pid, 2)


def test_without_prctl_the_wrapper_stays_and_ends_the_program(monkeypatch):
    monkeypatch.setattr(child, "POLL_SECONDS", 0.05)
    monkeypatch.setattr(signal, "signal", lambda *_: None)
    began = time.monotonic()
    # As if the parent had died: the parent that is looked for is not the one that is there.
    code = child.watch(["/bin/sleep", "600"], parent=os.getppid() + 1, number=signal.SIGTERM)
    assert code == -signal.SIGTERM
    assert time.monotonic() - began < 5


def test_without_prctl_the_programs_own_end_is_passed_on(monkeypatch):
    monkeypatch.setattr(child, "POLL_SECONDS", 0.05)
    monkeypatch.setattr(signal, "signal", lambda *_: None)
    assert child.watch(["/bin/sh", "-c", "exit 3"], parent=os.getppid(), number=signal.SIGTERM) == 3


def test_a_program_under_a_lock_runs_once_and_the_lock_goes_with_it(tmp_path):
    command = [*WRAPPER, "--lock", str(tmp_path / "beat.lock"), "--"]
    first = subprocess.Popen([*command, "/bin/sh", "-c", "echo up; exec sleep 600"], stdout=subprocess.PIPE)
    first.stdout.readline()
    assert subprocess.run([*command, "/bin/true"], check=False).returncode == 75
    first.kill()
    first.wait()
    first.stdout.close()
    assert subprocess.run([*command, "/bin/true"], check=False).returncode == 0
