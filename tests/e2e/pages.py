"""What a person can do at the screen: read, follow, press, write. Everything is found by role and label.

Whatever page comes up is looked at before the story goes on: no page error, no report of the content
security policy, no request to another host, nothing wider than the screen, nothing telling in the tab,
and with script no violation of axe.
"""

import base64
import hmac
import re
import struct
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from tests.e2e.running import Practice
from tests.e2e.words import Words

if TYPE_CHECKING:
    from playwright.sync_api import APIResponse, Browser, ConsoleMessage, Download, Locator, Page, Request, Response

# Our choice: beat sweeps every 30 s and delivery every 5 s in the embedded default; a busy machine gets three times that.
MAIL_WITHIN = 105.0
_POLICY_REPORT = re.compile(r"content.security.policy", re.IGNORECASE)
# Without preload: axe fetches style sheets anew for one rule, and our layered sheet breaks its parser.
_AXE = {"resultTypes": ["violations"], "preload": False}
_STICKS_OUT = """() => [...document.querySelectorAll("body *")]
  .filter(one => one.getBoundingClientRect().right > document.documentElement.clientWidth + 0.5)
  .map(one => one.outerHTML.slice(0, 90)).slice(0, 8)"""
_TOO_WIDE = "document.documentElement.scrollWidth - document.documentElement.clientWidth"


def one_time_code(secret: str, at: float) -> str:
    """Return the six digits that an authenticator app shows for ``secret`` at ``at`` (RFC 6238, SHA-1, 30 s)."""
    key = base64.b32decode(secret + "=" * (-len(secret) % 8))
    digest = hmac.digest(key, struct.pack(">Q", int(at) // 30), "sha1")
    start = digest[-1] & 0xF
    return f"{(struct.unpack_from('>I', digest, start)[0] & 0x7FFFFFFF) % 1_000_000:06d}"


@dataclass
class Watch:
    """What a browser said that no page may make it say."""

    host: str
    script: bool
    wrong: list[str] = field(default_factory=list)
    tab_words: list[str] = field(default_factory=list)
    deaf: bool = False

    def follow(self, page: "Page") -> None:
        """Listen to everything that happens in this page from now on."""
        page.on("console", self._heard)
        page.on("pageerror", lambda error: self.wrong.append(f"page error: {error}"))
        page.on("request", self._requested)

    def _heard(self, message: "ConsoleMessage") -> None:
        if _POLICY_REPORT.search(message.text) and not self.deaf:
            self.wrong.append(f"policy report: {message.text}")

    def _requested(self, request: "Request") -> None:
        parts = urlsplit(request.url)
        if parts.scheme not in ("data", "blob") and parts.netloc != self.host:
            self.wrong.append(f"request to another host: {request.url}")

    def look(self, page: "Page") -> None:
        """Fail if the page on the screen is not as every page must be."""
        page.wait_for_load_state("load")
        title = page.title()
        self.wrong += [f"the tab says {word!r}: {title}" for word in self.tab_words if word in title]
        if self.script:
            self._measure(page)
            self.deaf = True  # axe tries styles of its own, which the policy rightly refuses
            self.wrong += violations(page)
            self.deaf = False
        self._fail(page)

    def fits(self, page: "Page") -> None:
        """Fail if the page on the screen is wider than the screen."""
        self._measure(page)
        self._fail(page)

    def _measure(self, page: "Page") -> None:
        if (over := int(page.evaluate(_TOO_WIDE))) > 0:
            self.wrong.append(f"{over} px wider than the screen: {page.evaluate(_STICKS_OUT)}")

    def _fail(self, page: "Page") -> None:
        assert not self.wrong, f"{page.url}\n" + "\n".join(self.wrong)


def violations(page: "Page") -> list[str]:
    """Return what axe finds on the page, one line a violation."""
    from axe_playwright_python.sync_playwright import Axe

    found = Axe().run(page, options=_AXE).response["violations"]
    return [f"axe {one['id']}: {one['help']}: {[node['target'] for node in one['nodes']]}" for one in found]


class Visitor:
    """A person with a browser of their own."""

    def __init__(
        self,
        browser: "Browser",
        practice: Practice,
        *,
        script: bool = True,
        width: int = 1280,
        dark: bool = False,
        tab_words: tuple[str, ...] = (),
        language: str = "en",
    ) -> None:
        """Open a browser that keeps nothing of anybody else's.

        Args:
            browser: the chromium to open it in.
            practice: where the practice answers.
            script: False turns JavaScript off.
            width: of the screen, in CSS pixels.
            dark: True asks for dark pages.
            tab_words: words that no tab may show.
            language: what the browser asks for, and in which the reader finds what a story names in English.
        """
        self.practice, self.words = practice, Words(language)
        self.context = browser.new_context(
            java_script_enabled=script,
            viewport={"width": width, "height": 844},
            color_scheme="dark" if dark else "light",
            locale=language,
        )
        self.page = self.context.new_page()
        self.watch = Watch(urlsplit(practice.url).netloc, script=script, tab_words=list(tab_words))
        self.watch.follow(self.page)
        self.taps = 0

    # --- moving -------------------------------------------------------------------------------------
    def visit(self, address: str) -> "Response":
        """Open an address of the practice and look at the page; returns the server's answer."""
        answer = self.page.goto(address if address.startswith("http") else self.practice.url + address)
        assert answer is not None
        self.watch.look(self.page)
        return answer

    def follow(self, name: str, beside: str = "") -> None:
        """Tap the link of that name, in the row that says ``beside``."""
        self.tap(self._named("link", name, beside))

    def follow_first(self, name: str) -> None:
        """Tap the first link of that name on the page: of several alike the list puts the most important one first."""
        self.tap(self._named("link", name).first)

    def open_more(self, beside: str) -> None:
        """Open what the row that says ``beside`` offers besides its one thing."""
        rows = self.page.locator("li", has=self.page.locator("details.more"))
        rows.filter(has_text=self.words.there(beside)).last.locator("summary").click()

    def follow_at_the_foot(self, name: str) -> None:
        """Tap the link of that name at the foot of the page, where it is on every page."""
        self.tap(self.page.get_by_role("contentinfo").get_by_role("link", name=self.words.there(name)))

    def press(self, name: str, beside: str = "") -> None:
        """Tap the button of that name, in the row that says ``beside``."""
        self.tap(self._named("button", name, beside))

    def download(self, name: str, role: str = "link") -> "Download":
        """Tap the link of that name, or what else is of that name, and return the file that comes."""
        with self.page.expect_download() as coming:
            self._named(role, name).click()
        return coming.value

    def tap(self, target: "Locator") -> None:
        """Tap this, and look at what comes."""
        self.taps += 1
        target.click()
        self.watch.look(self.page)

    def _named(self, role: str, name: str, beside: str = "") -> "Locator":
        place: Page | Locator = self.page
        if beside:
            place = self.page.locator("li, tr, section").filter(has_text=self.words.there(beside)).last
        return place.get_by_role(role, name=re.compile(rf"^\s*(?:{self.words.pattern(name)})"))  # type: ignore[arg-type]

    # --- writing ------------------------------------------------------------------------------------
    def write(self, label: str, text: str) -> None:
        """Write into the field of that label."""
        self._field(label).fill(text)

    def choose(self, label: str, option: str) -> None:
        """Choose from the list of that label."""
        self._field(label).select_option(label=self.words.there(option))

    def tick(self, label: str) -> None:
        """Tick the box of that label."""
        self._field(label).check()

    def tick_the_promise(self) -> None:
        """Tick the only box on the page."""
        self.page.get_by_role("main").get_by_role("checkbox").check()

    def _field(self, label: str) -> "Locator":
        said, may_be_empty = (self.words.pattern(one) for one in (label, "(optional)"))
        return self.page.get_by_label(re.compile(rf"^\s*(?:{said})(\s*(?:{may_be_empty}))?\s*$"))

    # --- reading ------------------------------------------------------------------------------------
    @property
    def path(self) -> str:
        """The address of the page, without the host."""
        return self.page.url.removeprefix(self.practice.url)

    @property
    def heading(self) -> str:
        """The title of the page, in the words of the story."""
        return self.words.back(self.page.get_by_role("heading", level=1).inner_text())

    @property
    def text(self) -> str:
        """All that the page says."""
        return self.page.locator("body").inner_text()

    def sees(self, *texts: str) -> None:
        """Check that the page says each of these."""
        from playwright.sync_api import expect

        for text in texts:
            expect(self.page.locator("body")).to_contain_text(self.words.part(text))

    def sees_nothing_of(self, *texts: str) -> None:
        """Check that the page says none of these."""
        from playwright.sync_api import expect

        for text in texts:
            expect(self.page.locator("body")).not_to_contain_text(self.words.part(text))

    def row(self, text: str) -> str:
        """Return what the row with ``text`` says."""
        return self.page.locator("li, tr").filter(has_text=self.words.there(text)).last.inner_text()

    # --- the door -----------------------------------------------------------------------------------
    def sign_in(self, email: str, password: str) -> None:
        """Sign in with address and password."""
        self.visit("/account/login/")
        self.write("E-mail address", email)
        self.write("Password", password)
        self.page.get_by_role("main").get_by_role("button", name=self.words.there("Sign in"), exact=True).click()
        self.watch.look(self.page)

    def choose_own_language(self, language: str) -> None:
        """Choose a language in the reader's own account: until then the pages are in that of the account."""
        self.visit("/account/profile/")
        form = self.page.get_by_role("main").locator("form").filter(has=self.page.locator("select[name=language]"))
        form.locator("select[name=language]").select_option(language)
        self.tap(form.locator("button[type=submit]"))

    def show_that_it_is_you(self, password: str) -> None:
        """Give the password as the proof that the page asks for."""
        assert self.heading == "Show that it is you"
        self.write("Your password", password)
        self.press(" ".join(self.words.there(part) for part in ("Go on", "With your password")))

    def visit_proven(self, address: str, password: str) -> None:
        """Open an address that asks for a fresh proof, and give it if it is asked for."""
        self.visit(address)
        self.prove_if_asked(password)

    def prove_if_asked(self, password: str) -> None:
        """Give the proof if the page asks for it; it may be fresh still."""
        if self.heading == "Show that it is you":
            self.show_that_it_is_you(password)

    def force(self, **values: str) -> "APIResponse":
        """Send these values to the address of the page although no button of it does, and return the answer."""
        token = self.page.locator("input[name=csrfmiddlewaretoken]").first.get_attribute("value") or ""
        headers = {"Referer": self.page.url, "Origin": self.practice.url}
        return self.context.request.post(
            self.page.url, form={"csrfmiddlewaretoken": token, **values}, headers=headers, max_redirects=0
        )

    def leave(self) -> None:
        """Close this browser."""
        self.context.close()


class TwoOpenDoors:
    """Compares an address that exists with one that does not, as one reader gets them."""

    def __init__(self, reader: Visitor) -> None:
        """Compare as ``reader``."""
        self.reader = reader

    def are_the_same(self, existing: str, absent: str) -> None:
        """Check that both answer 404 with the same words."""
        first = self.reader.page.goto(self.reader.practice.url + existing)
        assert first is not None
        seen = self.reader.text
        second = self.reader.page.goto(self.reader.practice.url + absent)
        assert second is not None
        assert (first.status, seen) == (second.status, self.reader.text), existing
        assert first.status == 404, existing
        self.reader.watch.look(self.reader.page)

    def are_the_same_to_programs(self, existing: str, absent: str) -> None:
        """Check that the API answers 404 with the same body for both."""
        first, second = (self.reader.context.request.get(self.reader.practice.url + one) for one in (existing, absent))
        assert (first.status, first.text()) == (second.status, second.text()), existing
        assert first.status == 404, existing


def wait_for(what: Callable[[], bool], told: str, seconds: float = MAIL_WITHIN) -> None:
    """Ask again and again until ``what`` is so; fail with ``told`` after ``seconds``."""
    end = time.monotonic() + seconds
    while not what():
        assert time.monotonic() < end, f"Not within {seconds:.0f} s: {told}"
        time.sleep(1)
