"""Every page that a role can reach, dark and on a phone, also with a form that was sent empty."""

import re
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

    from tests.e2e.running import Practice

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(900)]

# One reader for each kind of page: all staff roles, and members in each standing that changes a page.
READERS = ("nobody", "nadia", "mira", "ada", "petra", "xavier", "amara", "elif", "gus", "luis")
# A phone that is common, and the narrowest that must do.
WIDTHS = (390, 320)
_DIGITS = re.compile(r"[0-9a-f-]{36}|\d+")
# Our choice: more than the stops of our longest page; a trap would never end.
MOST_TABS = 150


@pytest.mark.parametrize("key", READERS)
def test_every_page_is_whole_in_the_dark_on_a_phone(chromium: "Browser", practice: "Practice", key: str) -> None:
    from tests.e2e.crawl import send_empty, sign_in, walk
    from tests.e2e.pages import Visitor

    visitor = Visitor(chromium, practice, width=WIDTHS[0], dark=True)
    start = "/account/login/"
    if key != "nobody":
        sign_in(visitor.page, practice, key)
        start = "/"
    pages, new = 0, []
    for found in walk(visitor.page, practice, start):
        pages += 1
        if _is_new(visitor.page, found.shape):
            new.append(found)
            visitor.watch.look(visitor.page)
            visitor.page.set_viewport_size({"width": WIDTHS[1], "height": 844})
            visitor.watch.fits(visitor.page)
            visitor.page.set_viewport_size({"width": WIDTHS[0], "height": 844})
    assert pages >= (3 if key == "nobody" else 8)
    assert new, "every reader meets a page that no reader before them met"
    for found in new:
        visitor.page.goto(practice.url + found.path)
        if send_empty(visitor.page):
            visitor.watch.look(visitor.page)
            visitor.page.wait_for_function("document.activeElement.id === 'form-errors'")
    visitor.leave()


# What a page is made of, whatever it says: readers who meet the same parts under the same address meet one page.
_PARTS = """() => [...new Set([...document.querySelectorAll('body *')].map(one =>
  `${one.localName}.${one.getAttribute('class') || ''}#${one.getAttribute('name') || ''}`))].sort().join(' ')"""
_met: set[tuple[str, str]] = set()


def _is_new(page: "Page", shape: str) -> bool:
    """Return whether no reader before met this page, and keep in mind that it is met now."""
    face = (shape, _DIGITS.sub("", page.evaluate(_PARTS)))
    known, _ = face in _met, _met.add(face)
    return not known


# The first field or button that Tab reaches, told apart by a number of our own.
_MARK = """() => [...document.querySelectorAll('main form')].flatMap((form, at) =>
  [...form.elements].filter(one => one.checkVisibility({visibilityProperty: true}) && !one.disabled
    && !one.matches('fieldset, output, [type=hidden]')).map((one, number) => {
      one.dataset.walk = `${at}.${number}`;
      return one.type === 'radio' ? `${at}.${one.name}` : one.dataset.walk;
    }))"""
_HERE = """() => {
  const one = document.activeElement, look = getComputedStyle(one), label = one.closest('label');
  const ring = label ? getComputedStyle(label).outlineStyle : 'none';
  const at = (one.dataset.walk || '').split('.')[0];
  return [one.dataset.walk ? (one.type === 'radio' ? `${at}.${one.name}` : one.dataset.walk) : '',
          look.outlineStyle !== 'none' || ring !== 'none', one === document.body];
}"""


def _walked(page: "Page") -> tuple[set[str], set[str], list[str]]:
    """Return the controls of the page's forms, those that Tab reaches, and those whose focus cannot be seen."""
    wanted, reached, unseen = set(page.evaluate(_MARK)), set(), []
    page.evaluate("document.activeElement.blur()")
    for _ in range(MOST_TABS):
        page.keyboard.press("Tab")
        name, visible, over = page.evaluate(_HERE)
        if over or wanted <= reached:
            break
        if name:
            reached.add(name)
            unseen += [] if visible else [name]
    return wanted, reached, unseen


@pytest.mark.parametrize("key", ["nobody", "nadia", "ada", "elif"])
def test_every_form_can_be_filled_and_sent_by_keyboard_alone(
    chromium: "Browser", practice: "Practice", key: str
) -> None:
    from tests.e2e.crawl import sign_in, walk
    from tests.e2e.pages import Visitor

    visitor = Visitor(chromium, practice, width=1280)
    if key != "nobody":
        sign_in(visitor.page, practice, key)
    forms = 0
    for found in walk(visitor.page, practice, "/account/login/" if key == "nobody" else "/"):
        wanted, reached, unseen = _walked(visitor.page)
        forms += bool(wanted)
        assert wanted <= reached, (found.shape, wanted - reached)
        assert not unseen, (found.shape, unseen)
    assert forms >= 2
    visitor.leave()
