"""Start one program so that it dies with the supervisor; run as a script, it imports nothing of ours.

    python child.py [--signal TERM] [--lock FILE] [--nice N] -- program argument ...

On Linux the kernel sends the signal when the parent dies (PR_SET_PDEATHSIG) and this process becomes
the program. Elsewhere it stays, starts the program, and looks twice a second whether its parent lives.
"""

import ctypes
import fcntl
import os
import signal
import subprocess
import sys
import time

PR_SET_PDEATHSIG = 1  # Source: linux/prctl.h.
# Our choice: gone well within the five seconds that a person waits before looking for leftovers.
POLL_SECONDS = 0.5


def die_with_parent(number: int) -> bool:
    """Ask the kernel for that signal when the parent dies; return False where it cannot be asked."""
    if not sys.platform.startswith("linux"):
        return False
    try:
        return bool(ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, number, 0, 0, 0) == 0)
    except (OSError, AttributeError):
        return False


def hold(path: str) -> None:
    """Take the lock file for the life of the program, so that it runs once; exit when it is taken."""
    handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    os.set_inheritable(handle, True)  # noqa: FBT003 - the standard library takes it so
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        sys.exit(75)  # EX_TEMPFAIL of sysexits.h: the supervisor tries again.


def watch(program: list[str], parent: int, number: int) -> int:
    """Run the program as a child and pass signals on; return its exit code. For hosts without prctl."""
    child = subprocess.Popen(program, close_fds=False)  # noqa: S603 - our own configuration names it
    for passed in (signal.SIGTERM, signal.SIGINT):
        signal.signal(passed, lambda got, _frame: child.send_signal(got))
    while child.poll() is None:
        if os.getppid() != parent:
            child.send_signal(number)
            parent = os.getppid()
        time.sleep(POLL_SECONDS)
    return child.returncode


def main(arguments: list[str]) -> int:
    """Read the options, then become or run the program; return the exit code of one that was run."""
    parent = os.getppid()
    cut = arguments.index("--")
    options = dict(zip(arguments[:cut:2], arguments[1:cut:2], strict=True))
    program = arguments[cut + 1 :]
    number = int(signal.Signals[f"SIG{options.get('--signal', 'TERM')}"])
    kernel_watches = die_with_parent(number)
    if os.getppid() != parent or parent == 1:
        return 0  # The parent died before the kernel was asked.
    os.nice(int(options.get("--nice", "0")))
    if "--lock" in options:
        hold(options["--lock"])
    if kernel_watches:
        os.execvp(program[0], program)  # noqa: S606 - no shell, our own configuration
    return watch(program, parent, number)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
