"""The tour: a picture of every page for people who want to look before they start: ``python -m tests.e2e.tour OUTDIR``.

The pages come from the URL list and from the links that each role of the demo meets, so a new page is in the tour
without work. A page of ours that nobody reached, and that ``NOT_IN_THE_TOUR`` does not explain, is an error.
"""

import base64
import os
import sys
from dataclasses import dataclass, field
from http import HTTPStatus
from pathlib import Path
from typing import TYPE_CHECKING

import django

from tests.e2e.crawl import MEMBERS, STAFF, links_of, shape_of, sign_in, walk
from tests.e2e.running import CHROMIUM, QUIET_CHROMIUM, Practice
from tests.e2e.screens import LIGHTS, SIZES, practice_to_show

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Locator, Page

# Our choice: a repository stays quick to fetch; half of the size is enough to see a page, and 4.5 screens of it.
MOST_BYTES, SCALE, QUALITY, TALLEST = 6_000_000, 0.5, 50, 3600
NOT_IN_THE_TOUR = {
    "home": "It leads on to the first page of the person.",
    "web:healthz": "It answers machines, without a page.",
    "web:leave": "It leads out of the practice.",
    "accounts:recovery-detail": "It opens for a colleague who lost a second step; the accounts of the demo have none.",
    "consent:agreement-open": "It leads on to the text of the agreement.",
    "consent:act-copy": "It is a file to keep, not a page.",
    "consent:paper-scan": "It is a file, not a page.",
    "consent:agreement-understood": "It opens after a text was read whose kind asks short questions.",
    "consent:agreement-whom": "It opens for somebody who answers for more than one person.",
    "consent:kiosk-begin": "It stands behind a proof; the story of the kiosk takes its pictures.",
    "consent:kiosk-home": "It opens on a device that was handed over.",
    "consent:kiosk-over": "It opens when such a device is given back.",
    "groups:my-record-copy": "It opens when a copy is ready, after days in which several people look at it.",
    "groups:note-sealed": "It holds what was written about the wrong person; nobody in the demo made that mistake.",
    "groups:progress-note-move": "It puts right a note about the wrong person; nobody in the demo made that mistake.",
    "groups:record-names": "It opens when the draft of a copy is made.",
    "groups:session-marks": "It answers the console's script, without a page.",
    "groups:tonight-calls": "It opens for a session called off, which would take it from the other pages.",
    "accounts:person-merge": "It stands behind a proof, and needs two entries of one person, which the demo has not.",
    "accounts:person-merge-with": "It stands behind a proof, and needs two entries of one person.",
    "accounts:person-merged": "It stands behind a proof, and needs two entries of one person.",
    "groups:record-detail": "It stands behind a proof, and the demo has no request.",
}
# Pages that are reached by a button: where it stands. What must be written or chosen first is made up.
LEADS_ON = {
    "backup:recovery",
    "consent:agreement-read",
    "groups:record-open",
    "groups:session-join",
    "groups:will-ask",
    "incidents:concern-create",
}
# Where every box is ticked before the button is pressed.
TICKED = {"groups:session-join"}
# Pages that only the row of one person leads to: on which list, and whose row.
ROWS = {"groups:member-list": "Walter Ono"}
STORY = "A story made up for this tour."
_BUTTON = "main form[method=post] button[type=submit]"


# Pages of a member's own, which say little to somebody who works here.
OF_MEMBERS = ("/my/", "/home/", "/agreements/")


@dataclass
class Tour:
    """What was shown so far, and which routes only take what is sent to them."""

    folder: Path
    stops: dict[str, "Stop"] = field(default_factory=dict)
    only_post: set[str] = field(default_factory=set)
    led_on: set[str] = field(default_factory=set)

    def missing(self) -> list[str]:
        """Return the pages that nobody reached and nobody explained."""
        return sorted(pages_to_show() - self.stops.keys() - self.only_post - NOT_IN_THE_TOUR.keys())


@dataclass(frozen=True)
class Stop:
    """One page of the tour: its route, its address with and without ids, and who sees it."""

    route: str
    path: str
    shape: str
    who: str

    @property
    def name(self) -> str:
        """Return the beginning of the names of its pictures."""
        return self.route.replace(":", "-").replace("_", "-")

    def files(self) -> list[str]:
        """Return the names of its pictures."""
        return [f"{self.name}-{size}-{light}.webp" for size in SIZES for light in LIGHTS]


def pages_to_show() -> set[str]:
    """Return the routes of ours that are pages to read: those of the URL list that answer GET and are no program's."""
    from tests.house.matrix import CELLS, GET
    from tests.house.routes import all_routes, is_ours, label, parameters

    ours = {label(route): route for route in all_routes() if is_ours(route) and "none/" not in route.pattern}
    with_rows = {cell.route for cell in CELLS if cell.method == GET}
    pages = {name for name, route in ours.items() if not parameters(route) or name in with_rows}
    return {name for name in pages if not name.startswith("api-")}


def route_of(path: str) -> str:
    """Return the name of the route behind an address, or "" for none."""
    from django.urls import Resolver404, resolve

    try:
        return resolve(path.partition("?")[0]).view_name
    except Resolver404:
        return ""


def address_of(route: str) -> str:
    """Return the address of a route that takes no argument, or ""."""
    from django.urls import NoReverseMatch, reverse

    try:
        return reverse(route)
    except NoReverseMatch:
        return ""


def _keep(page: "Page", folder: Path, stop: Stop) -> None:
    """Keep a page in both sizes and both lights, as small files."""
    session = page.context.new_cdp_session(page)
    for size, (width, height) in SIZES.items():
        for light in LIGHTS:
            page.set_viewport_size({"width": width, "height": height})
            page.emulate_media(color_scheme=light)
            tall = min(int(page.evaluate("document.documentElement.scrollHeight")), TALLEST)
            page.set_viewport_size({"width": width, "height": max(tall, height)})
            clip = {"x": 0, "y": 0, "width": width, "height": max(tall, height), "scale": SCALE}
            taken = session.send("Page.captureScreenshot", {"format": "webp", "quality": QUALITY, "clip": clip})
            (folder / f"{stop.name}-{size}-{light}.webp").write_bytes(base64.b64decode(taken["data"]))
    session.detach()


def _visit(page: "Page", practice: Practice, key: str, tour: Tour) -> None:
    """Show what this person meets by links, then the pages without arguments that no link led anybody to."""
    leads: list[Stop] = []
    for found in walk(page, practice, "/account/login/" if key == "nobody" else "/"):
        stop = Stop(route_of(found.path), found.path, found.shape, key)
        _show(page, stop, tour)
        has_way = stop.route in ROWS or (stop.route in LEADS_ON and page.locator(_BUTTON).count())
        if has_way and stop.route not in tour.led_on:
            tour.led_on.add(stop.route)
            leads.append(stop)
    for stop in leads:
        _go_on(page, practice, stop, tour)
    for route in tour.missing():
        if not (address := address_of(route)) or (key in STAFF and address.startswith(OF_MEMBERS)):
            continue
        status = page.context.request.get(practice.url + address, max_redirects=0).status
        if status == HTTPStatus.METHOD_NOT_ALLOWED:
            tour.only_post.add(route)
        elif status == HTTPStatus.OK:
            page.goto(practice.url + address)
            _show(page, Stop(route, address, shape_of(address), key), tour)


def _go_on(page: "Page", practice: Practice, stop: Stop, tour: Tour) -> None:
    """Press the button of a page that leads on, and show what lies behind it."""
    page.goto(practice.url + stop.path)
    if stop.route in ROWS:
        page.locator("main").get_by_role("link", name=ROWS[stop.route]).first.click()
    else:
        form = page.locator("main form[method=post]").first
        _fill(form, ticked=stop.route in TICKED)
        form.locator("button[type=submit]").first.click()
    page.wait_for_load_state()
    near = [page.url.removeprefix(practice.url), *links_of(page, practice)]
    for path in near:
        if route_of(path) in tour.missing():
            page.goto(practice.url + path)
            here = page.url.removeprefix(practice.url)
            _show(page, Stop(route_of(here), here, shape_of(here), stop.who), tour)


def _fill(form: "Locator", *, ticked: bool) -> None:
    """Write and choose what a form asks for, so that it can be sent."""
    for box in form.locator("textarea").all():
        box.fill(STORY)
    for choice in form.locator("select:not(:has(option[selected]))").all():
        choice.select_option(index=1)
    for name in {one.get_attribute("name") for one in form.locator("input[type=radio]").all()}:
        form.locator(f"input[type=radio][name='{name}']").first.check()
    for box in form.locator("input[type=checkbox]").all() if ticked else ():
        box.check()


def _show(page: "Page", stop: Stop, tour: Tour) -> None:
    if stop.route and stop.route not in tour.stops:
        tour.stops[stop.route] = stop
        _keep(page, tour.folder, stop)


def _person(browser: "Browser", practice: Practice, key: str, tour: Tour) -> None:
    context = browser.new_context(viewport={"width": 390, "height": 844})
    page = context.new_page()
    if key != "nobody":
        sign_in(page, practice, key)
    _visit(page, practice, key, tour)
    context.close()


def index(stops: dict[str, Stop]) -> str:
    """Return the page that leads to the pictures."""
    lines = [
        "# The tour",
        "",
        "Every page of the demo, on a phone and on a laptop, in light and in dark. `make tour` takes the pictures anew.",
        "",
        "| Page | Seen by | " + " | ".join(f"{size}, {light}" for size in SIZES for light in LIGHTS) + " |",
        "|---|---|" + "---|" * (len(SIZES) * len(LIGHTS)),
    ]
    for route in sorted(stops):
        stop = stops[route]
        links = " | ".join(f"[{name.rsplit('-', 2)[1]}]({name})" for name in stop.files())
        lines.append(f"| `{stop.shape}` | {stop.who} | {links} |")
    lines += ["", "Not shown, and why:", ""]
    lines += [f"- `{route}`: {why}" for route, why in sorted(NOT_IN_THE_TOUR.items())]
    return "\n".join(lines) + "\n"


def left_out(tour: Tour) -> list[str]:
    """Return what is wrong with the tour: pages nobody reached, and reasons for pages that are not there."""
    unknown = sorted(NOT_IN_THE_TOUR.keys() - pages_to_show())
    wrong = [f"{route}: nobody reached it. Link to it, or say why in tests/e2e/tour.py." for route in tour.missing()]
    return wrong + [f"{route}: there is no such page to leave out." for route in unknown]


def main(folder: Path) -> int:
    """Write the pictures and their index into ``folder``; return 1 when a page is missing or they weigh too much."""
    from playwright.sync_api import sync_playwright

    folder.mkdir(parents=True, exist_ok=True)
    for old in folder.glob("*.webp"):
        old.unlink()
    tour = Tour(folder)
    with practice_to_show() as practice, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(CHROMIUM), args=QUIET_CHROMIUM)
        for key in ("nobody", *STAFF, *MEMBERS):
            _person(browser, practice, key, tour)
        browser.close()
    (folder / "index.md").write_text(index(tour.stops), encoding="utf-8")
    weight = sum(one.stat().st_size for one in folder.glob("*.webp"))
    wrong = left_out(tour)
    if weight > MOST_BYTES:
        wrong.append(f"The pictures weigh {weight} bytes; {MOST_BYTES} is the most.")
    sys.stdout.write("".join(f"{one}\n" for one in wrong))
    sys.stdout.write(f"{len(tour.stops)} pages, {weight / 1e6:.1f} MB\n")
    return 1 if wrong else 0


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "groupcare.settings")
    django.setup()
    sys.exit(main(Path(sys.argv[1])))
