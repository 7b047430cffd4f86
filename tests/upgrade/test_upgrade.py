"""An encrypted, populated practice of the version before comes up whole in this one."""

import os
import re
import shutil
import sqlite3
import subprocess
import sys
from pathlib import Path

import psycopg
import pytest

from tests.backup.installation import ROOT, Place

pytestmark = pytest.mark.timeout(900)
OLD = "HEAD~1"


def upgrade(*arguments: str, cwd: Path = ROOT, **environment: str) -> "subprocess.CompletedProcess[str]":
    """Run the script that CI runs."""
    return subprocess.run(
        ["bash", str(cwd / ".ci" / "upgrade"), sys.executable, *arguments],
        cwd=cwd,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=False,
    )


def has_history() -> bool:
    """Whether the version before is in this clone."""
    found = subprocess.run(["git", "rev-parse", "--verify", "-q", f"{OLD}^{{commit}}"], cwd=ROOT, capture_output=True)
    return found.returncode == 0


@pytest.mark.req("SEC-75")
@pytest.mark.skipif(not has_history(), reason=f"{OLD} is not in this clone")
def test_a_practice_of_the_version_before_is_whole_after_migrating():
    done = upgrade()
    assert done.returncode == 0, done.stdout + done.stderr
    assert "The trail is whole" in done.stdout
    assert "Every right is explained" in done.stdout
    assert re.search(r"accounts\.Person\.used_name: [1-9]\d+ opened", done.stdout)


def test_a_clone_without_history_skips_with_a_reason(tmp_path):
    (tmp_path / ".ci").mkdir()
    shutil.copy(ROOT / ".ci" / "upgrade", tmp_path / ".ci")
    subprocess.run(["git", "init", "-q"], cwd=tmp_path, check=True)
    skipped = upgrade(cwd=tmp_path)
    assert skipped.returncode == 0
    assert "not in this clone" in skipped.stderr


@pytest.mark.req("SEC-75")
def test_a_trigger_that_a_migration_lost_is_noticed_and_brought_back(tmp_path):
    """As an AlterField does on SQLite, where rebuilding the table drops its triggers."""
    place = Place(tmp_path)
    place.environment["GROUPCARE_DEMO"] = "0"
    try:
        place.done("prepare")
        assert "triggers" in place.done("check_data")
        name = "gc_append_only_audit_trailevent_delete" if not place.server else "gc_append_only_row"
        if place.server:
            with psycopg.connect(place.environment["DATABASE_URL"], autocommit=True) as server:
                server.execute(f"DROP TRIGGER {name} ON audit_trailevent")
        else:
            with sqlite3.connect(tmp_path / "data" / "groupcare.sqlite3") as file:
                file.execute(f"DROP TRIGGER {name}")
        failed = place.manage("check_data")
        assert failed.returncode == 1
        assert f"The trigger {name} is missing" in failed.stderr
        assert "triggers: triggers.missing. Run manage.py migrate." in place.manage("health").stdout
        place.done("migrate", "--noinput")
        place.done("check_data")
    finally:
        place.end()
