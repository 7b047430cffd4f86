"""A mistyped invitation, in a real browser: a stranger came in, and is out again before their next click."""

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.e2e.cast import House
    from tests.e2e.mail import Letter

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(900)]

# The name, the address with a slip in it, and the right one.
RUNS = {
    "en": ("Bruna Alt", "burna@demo.example", "bruna@demo.example"),
    "es": ("Celia Ibor", "cleia@demo.example", "celia@demo.example"),
}


@pytest.mark.req("REQ-148")
def test_a_stranger_with_somebody_elses_invitation_gets_nothing_on_the_next_click(house: "House") -> None:
    name, slip, right = RUNS[house.language]
    old = she_is_invited_at_a_wrong_address(house, name, slip)
    a_stranger_looks_around(house, old)
    she_puts_it_right(house, name, slip, right)
    the_stranger_gets_nothing(house, old, slip)
    the_right_person_comes_in(house, name, right)
    the_page_still_says_what_was_seen(house, name)


def she_is_invited_at_a_wrong_address(house: "House", name: str, slip: str) -> "Letter":
    """Invite somebody of the group to an address that is a stranger's, and return the message."""
    from tests.e2e.cast import LANGUAGE_NAMES
    from tests.e2e.mail import says_nothing

    nadia = house.demo("nadia")
    nadia.visit("/groups/")
    nadia.follow("Open", beside="Thursday B")
    house.cast.places["group"] = nadia.path
    nadia.follow("Invite someone")
    nadia.write("Name", name)
    nadia.write("E-mail address", slip)
    nadia.write("The same address again", slip)
    nadia.choose("Language of the message", LANGUAGE_NAMES[house.language])
    nadia.press("Send the message")
    nadia.sees(name)
    letter = house.tray.wait_for_letter(slip, "A link for you")
    says_nothing(letter, *name.split())
    return letter


def a_stranger_looks_around(house: "House", letter: "Letter") -> None:
    """Make the account, read the agreement, look at the days to come, and leave the browser open."""
    from tests.e2e.joining import accept, read_the_agreement

    stranger = house.of("wrong person")
    accept(stranger, letter)
    read_the_agreement(stranger)
    stranger.visit("/my/sessions/")
    stranger.sees_nothing_of("Thursday B", "Amara", "Chiara")
    stranger.visit("/home/")


def she_puts_it_right(house: "House", name: str, slip: str, right: str) -> None:
    """Press "Wrong person", read what was seen, and invite the right one."""
    nadia = house.demo("nadia")
    nadia.visit(house.cast.places["group"] + "people/")
    nadia.open_more(beside=name)
    nadia.follow("Wrong person", beside=name)
    nadia.prove_if_asked(house.practice.password)
    assert nadia.heading == f"The message for {name} went to the wrong person"
    house.cast.places["mistake"] = nadia.path
    nadia.sees("They opened the link and made an account.", "They read the agreement of the group.")
    nadia.press("Put it right")
    assert nadia.page.locator("#form-errors").count(), "An empty form did not say what is missing"
    for address in (slip, right):
        nadia.write("E-mail address", address)
        nadia.write("The same address again", address)
        nadia.press("Put it right")
        if address == slip:
            assert nadia.page.locator("#form-errors").count(), "It went to the same wrong address once more"
    assert nadia.heading == "Put right"
    nadia.sees("One message is on its way to the right address. The old link is dead.")


def the_stranger_gets_nothing(house: "House", letter: "Letter", slip: str) -> None:
    """On the page that was left open the next click leads out; neither the link nor the password opens anything."""
    from tests.e2e.cast import OWN_PASSWORD

    stranger = house.of("wrong person")
    stranger.follow("Agreements")
    assert stranger.heading == "Sign in", "A click on an open page still opened something"
    for page in ("/home/", "/my/sessions/", "/my/record/", house.cast.places["group"]):
        stranger.visit(page)
        assert stranger.heading == "Sign in", page
    assert stranger.visit(letter.link).status == 404
    stranger.sign_in(slip, OWN_PASSWORD)
    assert stranger.heading == "Sign in", "The account was not switched off"


def the_right_person_comes_in(house: "House", name: str, right: str) -> None:
    """Get the one message, make an account, and find the agreement there to be read, unanswered."""
    from tests.e2e.joining import accept, read_the_agreement
    from tests.e2e.mail import says_nothing

    letter = house.tray.wait_for_letter(right, "A link for you")
    says_nothing(letter, *name.split())
    member = house.of("right person")
    accept(member, letter)
    assert member.heading == f"Hello, {name}."
    read_the_agreement(member)


def the_page_still_says_what_was_seen(house: "House", name: str) -> None:
    """Come back to it: what was seen stands there, a second press sends nothing, and a concern is offered."""
    nadia = house.demo("nadia")
    nadia.visit_proven(house.cast.places["mistake"], house.practice.password)
    assert nadia.heading == "Put right"
    nadia.sees("They read the agreement of the group.", "Did somebody see what they should not?")
    nadia.follow("Open a concern", beside="Did somebody see what they should not?")
    assert nadia.path == "/concern/"
    nadia.visit(house.cast.places["group"] + "people/")
    assert nadia.row(name).count(name) >= 1
