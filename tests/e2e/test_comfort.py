"""What script adds: a page that covers itself, a form that says it is being sent, and a mistake that is read first."""

from typing import TYPE_CHECKING

import pytest

from tests.e2e.pages import Visitor

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Route

    from tests.e2e.running import Practice

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(300)]


@pytest.fixture
def ada(chromium: "Browser", practice: "Practice") -> Visitor:
    """Return the administrator, signed in."""
    visitor = Visitor(chromium, practice)
    visitor.sign_in("ada@demo.example", practice.password)
    return visitor


def choose(visitor: Visitor, *words: str) -> None:
    """Make these choices on the display page."""
    visitor.visit("/display/?next=/account/people/")
    for word in words:
        visitor.page.locator(".segment label").filter(has_text=word).click()
    visitor.press("Keep this")


def test_a_page_covers_itself_when_its_window_is_left_and_waits_for_a_press(ada: Visitor) -> None:
    page = ada.page
    heading = page.get_by_role("heading", level=1)
    page.evaluate("dispatchEvent(new Event('blur'))")
    assert heading.is_visible(), "It covered a page although nobody asked for it"
    choose(ada, "Cover the page")
    title = page.title()
    page.evaluate("dispatchEvent(new Event('blur'))")
    assert not heading.is_visible()
    assert page.title() == "…"
    page.evaluate("dispatchEvent(new Event('focus'))")
    assert not heading.is_visible(), "Coming back was enough"
    page.get_by_role("button", name="Show again").click()
    assert heading.is_visible()
    assert page.title() == title
    choose(ada, "Leave it as it is")
    ada.leave()


def test_initials_stand_for_names_and_can_be_taken_back(ada: Visitor) -> None:
    choose(ada, "Initials")
    ada.sees("NR")
    ada.sees_nothing_of("Nadia", "Rahmani")
    choose(ada, "Names")
    ada.sees("Nadia Rahmani")
    ada.leave()


def test_a_form_that_takes_long_says_so_and_is_sent_once(ada: Visitor) -> None:
    page = ada.page
    sent = []

    def slow(route: "Route") -> None:
        if route.request.method == "POST":
            sent.append(route.request.url)
            page.wait_for_timeout(1500)
        route.continue_()

    ada.visit("/practice/sites/new/")
    working = page.locator("[data-working]")
    assert working.inner_text() == ""
    page.route("**/practice/sites/new/", slow)
    # Sent from inside the page: a click of the driver would wait until the answer is there.
    page.evaluate("""() => {
      window.said = [];
      const working = document.querySelector('[data-working]');
      new MutationObserver(() => sessionStorage.setItem('said', working.textContent)).observe(working, {childList: true});
      const button = document.querySelector('main form button[type=submit]');
      setTimeout(() => { button.click(); button.click(); }, 0);
    }""")
    page.locator("#form-errors").wait_for()
    assert page.evaluate("sessionStorage.getItem('said')") == "One moment. This is being done."
    assert len(sent) == 1
    # The script that moves there runs a moment after the words stand on the page.
    page.wait_for_function("document.activeElement.id === 'form-errors'")
    ada.leave()


def test_what_was_done_is_said_until_it_is_closed(ada: Visitor) -> None:
    ada.visit("/practice/settings/")
    ada.press("Keep the settings")
    said = ada.page.get_by_role("status").filter(has_text="Kept.")
    assert said.is_visible()
    close = said.get_by_role("button", name="Close")
    close.focus()
    ada.page.keyboard.press("Enter")
    assert not said.is_visible()
    assert ada.page.evaluate("document.activeElement.id") == "main"
    ada.leave()


@pytest.mark.parametrize("path", ["/account/people/", "/practice/setup/", "/display/"])
def test_a_page_from_right_to_left_is_as_wide_as_its_screen(ada: Visitor, path: str) -> None:
    """No language of ours runs that way yet: the direction and its sheet are put in by the test."""
    for width in (390, 1280):
        ada.page.set_viewport_size({"width": width, "height": 844})
        ada.visit(path)
        ada.page.evaluate("""async () => {
          document.documentElement.dir = 'rtl';
          const sheet = document.querySelector("link[href*='from-left']");
          const loaded = new Promise(done => sheet.addEventListener('load', done, {once: true}));
          sheet.href = sheet.href.replace(/from-left[^/]*$/, 'from-right.css');
          await loaded;
        }""")
        ada.watch.look(ada.page)
        brand = ada.page.locator(".brand").bounding_box()
        assert brand is not None
        assert brand["x"] > width / 2, "The brand does not stand at the start of the line"
    ada.leave()
