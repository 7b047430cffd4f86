"""Finds every page that a role can reach by links, so that no list of pages can go out of date."""

import re
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from tests.e2e.running import Practice

if TYPE_CHECKING:
    from playwright.sync_api import Page

STAFF = ("nadia", "mira", "ada", "petra", "xavier", "rosa")
# Cleared, due, missing, asked to talk, declined, run out, Spanish, online, taken back.
MEMBERS = ("amara", "ben", "elif", "gus", "henry", "june", "luis", "imani", "maya")
_ID = re.compile(r"[0-9a-f]{8}-[0-9a-f-]{27}")
# The kind of a document and the language of a text: one page shows each of them.
_KIND = re.compile(r"(/(?:publish|papers|translations)/)[a-z0-9_]+(?:/[a-z]{2}(?=/))?(?=/)")
# A place of the law, and one of its values.
_PLACE = re.compile(r"(/practice/law/)[A-Z]{2}[A-Z-]*/(?:([\w.-]+)/)?")
# Leaving, and downloads, are not pages; the tray is full of mail of others.
_NOT_A_PAGE = re.compile(r"^/(leave|static|api)/|/copy/$|/download/$|^/demo/mail/.")
# Our choice: far above what one reader can reach, so that a crawl that runs away ends.
MOST_PAGES = 300


@dataclass(frozen=True)
class Found:
    """One page: where it is, and the shape of its address (ids left out)."""

    path: str
    shape: str

    @property
    def name(self) -> str:
        """Return a name for a file."""
        return re.sub(r"[^a-z0-9]+", "-", self.shape.replace("*", "id")).strip("-") or "start"


def shape_of(address: str) -> str:
    """Return the address without ids, places and kinds of documents: two agreements are one kind of page."""
    parts = urlsplit(address)
    query = f"?{parts.query}" if parts.query.startswith("show=") else ""
    path = _PLACE.sub(lambda found: f"{found[1]}*/" + ("*/" if found[2] else ""), parts.path)
    return _KIND.sub(r"\1*", _ID.sub("*", path)) + query


def sign_in(page: "Page", practice: Practice, key: str) -> None:
    """Sign a person of the demo in and show that it is really they, for pages behind a proof."""
    page.goto(f"{practice.url}/account/login/")
    page.locator("#id_login").fill(f"{key}@demo.example")
    page.locator("#id_password").fill(practice.password)
    page.locator("form[action$='/account/login/'] button[type=submit]").click()
    page.wait_for_url(lambda url: "login" not in url)
    page.goto(f"{practice.url}/account/step-up/")
    form = page.locator("form", has=page.locator("input[name='method'][value='password']"))
    form.locator("input[type=password]").fill(practice.password)
    form.locator("button[type=submit]").click()
    page.wait_for_url(lambda url: "step-up" not in url)


def walk(page: "Page", practice: Practice, start: str = "/") -> Iterator[Found]:
    """Open each kind of page once, breadth first, and yield it while it is on the screen.

    Raises:
        RuntimeError: there are more kinds of pages than there can be.
    """
    waiting, seen = deque([start]), {shape_of(start)}
    while waiting:
        if len(seen) > MOST_PAGES:
            raise RuntimeError(f"More than {MOST_PAGES} kinds of pages: is there an id that shape_of does not know?")
        answer = page.goto(practice.url + waiting.popleft())
        if answer is None or "html" not in answer.headers.get("content-type", ""):
            continue
        here = page.url.removeprefix(practice.url)
        seen.add(shape_of(here))
        yield Found(here, shape_of(here))
        for link in links_of(page, practice):
            if shape_of(link) not in seen:
                seen.add(shape_of(link))
                waiting.append(link)


def send_empty(page: "Page") -> bool:
    """Send the page's own form empty; return whether the same page came back with what is missing."""
    form = page.locator("main form[method=post][novalidate]:has(input[type=text], input[type=email], textarea)").first
    # A button that only fills a field in (name=use), and one that is folded away, send nothing.
    button = form.locator("button[type=submit]:not([formaction]):not([name=use]):visible").first
    if not form.count() or not button.count():
        return False
    for box in form.locator("input[type=text]:visible, input[type=email], textarea").all():
        box.fill("")
    button.click()
    page.wait_for_load_state()
    return bool(page.locator("#form-errors").count())


def links_of(page: "Page", practice: Practice) -> list[str]:
    """Return the addresses that the page links to, without those that are no page."""
    hrefs = page.eval_on_selector_all("a[href]", "links => links.map(link => link.href)")
    own = (href.removeprefix(practice.url).partition("#")[0] for href in hrefs if href.startswith(practice.url))
    return [path for path in own if path and not _NOT_A_PAGE.search(path)]
