"""Every page that a role can reach, dark and on a phone, also with a form that was sent empty."""

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Browser

    from tests.e2e.running import Practice

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(900)]

# One reader for each kind of page: all staff roles, and members in each standing that changes a page.
READERS = ("nobody", "nadia", "mira", "ada", "petra", "xavier", "amara", "elif", "gus", "luis")
# A phone that is common, and the narrowest that must do.
WIDTHS = (390, 320)


@pytest.mark.parametrize("key", READERS)
def test_every_page_is_whole_in_the_dark_on_a_phone(chromium: "Browser", practice: "Practice", key: str) -> None:
    from tests.e2e.crawl import send_empty, sign_in, walk
    from tests.e2e.pages import Visitor

    visitor = Visitor(chromium, practice, width=WIDTHS[0], dark=True)
    start = "/account/login/"
    if key != "nobody":
        sign_in(visitor.page, practice, key)
        start = "/"
    pages = []
    for found in walk(visitor.page, practice, start):
        pages.append(found)
        visitor.watch.look(visitor.page)
        visitor.page.set_viewport_size({"width": WIDTHS[1], "height": 844})
        visitor.watch.look(visitor.page)
        visitor.page.set_viewport_size({"width": WIDTHS[0], "height": 844})
    assert len(pages) >= (3 if key == "nobody" else 8), [found.shape for found in pages]
    for found in pages:
        visitor.page.goto(practice.url + found.path)
        if send_empty(visitor.page):
            visitor.watch.look(visitor.page)
            assert visitor.page.evaluate("document.activeElement.id") == "form-errors", found.shape
    visitor.leave()
