"""How people come in: points 1 to 5 of the main job, up to the coverage board."""

import re
import time

from tests.e2e.cast import LANGUAGE_NAMES, OWN_PASSWORD, House
from tests.e2e.mail import Letter, says_nothing
from tests.e2e.pages import Visitor, one_time_code


# --- 1. An administrator invites a facilitator, who sets a second factor ---------------------------------
def ada_invites_a_facilitator(house: House) -> Letter:
    """Invite the facilitator and return the message she gets."""
    ada, vera = house.demo("ada"), house.cast.vera
    ada.follow("People")
    ada.follow("Invite somebody")
    ada.write("Name to use here", vera.name)
    ada.write("E-mail", vera.email)
    ada.choose("Works here as", "Facilitator")
    ada.choose("Language", LANGUAGE_NAMES[house.language])
    ada.choose("Time zone", "America/New York")
    ada.press("Send the invitation")
    ada.sees("The invitation is on its way", vera.name)
    letter = house.tray.wait_for_letter(vera.email, "A link for you")
    says_nothing(letter, *house.cast.names)
    return letter


def she_makes_her_account_with_a_second_factor(house: House, letter: Letter) -> None:
    """Accept, meet the closed door, set an authenticator app, and come in."""
    vera = house.of("vera")
    accept(vera, letter)
    assert vera.heading == "Second step at sign-in"
    vera.visit("/groups/")
    assert vera.heading == "Second step at sign-in", "A staff page opened without a second factor"
    vera.follow("Set up an app")
    house.cast.secret = vera.page.get_by_role("main").locator("strong").inner_text().strip()
    vera.page.get_by_role("textbox").fill(one_time_code(house.cast.secret, time.time()))
    vera.press("Set it up")
    vera.sees("Recovery codes")
    vera.follow("I have them. Go on")
    assert vera.heading == f"Hello, {house.cast.vera.name}."


def accept(visitor: Visitor, letter: Letter) -> None:
    """Open the link of an invitation and choose a password."""
    visitor.visit(letter.link)
    visitor.press("Make my account")
    assert visitor.page.locator("#form-errors").count(), "An empty form did not say what is missing"
    visitor.write("Password", OWN_PASSWORD)
    visitor.write("Password, once more", OWN_PASSWORD)
    visitor.press("Make my account")


# --- 2. She makes a group and publishes its agreement -----------------------------------------------------
def she_makes_a_group(house: House) -> None:
    """Make a group in a room and online."""
    vera = house.of("vera")
    vera.follow("Groups")
    vera.follow("New group")
    vera.press("Make the group")
    vera.sees("Name on your screens")
    assert vera.page.locator("#form-errors").count(), "An empty form did not say what is missing"
    vera.write("Name on your screens", house.cast.label)
    vera.write("What the group is for", "Adults who start again.")
    vera.choose("Kind of group", "Support")
    vera.choose("Who can join later", "Closed: everyone starts together")
    vera.choose("Where you meet", "Room and online")
    vera.choose("Room", "Linden House")
    vera.write("Video link", "https://meet.example/quiet-room")
    vera.write("Places", "8")
    vera.press("Make the group")
    assert vera.heading == house.cast.label
    house.cast.places["group"] = vera.path
    vera.sees("is not published. Until it is, nobody can come in.")


def she_looks_through_and_publishes_the_agreement(house: House) -> None:
    """Read the whole text with its locked parts, change an open one, publish it."""
    vera = house.of("vera")
    vera.follow("Review and publish")
    vera.press("Show the whole text")
    assert vera.page.locator("article .lock").count() >= 5, "The locked parts are not marked"
    vera.press("I read it: publish")
    vera.sees("Published.")
    vera.follow(house.cast.label)
    vera.sees_nothing_of("is not published")


# --- 3. She invites three members -------------------------------------------------------------------------
def she_invites_three_members(house: House) -> dict[str, Letter]:
    """Invite each, and return the one neutral message that each gets."""
    vera, cast = house.of("vera"), house.cast
    for one in cast.members:
        vera.visit(cast.places["group"])
        vera.follow("Invite someone")
        vera.write("Name", one.name)
        vera.write("E-mail address", one.email)
        vera.write("The same address again", one.email)
        vera.press("Send the message")
        vera.sees(one.name)
    letters = {one.key: house.tray.wait_for_letter(one.email, "A link for you") for one in cast.members}
    for one in cast.members:
        says_nothing(letters[one.key], *cast.names)
        assert [letter.subject for letter in house.tray.letters_to(one.email)].count("A link for you") == 1
    return letters


# --- 4. Members answer --------------------------------------------------------------------------------------
def a_member_reads_and_asks_to_talk(house: House, letter: Letter) -> None:
    """Accept, read the agreement, ask to talk first."""
    member, cast = house.of(house.cast.signs.key), house.cast
    accept(member, letter)
    assert member.heading == f"Hello, {cast.signs.name}."
    member.sees_nothing_of(cast.label, cast.declines.name, cast.waits.name)
    read_the_agreement(member)
    member.press("Talk first")
    assert member.heading == "You asked to talk first"


def read_the_agreement(member: Visitor) -> None:
    """Go from home to the three choices of conscience."""
    member.follow("Agreements")
    member.follow_first("Read")
    agree_to_a_screen(member)
    assert member.page.locator("article.sheet section").count() >= 9, "The text is not there as HTML"
    member.press("Go on")
    answer_the_short_questions(member)
    assert member.heading == "What would you like to do?"


def agree_to_a_screen(member: Visitor) -> None:
    """Read what is said before the first paper, type the code of the device test, and agree; asked once."""
    if not member.path.startswith("/agreements/screen/"):
        return
    code = member.page.locator(".sample").inner_text().rstrip(".").split()[-1]
    member.write("Type the code from the line above", code)
    member.press("I agree")


def answer_the_short_questions(member: Visitor) -> None:
    """Guess at each question; a wrong guess is explained, and the way goes on."""
    if "/understood/" not in member.path:
        return
    for one in member.page.get_by_role("main").locator("fieldset").all():
        one.get_by_role("radio").first.check()
    member.press("Answer")
    if "/understood/" in member.path:
        member.sees("Not quite.")
        member.follow("I read why. Go on")


def another_declines(house: House, letter: Letter) -> None:
    """Accept, read, see what declining means, decline."""
    member = house.of(house.cast.declines.key)
    accept(member, letter)
    read_the_agreement(member)
    member.follow("Decline")
    assert member.heading == "What it means to decline"
    member.press("Decline")
    assert member.heading == "You declined"


def the_member_signs_later(house: House) -> str:
    """Step up, meet what is missing, sign, take the copy; return what the copy says."""
    member, cast = house.of(house.cast.signs.key), house.cast
    member.visit("/home/")
    read_the_agreement(member)
    member.follow("Sign")
    member.show_that_it_is_you(OWN_PASSWORD)
    sign(member, cast.signs.name)
    copy = member.download("Download my copy")
    text = copy.path().read_text(encoding="utf-8")
    for expected in (cast.signs.name, "For yourself", "Password", "America/New_York", "UTC", "SHA-256"):
        assert expected in text, expected
    assert re.search(r"\b[0-9a-f]{64}\b", text), "The copy does not hold the hash of its version"
    assert not [one.name for one in (cast.declines, cast.waits) if one.name in text]
    return text


def sign(member: Visitor, name: str) -> None:
    """Press Sign too early once, then type the name, tick the sentence and sign."""
    assert member.heading == "Do you want to sign?"
    member.press("Go on to sign")
    assert member.page.locator("#form-errors").count(), "It signed without a name and without the sentence"
    member.write("Type your name", name)
    member.tick_the_promise()
    member.press("Go on to sign")
    assert member.heading == "This is what we will keep"
    member.sees(name, "not recorded")
    member.press("Sign")
    assert member.heading == "You signed"


# --- 5. The coverage board ----------------------------------------------------------------------------------
def the_board_shows(house: House, standings: dict[str, str]) -> None:
    """Check the standing of each member on the coverage board."""
    vera = house.of("vera")
    vera.visit(house.cast.places["group"])
    vera.follow("Coverage board")
    for name, standing in standings.items():
        assert standing.lower() in vera.row(name).lower(), (name, vera.row(name))
