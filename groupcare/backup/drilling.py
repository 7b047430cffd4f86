"""The drill: restore a backup into an empty place, look at everything, measure it, and leave nothing behind."""

import json
import os
import secrets
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

from django.conf import settings
from django.db import DatabaseError, connection

from groupcare.audit import record, unit_of_work
from groupcare.backup import making, recovery
from groupcare.backup.errors import BackupError

# Our choice: a practice of any size that one host holds is restored long before; SEC-73 asks for 72 hours.
_LONGEST = 12 * 3600


@dataclass
class Step:
    """One step of the drill: what was done, what came of it, and how long it took."""

    name: str
    said: str
    seconds: float
    passed: bool = True


@dataclass
class Given:
    """The files to be tried, and the code that opens the keys."""

    data: Path
    keys: Path
    code: str


class Failed(Exception):
    """A step did not do what it should; the text says what."""


def drill(given: Given | None, report: Callable[[Step], None]) -> bool:
    """Try a backup, tell each step as it ends, note the outcome in the trail, and return whether all passed.

    Args:
        given: files to try; None takes a fresh backup first, its keys under a code made for this drill.
        report: takes each step.
    """
    passed = False
    try:
        with tempfile.TemporaryDirectory(dir=settings.DATA_DIR, prefix=".drill-") as folder:
            passed = _Drill(Path(folder), report).run(given)
    finally:
        with unit_of_work():
            result = "done" if passed else "failed"
            record("backup.drill", object_type="backup", object_id="drill", result=result)
    return passed


class _Drill:
    """One drill and its folder."""

    def __init__(self, folder: Path, report: Callable[[Step], None]) -> None:
        self.folder, self.report, self.passed = folder, report, True

    def run(self, given: Given | None) -> bool:
        if given is None:
            given = self.step("fresh backup", self.back_up)
        if given is not None:
            try:
                with _empty_database() as url:
                    self.look_at(given, _environment(self.folder, url))
            except (BackupError, DatabaseError) as problem:
                self.passed = False
                self.report(Step("empty place", str(problem), 0.0, passed=False))
        return self.passed

    def step(self, name: str, work: Callable[[], tuple[str, Any]]) -> Any:
        """Do one step and return what it gives, or None when it failed."""
        began = time.monotonic()
        try:
            said, found = work()
            step = Step(name, said, time.monotonic() - began)
        except (Failed, BackupError) as problem:
            step, found = Step(name, str(problem), time.monotonic() - began, passed=False), None
        self.passed &= step.passed
        self.report(step)
        return found

    def back_up(self) -> tuple[str, Given]:
        sheet, code = recovery.new_sheet()
        given = Given(self.folder / "data.gcb", self.folder / "keys.gcb", code)
        making.write_data(given.data)
        making.write_keys(given.keys, sheet)
        sizes = given.data.stat().st_size, given.keys.stat().st_size
        return f"data {sizes[0]} bytes, keys {sizes[1]} bytes, under a code made for this drill", given

    def look_at(self, given: Given, environment: dict[str, str]) -> None:
        """Restore and inspect; without a restored place there is nothing to inspect."""
        code = self.folder / "code"
        code.write_text(given.code, encoding="ascii")
        arguments = [
            "restore",
            "--data",
            str(given.data),
            "--keys",
            str(given.keys),
            "--code-file",
            str(code),
            "--json",
        ]
        found = self.step("restore", lambda: _restored(_run(environment, *arguments)))
        code.unlink()
        if found is None:
            return
        self.step(
            "rows and triggers, encrypted values", lambda: _inspected(_run(environment, "check_data", "--json"), found)
        )
        for name in ("verify_audit", "check_access"):
            self.step(name, lambda name=name: (_run(environment, name).strip().splitlines()[-1], True))  # type: ignore[misc]


def _restored(said: str) -> tuple[str, dict[str, Any]]:
    found: dict[str, Any] = json.loads(said)
    rows = sum(found["manifest"]["counts"].values())
    return f"{rows} rows in {len(found['manifest']['counts'])} tables, {found['files']} files", found["manifest"]


def _inspected(said: str, manifest: dict[str, Any]) -> tuple[str, bool]:
    found = json.loads(said)
    if found["problems"]:
        raise Failed(" ".join(found["problems"][:3]))
    there, promised = found["counts"], manifest["counts"]
    # A backup of an older version was brought up to date on the way: its rows were counted before that.
    older = there["django_migrations"] != promised["django_migrations"]
    differ = [] if older else [table for table, count in promised.items() if there.get(table) != count]
    if differ:
        raise Failed(f"Other numbers of rows than in the backup: {', '.join(differ[:5])}.")
    values = sum(found["opened"].values())
    fields = len([name for name, opened in found["opened"].items() if opened])
    said = f"{sum(there.values())} rows as in the backup, {found['triggers']} triggers, "
    return f"{said}{values} values of {fields} encrypted fields and {found['files']} files opened", True


def _run(environment: dict[str, str], *arguments: str) -> str:
    """Return what a command of ours printed in the restored place. Raises: Failed with its last words."""
    command = [sys.executable, str(Path(settings.BASE_DIR) / "manage.py"), *arguments]
    done = subprocess.run(  # noqa: S603 - our own command, no shell
        command, env=environment, capture_output=True, text=True, check=False, timeout=_LONGEST
    )
    if done.returncode:
        words = (done.stderr or done.stdout).strip().splitlines()
        raise Failed(words[-1] if words else f"{arguments[0]} ended with {done.returncode}")
    return done.stdout


def _environment(folder: Path, database_url: str) -> dict[str, str]:
    """Return the environment of the restored place: its own data, its own keys, its own database."""
    place = folder / "restored"
    (place / "keys").mkdir(parents=True, mode=0o700)
    (place / "data").mkdir(mode=0o700)
    kept = {name: value for name, value in os.environ.items() if name not in ("DATABASE_URL", "GROUPCARE_VAULT_RING")}
    if database_url:
        kept["DATABASE_URL"] = database_url
    kept["GROUPCARE_DEMO"] = str(int(settings.DEMO))
    return {**kept, "GROUPCARE_VAR": str(place), "GROUPCARE_KEYS_DIR": str(place / "keys")}


@contextmanager
def _empty_database() -> Iterator[str]:
    """Yield the address of an empty database, dropped afterwards; an empty text means: SQLite in the folder.

    Raises:
        BackupError: this role may not make one.
    """
    if connection.vendor == "sqlite":
        yield ""
        return
    name = f"groupcare_drill_{secrets.token_hex(6)}"
    try:
        _on_server(f"CREATE DATABASE {name} TEMPLATE template0")
    except DatabaseError as problem:
        raise BackupError(
            f"The drill needs an empty database and may not make one ({str(problem).strip()}). "
            "Run it as a role with CREATEDB, or on another machine."
        ) from None
    parts = urlsplit(os.environ["DATABASE_URL"])
    try:
        yield urlunsplit(parts._replace(path=f"/{name}"))
    finally:
        _on_server(f"DROP DATABASE {name} WITH (FORCE)")


def _on_server(statement: str) -> None:
    """Run one statement that no transaction may hold, on a connection of its own."""
    own = connection.copy()
    try:
        with own.cursor() as cursor:
            cursor.execute(statement)
    finally:
        own.close()
