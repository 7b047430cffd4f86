"""Where the running installation keeps its own files, and what it runs."""

import hashlib
import os
import sys
from dataclasses import dataclass
from pathlib import Path

CHILD = Path(__file__).with_name("child.py")


@dataclass(frozen=True, slots=True)
class Layout:
    """The folders of one installation."""

    base: Path
    data: Path

    @property
    def run(self) -> Path:
        """The folder for what only matters while it runs; made when missing."""
        folder = self.data / "run"
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        return folder

    @property
    def configuration(self) -> Path:
        """The supervisor's configuration."""
        return self.run / "supervisord.conf"

    @property
    def stamp(self) -> Path:
        """What was prepared last; see ``source_stamp``."""
        return self.run / "prepared"


@dataclass(frozen=True, slots=True)
class Program:
    """One process below the supervisor.

    ``dies_by``: the signal it gets when the supervisor is killed. ``lock``: only one may run.
    """

    name: str
    command: tuple[str, ...]
    priority: int
    dies_by: str = "TERM"
    lock: bool = False
    nice: int = 0


def programs(layout: Layout, *, port: int) -> tuple[Program, ...]:
    """Return what runs: the web server, one worker, and exactly one beat.

    The worker is killed outright with the supervisor: the database is the queue of record, so
    nothing is lost, and a long sweep cannot hold it. Worker and beat start with lower priority, so
    that the first page comes sooner on two cores.
    """
    python = sys.executable
    celery = (python, "-m", "celery", "-q", "-A", "groupcare.celery")
    return (
        Program("web", _gunicorn(python, port), 1),
        Program(
            "worker",
            (
                *(*celery, "worker", "--pool", "solo", "-Q", "default", "--loglevel", "WARNING"),
                *("--without-gossip", "--without-mingle", "--without-heartbeat"),
            ),
            2,
            dies_by="KILL",
            nice=5,
        ),
        Program(
            "beat",
            (*celery, "beat", "--loglevel", "WARNING", "--pidfile=", "--schedule", str(layout.run / "beat-schedule")),
            3,
            lock=True,
            nice=5,
        ),
    )


def _gunicorn(python: str, port: int) -> tuple[str, ...]:
    """Return the web server's command: one process with threads, on the loopback interface only."""
    return (
        *(python, "-m", "gunicorn", "groupcare.wsgi:application", "--bind", f"127.0.0.1:{port}"),
        # Our choice: SQLite writes one at a time; eight threads serve the reads of a small practice.
        *("--worker-class", "gthread", "--workers", "1", "--threads", "8"),
        *("--no-control-socket", "--log-level", "warning", "--graceful-timeout", "3", "--timeout", "60"),
    )


def source_stamp(base: Path, packages: tuple[str, ...]) -> str:
    """Return a digest of every source file's name, size and time: unchanged, nothing needs preparing again."""
    digest = hashlib.sha256(sys.version.encode())
    for package in packages:
        for folder, folders, names in os.walk(base / package):
            folders[:] = sorted(name for name in folders if name != "__pycache__")
            for name in sorted(names):
                path = Path(folder) / name
                found = path.stat()
                digest.update(f"{path.relative_to(base)}:{found.st_size}:{found.st_mtime_ns}\n".encode())
    return digest.hexdigest()
