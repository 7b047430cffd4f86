"""A facilitator's evening at a tablet, a co-facilitator beside her, a member at a telephone, and a network that drops."""

import os
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.e2e.cast import demo_house
from tests.e2e.pages import wait_for

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Locator, Route

    from tests.e2e.cast import House
    from tests.e2e.pages import Visitor
    from tests.e2e.running import Practice

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(300)]

TABLET, TELEPHONE = 820, 390
#: In seconds. Our choice: the screen asks every four; a busy machine gets four times that.
SOON = 16
NADIA, TOM = "nadia", "tom"


@pytest.fixture
def evening(chromium: "Browser", practice: "Practice") -> "House":
    """Return the demo's people with script, in English."""
    return demo_house(chromium, practice, script=True, language="en")


def test_an_evening_at_the_console_loses_no_tap(evening: "House") -> None:
    nadia = evening.demo(NADIA, width=TABLET)
    tom = evening.demo(TOM, width=1024)
    she_comes_in_with_one_tap(nadia)
    tom.visit(nadia.path)
    the_room_is_checked(nadia)
    first, second, third = rows(nadia)
    pick(first, "P")
    saved(nadia)
    wait_for(lambda: "Nadia Rahmani" in tom_row(tom, first).inner_text(), "her mark on his screen", SOON)
    the_network_drops(nadia, second, tom)
    two_hands_on_one_line(nadia, tom, third)
    an_answer_is_lost_on_the_way(nadia, tom, first)
    one_tap_is_refused(nadia, first, second)
    her_right_to_write_ends(nadia, first)
    look(nadia, "console")
    she_notes_what_she_saw(nadia)
    a_member_sees_nothing_of_it(evening)
    what_waits_goes_at_sign_out(nadia)
    evening.close()


def look(visitor: "Visitor", name: str) -> None:
    """Let people look at the page, where a folder for pictures is named; axe looks always."""
    visitor.watch.look(visitor.page)
    if folder := os.environ.get("GROUPCARE_EVENING_PICTURES"):
        for width in (390, 820, 1280):
            for light in ("light", "dark"):
                visitor.page.set_viewport_size({"width": width, "height": 900})
                visitor.page.emulate_media(color_scheme=light)  # type: ignore[arg-type]
                where = Path(folder) / f"{name}-{width}-{light}.png"
                visitor.page.screenshot(path=where, full_page=True, animations="disabled")
                visitor.watch.look(visitor.page)
        visitor.page.emulate_media(color_scheme="light")
        visitor.page.set_viewport_size({"width": TABLET, "height": 844})


def rows(visitor: "Visitor") -> list["Locator"]:
    """Return the lines of the first three members of the roster."""
    return visitor.page.locator("[data-place]").all()[:3]


def tom_row(tom: "Visitor", of: "Locator") -> "Locator":
    """Return the same line on another screen."""
    return tom.page.locator(f'[data-place="{of.get_attribute("data-place")}"]')


def pick(row: "Locator", code: str) -> None:
    """Tap one of the quick codes of a line."""
    row.locator(f'[data-pick="{code}"]').click()


def saved(visitor: "Visitor") -> None:
    """Wait until the screen says that everything is saved."""
    from playwright.sync_api import expect

    expect(visitor.page.locator("[data-sync]")).to_have_text("Everything is saved", timeout=SOON * 1000)


def she_comes_in_with_one_tap(nadia: "Visitor") -> None:
    nadia.visit("/today/")
    look(nadia, "today")
    nadia.follow("Open the console")
    assert nadia.path.endswith("/console/")
    nadia.sees("Before", "During", "After", "Check the room", "Who can come in")


def the_room_is_checked(nadia: "Visitor") -> None:
    """One tap is one answer, saved by itself; the clause of the week is read from a page of its own."""
    for check in nadia.page.locator("[data-check]").all():
        check.locator(".segment label").first.click()
    saved(nadia)
    nadia.tap(nadia.page.get_by_role("link", name="Clause of the week").first)
    nadia.press("It was read to the group")
    nadia.sees("Kept: the clause of the week was read.")
    assert nadia.page.locator("[data-check] input:checked").count() == 6


def the_network_drops(nadia: "Visitor", row: "Locator", tom: "Visitor") -> None:
    """Taps without a network wait, encrypted and without a name, over a reload too; then they are there, each once."""
    from playwright.sync_api import expect

    name = row.locator(".name-full").inner_text()
    nadia.context.set_offline(True)
    pick(row, "A")
    pick(row, "PL")
    expect(nadia.page.locator("[data-sync]")).to_contain_text("Waiting to be saved (2)")
    kept = "Object.entries(sessionStorage).map(one => one.join(' ')).join(' ')"
    wait_for(lambda: "gc-console" in nadia.page.evaluate(kept), "what waits is on the device", SOON)
    held = nadia.page.evaluate(kept)
    place = row.get_attribute("data-place") or "none"
    assert not [word for word in (*name.split(), place, '"PL"', "tap") if word in held]
    # The page itself comes back only with the network; nothing of what waits is sent before it is read again.
    nadia.page.route("**/console/tap/", lambda route: route.abort())
    nadia.context.set_offline(False)
    nadia.page.reload()
    expect(nadia.page.locator("[data-sync]")).to_contain_text("Waiting to be saved (2)")
    nadia.page.unroute("**/console/tap/")
    saved(nadia)
    assert "PL" in row.locator("[data-state]").inner_text()
    wait_for(lambda: "PL" in tom_row(tom, row).locator("[data-state]").inner_text(), "it is on his screen", SOON)
    assert "gc-console" not in nadia.page.evaluate(kept), "nothing waits, so nothing is kept"


def two_hands_on_one_line(nadia: "Visitor", tom: "Visitor", row: "Locator") -> None:
    """Of two marks on one line the second sees the first and chooses; nothing is overwritten unseen."""
    from playwright.sync_api import expect

    theirs = tom_row(tom, row)
    nadia.context.set_offline(True)
    pick(row, "AN")
    pick(theirs, "P")
    saved(tom)
    nadia.context.set_offline(False)
    box = row.locator("[data-clash]")
    expect(box).to_contain_text("Tom Becker", timeout=SOON * 1000)
    expect(box).to_contain_text("You chose: AN")
    look(nadia, "clash")
    box.get_by_role("button", name="Use mine").click()
    saved(nadia)
    wait_for(lambda: "AN" in theirs.locator("[data-state]").inner_text(), "her choice on his screen", SOON)
    console = nadia.path
    nadia.follow("Who changed what when")
    nadia.sees("Tom Becker", "Nadia Rahmani")
    look(nadia, "changes")
    nadia.visit(console)


def an_answer_is_lost_on_the_way(nadia: "Visitor", tom: "Visitor", row: "Locator") -> None:
    """Her mark is kept, but she does not hear it; what he writes then is not overwritten by her next tap unseen."""
    from playwright.sync_api import expect

    def kept_unheard(route: "Route") -> None:
        route.fetch()
        route.abort()

    theirs = tom_row(tom, row)
    nadia.page.route("**/console/tap/", lambda route: route.abort())
    nadia.page.route("**/console/tap/", kept_unheard, times=1)
    pick(row, "A")
    expect(theirs.locator("[data-state]")).to_contain_text("A, Nadia Rahmani", timeout=SOON * 1000)
    pick(theirs, "P")
    saved(tom)
    pick(row, "AN")
    nadia.page.unroute("**/console/tap/")
    box = row.locator("[data-clash]")
    expect(box).to_contain_text("P, Tom Becker", timeout=SOON * 1000)
    expect(box).to_contain_text("You chose: AN")
    pick(row, "PL")
    expect(box).to_be_hidden()
    saved(nadia)
    expect(row.locator("[data-state]")).to_contain_text("PL")
    expect(row.locator("[data-state]")).to_contain_text("you")


def one_tap_is_refused(nadia: "Visitor", row: "Locator", other: "Locator") -> None:
    """A refused tap says so and leaves the line as it stands on the server; the next tap is saved all the same."""
    from playwright.sync_api import expect

    refusal = {"state": "closed", "told": "The hour is over."}
    nadia.page.route("**/console/tap/", lambda route: route.fulfill(status=409, json=refusal), times=1)
    pick(row, "A")
    pick(other, "AN")
    expect(row.locator("[data-state]")).to_have_text("Not saved: A. The hour is over.")
    expect(row.locator('[data-pick="PL"]')).to_have_attribute("aria-pressed", "true")
    saved(nadia)
    expect(other.locator("[data-state]")).to_contain_text("AN, you")


def her_right_to_write_ends(nadia: "Visitor", row: "Locator") -> None:
    """From then on each tap says that it is not saved, and the screen shows what stands."""
    from playwright.sync_api import expect

    nadia.page.route("**/console/tap/", lambda route: route.fulfill(status=404, body=""), times=1)
    check = nadia.page.locator("[data-check]").first
    check.locator(".segment label").nth(1).click()
    over = "This session is no longer yours to write."
    expect(check.locator("[data-state]")).to_have_text(f"Not saved: Not in order. {over}")
    expect(check.locator("input").first).to_be_checked()
    expect(nadia.page.locator("[data-lost-list]")).to_contain_text(": Not in order")
    pick(row, "A")
    expect(row.locator("[data-state]")).to_have_text(f"Not saved: A. {over}")
    expect(row.locator('[data-pick="PL"]')).to_have_attribute("aria-pressed", "true")
    expect(nadia.page.locator("[data-sync]")).to_be_hidden()
    nadia.visit(nadia.path.partition("#")[0])


def she_notes_what_she_saw(nadia: "Visitor") -> None:
    nadia.tick("Something I noticed between people")
    nadia.write("What you noticed", "Two people speak past each other.")
    nadia.press("Save the remark")
    nadia.sees("Kept. Those who run the group can read it.")
    nadia.sees_nothing_of("Two people speak past each other")
    nadia.follow("What was written down here")
    nadia.sees("Two people speak past each other.")
    nadia.visit("/groups/")
    nadia.follow("Open", beside="Thursday B")
    nadia.sees("Rhythm", "could come in")
    look(nadia, "group")
    nadia.follow("All totals")
    look(nadia, "totals")


def a_member_sees_nothing_of_it(evening: "House") -> None:
    chiara = evening.demo("chiara", width=TELEPHONE)
    chiara.visit("/my/sessions/")
    chiara.sees_nothing_of("Thursday B", "marked as there", "Console")
    look(chiara, "member")


def what_waits_goes_at_sign_out(nadia: "Visitor") -> None:
    """The way to the page keeps it, and the page asks first; then it goes."""
    kept = "sessionStorage.getItem('gc-console-x')"
    nadia.page.evaluate("sessionStorage.setItem('gc-console-x', 'y')")
    nadia.visit("/account/profile/")
    main = nadia.page.get_by_role("main")
    nadia.tap(main.get_by_role("link", name="Sign out"))
    for answer in ("dismiss", "accept"):
        assert nadia.page.evaluate(kept) == "y"
        asked: list[str] = []
        nadia.page.once("dialog", lambda it, say=answer, heard=asked: (heard.append(it.message), getattr(it, say)()))
        main.get_by_role("button", name="Sign out").click()
        assert "is not saved yet" in asked[0]
    nadia.page.wait_for_load_state("load")
    assert "/logout/" not in nadia.path
    assert nadia.page.evaluate(kept) is None
