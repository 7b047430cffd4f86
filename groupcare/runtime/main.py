"""`manage.py run`: prepare what is not prepared, then run everything until Ctrl-C.

It reads the settings but loads no app: the first page of a warm start waits for the web server's own
imports and nothing else. What needs the apps happens in `manage.py prepare`, a process of its own.
"""

import os
import subprocess
import sys
from pathlib import Path

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from groupcare.runtime import ports, supervising
from groupcare.runtime.configuration import render
from groupcare.runtime.layout import Layout, programs, source_stamp

PACKAGES = ("groupcare", "groups", "consent", "incidents")
ACCOUNTS_FILE = "demo-accounts.txt"


class CannotRun(RuntimeError):
    """It cannot start; the text says what to do."""


def main(port: int | None = None) -> int:
    """Run until Ctrl-C and return the exit code; on an error the reason stands on stderr."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "groupcare.settings")
    try:
        code = _run(_port() if port is None else port)
    except (CannotRun, ImproperlyConfigured) as exc:
        sys.stderr.write(f"{exc}\n")
        return 1
    say("GroupCare has stopped.")
    return code


def _port() -> int:
    try:
        return int(os.environ.get("PORT") or 8000)
    except ValueError:
        raise CannotRun("PORT is no number. Write, for example: make run PORT=8001") from None


def _run(port: int) -> int:
    """Take the lock, prepare, start; return the exit code.

    Raises:
        CannotRun: production, a second start, a port in use, or a failed preparation.
    """
    if settings.PRODUCTION:
        raise CannotRun("`run` is for the embedded default. In production, see deploy/production/README.md.")
    layout = Layout(Path(settings.BASE_DIR), Path(settings.DATA_DIR))
    try:
        lock = supervising.Lock(layout.run / "run.lock")
    except supervising.AlreadyRunning:
        raise CannotRun("GroupCare runs already from this folder. Stop it there first.") from None
    if not ports.is_free(port):
        raise CannotRun(f"Port {port} is in use. Choose another: make run PORT={port + 1}")
    _prepare(layout)
    layout.configuration.write_text(render(layout, programs(layout, port=port)), encoding="utf-8")
    with lock.file:
        return supervising.run(layout, port=port, environment=_environment(port), when_ready=lambda: _greet(port))


def _prepare(layout: Layout) -> None:
    """Run `manage.py prepare` unless the same source has prepared the same database before.

    Raises:
        CannotRun: the preparation failed, or the database that was prepared before is gone.
    """
    database = settings.DATABASES["default"]
    stamp = f"{source_stamp(layout.base, PACKAGES)} {database['ENGINE']} {database['NAME']} demo={settings.DEMO}"
    known = layout.stamp.read_text(encoding="utf-8") if layout.stamp.exists() else ""
    is_there = "sqlite" not in database["ENGINE"] or Path(database["NAME"]).exists()
    if known and not is_there and f" {database['NAME']} " in known:
        raise CannotRun(
            f"The database {database['NAME']} is gone, though a practice was here. Bring it back from its backup "
            f"in an empty place (make restore). For a new practice, move {settings.VAR_DIR} away first."
        )
    if known == stamp and is_there:
        return
    say("Preparing ...")
    layout.stamp.unlink(missing_ok=True)
    command = [sys.executable, str(layout.base / "manage.py"), "prepare"]
    if subprocess.run(command, cwd=layout.base, check=False).returncode:  # noqa: S603 - our own command
        raise CannotRun("The preparation failed; the reason stands above.")
    layout.stamp.write_text(stamp, encoding="utf-8")


def _environment(port: int) -> dict[str, str]:
    """Return what the programs need beside the caller's environment."""
    return {
        "DJANGO_SETTINGS_MODULE": os.environ["DJANGO_SETTINGS_MODULE"],
        "PORT": str(port),
        "PYTHONUNBUFFERED": "1",
        # `prepare` has run the checks; three processes need not repeat them at every start.
        "CELERY_SKIP_CHECKS": "1",
    }


def _greet(port: int) -> None:
    """Print the address, and the demo's accounts in a demo."""
    say(f"\nGroupCare is ready: http://localhost:{port}\n")
    accounts = Path(settings.KEYS_DIR) / ACCOUNTS_FILE
    if settings.DEMO and accounts.exists():
        say(accounts.read_text(encoding="utf-8"))
    if not (Path(settings.KEYS_DIR) / "recovery.json").exists():
        say("No recovery sheet yet. Without it no backup can be restored. Print it: Settings, First run,")
        say("or manage.py recovery_sheet.")
    say("Press Ctrl-C to stop.")


def say(text: str) -> None:
    """Print one line at once, also into a pipe."""
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()
