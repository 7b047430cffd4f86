"""The benchmarks run, clean up behind themselves, and tell missed from wrong."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from benchmarks import __main__ as command
from benchmarks import measure

ROOT = Path(__file__).resolve().parents[2]


def run(*words: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """Run the command as a person would, with ``folder`` as the place for temporary files."""
    places = {"TMPDIR": str(folder)}
    return subprocess.run(
        [sys.executable, "-m", "benchmarks", *words],
        cwd=ROOT, env={**os.environ, **places}, capture_output=True, text=True, timeout=240,
    )  # fmt: skip


def test_every_row_runs_at_its_smallest_and_leaves_nothing_behind(tmp_path: Path) -> None:
    place, written = tmp_path / "place", tmp_path / "measured.md"
    place.mkdir()
    done = run("--smallest", "--write", str(written), folder=place)
    assert done.returncode == 0, done.stderr
    assert list(place.iterdir()) == []
    rows = [line.strip("| ").split(" | ") for line in written.read_text().splitlines() if line.startswith("| ")][1:]
    assert {row[0] for row in rows} == set(command.NAMES)
    for row, what, measured, *_ in rows:
        assert re.match(r"\d", measured), (row, what, measured)
    for what in ("missed", "forked", "unlinked", "errors", "new when run again"):
        assert {row[2] for row in rows if row[1] == what} == {"0"}, what
    # Each of these divides one time by another.
    divided = [float(row[2].split()[0]) for row in rows if " / " in row[1]]
    assert len(divided) > 15
    assert all(0 < ratio < 1000 for ratio in divided), divided


def test_another_machines_database_is_left_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgres://somebody@db.example:5432/practice")
    done = run("field-crypto", folder=tmp_path)
    assert done.returncode != 0
    assert "on this machine only" in done.stderr
    assert list(tmp_path.iterdir()) == []


def test_a_missed_target_is_slow_and_a_missed_event_is_wrong() -> None:
    slow, lost = measure.at_most("row", "what", 3.0, 2.0), measure.none_of("row", "missed", 1)
    assert (slow.met, slow.wrong) == (False, False)
    assert (lost.met, lost.wrong) == (False, True)
    assert (measure.at_least("row", "what", 0.8, 0.75).met, measure.none_of("row", "missed", 0).wrong) == (True, False)


def test_percentiles_and_rates_are_those_of_the_times() -> None:
    # Nearest rank: of 200 times of 1 to 200 ms the 198th is p99 and the 100th is p50.
    work = measure.Work(seconds=4.0, times=[n / 1000 for n in range(200, 0, -1)])
    assert (work.percentile(0.99), work.percentile(0.5), work.rate) == (0.198, 0.1, 50.0)
    assert (measure.Work().percentile(0.99), measure.Work().rate) == (0.0, 0.0)
