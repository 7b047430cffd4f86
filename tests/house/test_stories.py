"""The browser's stories stay away from a suite that was installed without a browser."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
STORIES = sorted((ROOT / "tests" / "e2e").glob("*.py"))
DRIVERS = {"playwright", "axe_playwright_python"}


def imported_at_once(path: Path) -> set[str]:
    """Return the packages that a module imports when it is loaded; what stands under TYPE_CHECKING or in a function waits."""
    body = ast.parse(path.read_text()).body
    plain = [f"{one.module}" for one in body if isinstance(one, ast.ImportFrom)]
    plain += [name.name for one in body if isinstance(one, ast.Import) for name in one.names]
    return {name.partition(".")[0] for name in plain}


@pytest.mark.parametrize("path", STORIES, ids=lambda path: path.stem)
def test_no_story_loads_the_browser_driver_before_it_begins(path: Path) -> None:
    assert not imported_at_once(path) & DRIVERS


def test_an_ordinary_run_does_not_even_read_the_stories() -> None:
    def collected(*asked: str) -> str:
        command = [sys.executable, "-m", "pytest", "--collect-only", "-q", "-p", "no:randomly", "-n", "0", *asked]
        return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=300, check=False).stdout

    assert "tests/e2e/test_main_job.py" in collected("tests/e2e/test_main_job.py")
    assert "tests/e2e/" not in collected("tests")
