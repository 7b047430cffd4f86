"""The ceremony as people live it: by mouse, by keys alone, on a phone, in Spanish and without script, on a kiosk.

No step of a story is left out where its page does not come: what each person of the demo was asked before is known,
so each story says which pages it meets.
"""

import os
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Browser

    from tests.e2e.cast import House
    from tests.e2e.pages import Visitor
    from tests.e2e.running import Practice

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(600)]

# Who signs, in the run of each language: members of the demo who have signed already, and take it back first.
SIGNS = {"en": ("kira", "Kira Novak"), "es": ("jonas", "Jonas Weber")}
# Who was asked nothing yet, neither for a screen nor about a text: with the keys alone, and on the kiosk.
WITH_KEYS, HOLDS = ("henry", "Henry Voss"), "Elif Kaya"
# More than the stops of our longest page; a trap would never end.
MOST_TABS = 150


@pytest.fixture
def english(chromium: "Browser", practice: "Practice") -> "Iterator[House]":
    """Return the house of the demo's people with script and so with axe, in English, for what needs one run only."""
    from tests.e2e.cast import demo_house

    found = demo_house(chromium, practice, script=True, language="en")
    yield found
    found.close()


def picture(visitor: "Visitor", name: str) -> None:
    """Keep a picture of the page where the run asks for pictures."""
    folder = os.environ.get("GROUPCARE_CEREMONY_PICTURES")
    if folder:
        visitor.page.screenshot(path=Path(folder) / f"{name}.png", full_page=True)


def is_on(visitor: "Visitor", step: str) -> None:
    """Check that the page on the screen is this step of the ceremony."""
    assert f"/{step}/" in visitor.path, f"{visitor.path} is not the step {step!r}."


def agree_to_the_screen(member: "Visitor") -> None:
    """Type the code of the device test, and agree: this member was not asked before."""
    from tests.e2e.joining import agree_to_a_screen

    is_on(member, "screen")
    agree_to_a_screen(member)


def answer_the_questions(member: "Visitor") -> None:
    """Answer each short question about the text: this member has not tried them."""
    from tests.e2e.joining import answer_the_short_questions

    is_on(member, "understood")
    answer_the_short_questions(member)


# --- once more: take it back, talk first, decline, sign ------------------------------------------------------------


def take_back(member: "Visitor") -> None:
    """Take the signature back, after its consequences were shown."""
    member.visit("/agreements/")
    member.follow_first("My copy")
    member.follow("Take it back")
    assert member.heading == "What it means to take it back"
    picture(member, f"take-back-{member.words.language}")
    member.press("Take it back")
    assert member.heading == "You took your signature back"


def read_again(member: "Visitor", *, is_asked: bool = False) -> None:
    """Come to the three choices; the screen was agreed to before, and the questions come once since the last promise."""
    member.visit("/agreements/")
    member.follow_first("Read")
    assert member.page.locator("article.sheet section").count() >= 9, "The text is not there as HTML"
    member.press("Go on")
    if is_asked:
        answer_the_questions(member)
    assert member.heading == "What would you like to do?"


def the_choices_have_one_size(member: "Visitor") -> None:
    """Check that sign, talk first and decline are equally wide and high."""
    boxes = [one.bounding_box() for one in member.page.locator(".even .btn-even").all()]
    assert len(boxes) == 3
    assert len({(round(box["width"]), round(box["height"])) for box in boxes if box}) == 1, boxes


@pytest.mark.req("REQ-16", "REQ-51")
def test_a_member_takes_it_back_talks_declines_and_signs_again(house: "House") -> None:
    from tests.e2e.joining import sign

    key, name = SIGNS[house.language]
    member = house.demo(key, width=390)
    take_back(member)
    read_again(member, is_asked=True)
    the_choices_have_one_size(member)
    picture(member, f"decide-390-{house.language}")
    member.press("Talk first")
    assert member.heading == "You asked to talk first"
    read_again(member)
    member.follow("Decline")
    picture(member, f"decline-390-{house.language}")
    member.press("Decline")
    assert member.heading == "You declined"
    read_again(member)
    member.follow("Sign")
    member.show_that_it_is_you(house.practice.password)
    picture(member, f"sign-390-{house.language}")
    sign(member, name)
    picture(member, f"signed-390-{house.language}")
    assert "SHA-256" in member.download("Download my copy").path().read_text(encoding="utf-8")


# --- with the keys alone ---------------------------------------------------------------------------------------------


def tab_to(visitor: "Visitor", selector: str) -> None:
    """Press Tab until the focus stands on the first element that fits."""
    wanted = visitor.page.get_by_role("main").locator(selector).first
    for _step in range(MOST_TABS):
        if wanted.evaluate("one => one === document.activeElement"):
            return
        visitor.page.keyboard.press("Tab")
    raise AssertionError(f"Tab never came to {selector!r}")


def press_with_keys(visitor: "Visitor", role: str, name: str) -> None:
    """Reach the link or button of that name by Tab alone, and press Enter on it."""
    target = visitor._named(role, name).first
    for _step in range(MOST_TABS):
        visitor.page.keyboard.press("Tab")
        if target.evaluate("one => one === document.activeElement"):
            with visitor.page.expect_navigation():
                visitor.page.keyboard.press("Enter")
            visitor.watch.look(visitor.page)
            return
    raise AssertionError(f"Tab never came to {name!r}")


def type_into(visitor: "Visitor", selector: str, text: str) -> None:
    """Reach a field by Tab and type into it."""
    tab_to(visitor, selector)
    visitor.page.keyboard.type(text)


def choose_each_with_keys(visitor: "Visitor") -> None:
    """Choose an answer to each question with Tab and Space."""
    names = visitor.page.eval_on_selector_all("main input[type=radio]", "all => [...new Set(all.map(one => one.name))]")
    assert names, "There is no question on this page."
    for name in names:
        tab_to(visitor, f"input[type=radio][name='{name}']")
        visitor.page.keyboard.press("Space")


@pytest.mark.req("REQ-16", "REQ-46")
def test_the_whole_ceremony_is_done_with_the_keys_alone(english: "House") -> None:
    (key, name), member = WITH_KEYS, english.demo(WITH_KEYS[0])
    member.visit("/agreements/")
    press_with_keys(member, "link", "Read")
    is_on(member, "screen")
    code = member.page.locator(".sample").inner_text().rstrip(".").split()[-1]
    type_into(member, "input[type=text]", code)
    press_with_keys(member, "button", "I agree")
    press_with_keys(member, "button", "Go on")
    is_on(member, "understood")
    choose_each_with_keys(member)
    press_with_keys(member, "button", "Answer")
    if "/understood/" in member.path:  # whoever guessed rightly is led on at once
        press_with_keys(member, "link", "I read why. Go on")
    assert member.heading == "What would you like to do?"
    the_choices_have_one_size(member)
    press_with_keys(member, "link", "Sign")
    assert member.heading == "Show that it is you"
    type_into(member, "input[type=password]", english.practice.password)
    with member.page.expect_navigation():
        member.page.keyboard.press("Enter")
    assert member.heading == "Do you want to sign?"
    type_into(member, "input[type=text]", name)
    tab_to(member, "input[type=checkbox]")
    member.page.keyboard.press("Space")
    press_with_keys(member, "button", "Go on to sign")
    assert member.heading == "This is what we will keep"
    press_with_keys(member, "button", "Sign")
    assert member.heading == "You signed", key


# --- on a device of the practice ---------------------------------------------------------------------------------------


@pytest.mark.req("REQ-16")
def test_a_facilitator_hands_the_device_to_a_member_and_gets_it_back_empty(english: "House") -> None:
    from tests.e2e.joining import sign

    lead = english.demo("nadia", width=820)
    lead.visit("/groups/")
    lead.follow("Open", beside="Thursday B")
    group, board = lead.path, f"{lead.path}promises/"
    lead.visit(board)
    lead.page.locator("tr").filter(has_text=HOLDS).locator("a[href*='/promises/of/']").first.click()
    lead.follow("Hand over this device")
    lead.show_that_it_is_you(english.practice.password)
    picture(lead, "kiosk-begin")
    lead.press("Hand it over")
    picture(lead, "kiosk-home")
    assert lead.heading == "Take your time"
    for closed in (group, board, "/today/", "/agreements/", "/account/login/"):
        answer = lead.page.goto(english.practice.url + closed)
        assert answer is not None
        assert answer.status == 404, closed
    lead.visit("/here/")
    lead.tap(lead.page.get_by_role("main").locator("a[href^='/open/']").first)
    agree_to_the_screen(lead)
    picture(lead, "kiosk-read")
    words = lead.page.locator("article.sheet h2").first.inner_text()
    lead.press("Go on")
    answer_the_questions(lead)
    lead.follow("Sign")
    sign(lead, HOLDS)
    lead.sees("This device keeps no file.")
    picture(lead, "kiosk-signed")
    lead.press("Give the device back")
    assert lead.heading == "Give the device back"
    picture(lead, "kiosk-over")
    nothing_is_left(lead, words)


def nothing_is_left(device: "Visitor", words: str) -> None:
    """Press Back as often as a curious next person would: nothing of the one before comes up."""
    from playwright.sync_api import Error

    for _step in range(4):
        # A page that came by a form is gone from the device: the browser says that it has nothing to show.
        with suppress(Error):
            device.page.go_back()
        device.sees_nothing_of("This device keeps no file.", HOLDS, words)
    device.visit("/here/")
    assert "/account/login/" in device.path


# --- a guardian and a young person, each by themselves ---------------------------------------------------------------


@pytest.mark.req("REQ-63")
def test_a_guardian_and_a_young_person_answer_by_themselves(english: "House") -> None:
    from tests.e2e.joining import sign

    guardian, young = english.demo("karim", width=390), english.demo("sami", width=390)
    guardian.visit("/agreements/")
    guardian.sees("For a young person", "Sami Rahal")
    guardian.follow_first("Read")
    agree_to_the_screen(guardian)
    guardian.sees("You read and answer this for Sami Rahal.")
    guardian.press("Go on")
    answer_the_questions(guardian)
    guardian.follow("Sign")
    guardian.show_that_it_is_you(english.practice.password)
    sign(guardian, "Karim Rahal")
    guardian.sees("Sami Rahal")
    young.visit("/agreements/")
    young.sees_nothing_of("Karim", "Your child in this group")
    young.follow("Read", beside="You and this group")
    agree_to_the_screen(young)
    young.press("Go on")
    answer_the_questions(young)
    young.press("Talk first")
    assert young.heading == "You asked to talk first"
    guardian.visit("/agreements/")
    guardian.sees_nothing_of("Asked to talk before signing")
    lead = english.demo("nadia")
    lead.visit("/groups/")
    lead.follow("Open", beside="Saturday Y")
    lead.visit(f"{lead.path}promises/")
    assert "talk first" in lead.row("Sami Rahal").lower()
