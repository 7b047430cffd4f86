"""Pictures of every page for people to look at: ``python -m tests.e2e.screens OUTDIR``.

Each role of the demo signs in; each page it can reach by links is kept at 390 and 1280 px, light and
dark. With ``GROUPCARE_SCREENS_URL`` and ``GROUPCARE_SCREENS_PASSWORD`` set, a practice that runs
already is used instead of a new one.
"""

import os
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from tests.e2e.crawl import MEMBERS, STAFF, Found, send_empty, sign_in, walk
from tests.e2e.running import CHROMIUM, QUIET_CHROMIUM, Practice, running_practice

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

# (width, height) of a common phone and a common laptop.
SIZES = {"390": (390, 844), "1280": (1280, 800)}
LIGHTS = ("light", "dark")


@contextmanager
def practice_to_show() -> Iterator[Practice]:
    """Yield the practice that runs already, if the environment names one, else a new demo."""
    url, password = os.environ.get("GROUPCARE_SCREENS_URL"), os.environ.get("GROUPCARE_SCREENS_PASSWORD")
    if url and password:
        yield Practice(url, password, Path(os.devnull), Path(os.devnull))
        return
    with tempfile.TemporaryDirectory() as place, running_practice(Path(place)) as found:
        yield found


def _keep(page: "Page", folder: Path, name: str) -> None:
    """Keep one page in both sizes and both lights."""
    for size, (width, height) in SIZES.items():
        page.set_viewport_size({"width": width, "height": height})
        for light in LIGHTS:
            page.emulate_media(color_scheme=light)
            page.screenshot(path=folder / f"{name}-{size}-{light}.png", full_page=True, animations="disabled")


def _take(browser: "Browser", practice: Practice, key: str, folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    context = browser.new_context()
    page = context.new_page()
    if key == "nobody":
        page.goto(f"{practice.url}/account/login/")
    else:
        sign_in(page, practice, key)
    found: list[Found] = []
    for one in walk(page, practice, "/account/login/" if key == "nobody" else "/"):
        found.append(one)
        _keep(page, folder, one.name)
    for one in found:
        page.goto(practice.url + one.path)
        if send_empty(page):
            _keep(page, folder, f"{one.name}-errors")
    context.close()


def main(folder: Path, people: tuple[str, ...]) -> None:
    """Write the pictures below ``folder``, one folder a person."""
    from playwright.sync_api import sync_playwright

    with practice_to_show() as practice, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(CHROMIUM), args=QUIET_CHROMIUM)
        for key in people:
            _take(browser, practice, key, folder / key)
            sys.stdout.write(f"{key}: {len(list((folder / key).iterdir()))} pictures\n")
        browser.close()


if __name__ == "__main__":
    main(Path(sys.argv[1]), tuple(sys.argv[2:]) or ("nobody", *STAFF, *MEMBERS))
