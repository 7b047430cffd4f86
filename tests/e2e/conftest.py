"""A running practice and a real browser: nothing here knows more than a person at the screen.

The practice is started as a newcomer starts it (``manage.py run``), on a free port, in a place of
its own; web, worker and beat are the real ones. Mail is read from the tray page.

These stories run only when asked for (``-m e2e`` or a path below ``tests/e2e``): ``make test``
installs no browser driver, so nothing here imports one before a story needs it
(``tests/house/test_stories.py`` holds that).
"""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.e2e.running import CHROMIUM, QUIET_CHROMIUM, Practice, running_practice

if TYPE_CHECKING:
    from playwright.sync_api import Browser

    from tests.e2e.cast import House

HERE = Path(__file__).resolve().parent


def _asked_for(config: pytest.Config) -> bool:
    """Return whether the command line names the marker or a path in this folder."""
    expression = str(config.getoption("markexpr", ""))
    if "e2e" in expression and "not e2e" not in expression:
        return True
    places = (Path(str(config.invocation_params.dir), str(arg).partition("::")[0]).resolve() for arg in config.args)
    return any(place == HERE or HERE in place.parents for place in places)


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Leave the stories out of an ordinary run, unread."""
    return True if HERE in collection_path.parents and not _asked_for(config) else None


@pytest.fixture(scope="session")
def chromium() -> Iterator["Browser"]:
    """Drive Debian's chromium; without it, or without its driver, a story skips and says why."""
    driver = pytest.importorskip("playwright.sync_api", reason="The browser driver is missing: make e2e installs it.")
    pytest.importorskip("axe_playwright_python", reason="axe is missing: make e2e installs it.")
    if not CHROMIUM.exists():
        pytest.skip("There is no browser here: install Debian's chromium (.ci/run does).")
    with driver.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(CHROMIUM), args=QUIET_CHROMIUM)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def practice(chromium: "Browser", tmp_path_factory: pytest.TempPathFactory) -> Iterator[Practice]:
    """Return the demo practice, started as ``make run`` does and stopped as Ctrl-C does."""
    del chromium  # without a browser there is nothing to start for
    with running_practice(tmp_path_factory.mktemp("practice")) as found:
        yield found


@pytest.fixture(params=[("en", False), ("es", True)], ids=["in English without script", "in Spanish with script"])
def house(request: pytest.FixtureRequest, chromium: "Browser", practice: Practice) -> Iterator["House"]:
    """Return the house of the demo's people; a story that asks for it is lived in both languages."""
    from tests.e2e.cast import demo_house

    language, script = request.param
    found = demo_house(chromium, practice, script=script, language=language)
    yield found
    found.close()
