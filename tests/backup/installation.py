"""A demo practice of its own, with real processes, on the database under test; and empty places beside it."""

import os
import re
import secrets
import subprocess
import sys
from pathlib import Path

from tests.upgrade import database

ROOT = Path(__file__).resolve().parents[2]
CODE = re.compile(r"\b[0-9A-Z]{4}(?:-[0-9A-Z]{4}){6}\b")


class Place:
    """A place for a practice: a folder and, on PostgreSQL, a database."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.database = folder, ""
        self.server = os.environ.get("DATABASE_URL", "")
        left_out = {"DATABASE_URL", "CELERY_BROKER_URL", "GROUPCARE_KEYS_DIR", "GROUPCARE_VAULT_RING"}
        self.environment = {name: value for name, value in os.environ.items() if name not in left_out}
        self.environment |= {"GROUPCARE_VAR": str(folder), "GROUPCARE_DEMO": "1", "GROUPCARE_MODE": "embedded"}
        if self.server:
            self.database = f"groupcare_place_{secrets.token_hex(6)}"
            self.environment["DATABASE_URL"] = database.create(self.server, self.database)

    def manage(self, *arguments: str, said: str = "", **environment: str) -> "subprocess.CompletedProcess[str]":
        """Run a command of ours here and return what it printed; ``said`` is typed in."""
        return subprocess.run(
            [sys.executable, "manage.py", *arguments],
            cwd=ROOT,
            env={**self.environment, **environment},
            input=said,
            capture_output=True,
            text=True,
            check=False,
        )

    def done(self, *arguments: str, said: str = "", **environment: str) -> str:
        """As ``manage``, and it must succeed."""
        found = self.manage(*arguments, said=said, **environment)
        assert found.returncode == 0, found.stdout + found.stderr
        return found.stdout

    def new_sheet(self) -> str:
        """Make a recovery sheet, type its code back, and return it."""
        code = CODE.search(self.done("recovery_sheet")).group()  # type: ignore[union-attr]
        self.done("recovery_sheet", "--confirm", said=f"{code}\n")
        return code

    def files(self) -> set[str]:
        """Return every file below the folder but logs of SQLite."""
        return {
            str(file.relative_to(self.folder))
            for file in self.folder.rglob("*")
            if file.is_file() and not file.name.endswith(("-wal", "-shm"))
        }

    def end(self) -> None:
        """Drop what is not in the folder."""
        if self.database:
            database.drop(self.server, self.database)
