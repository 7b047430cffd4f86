"""A facilitator cannot come: reception acts from a telephone, in a real browser, on the running practice."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Locator

    from tests.e2e.cast import House
    from tests.e2e.pages import Visitor

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(900)]

SATURDAY = ("pia", "quinn", "rocio", "sami", "tess")
ZONE = ZoneInfo("America/New_York")
TELEPHONE = 390
SUBSTITUTE = "sven@demo.example"


@dataclass(frozen=True)
class Run:
    """Whose session is handed over, who is in it, and in how many hours the session is that is called off."""

    label: str
    lead: str
    member: str
    on_the_sheet: str
    hours: int
    # In minutes; the demo has a session of the first group today.
    planned_in: int = 0


RUNS = {
    "en": Run("Thursday B", "Nadia Rahmani", "Chiara Leone", "Marco Leone (brother)", hours=3),
    "es": Run("Tuesday A", "Tom Becker", "Imani Clarke", "Imani Clarke", hours=4, planned_in=20),
}


def test_reception_hands_a_session_over_and_calls_another_off(house: "House") -> None:
    run, rosa = RUNS[house.language], house.demo("rosa", width=TELEPHONE)
    if run.planned_in:
        plan(house.demo("tom"), run.label, datetime.now(ZONE) + timedelta(minutes=run.planned_in))
    rosa.visit("/")
    assert rosa.path == "/tonight/"
    asked_before = len(house.tray.letters_about("Can you step in?", SUBSTITUTE))
    reception_hands_it_over(rosa, run)
    the_substitute_comes_in(house, run, asked_before)
    rosa.visit("/tonight/")
    rosa.sees("Sven Aho steps in.")
    start = datetime.now(ZONE) + timedelta(hours=run.hours)
    plan(house.demo("nadia"), "Saturday Y", start)
    reception_calls_it_off(rosa, start)
    everyone_is_told_once(house, start)


def card(visitor: "Visitor", *texts: str) -> "Locator":
    """Return the first card that says all of this."""
    found = visitor.page.locator("section.card")
    for text in texts:
        found = found.filter(has_text=text)
    return found.first


def plan(lead: "Visitor", label: str, start: datetime) -> None:
    """Plan one more session for a group."""
    lead.visit("/groups/")
    lead.follow("Open", beside=label)
    lead.visit(lead.path + "sessions/")
    lead.follow("Plan sessions")
    lead.write("Day", f"{start:%Y-%m-%d}")
    lead.write("Starts at", f"{start:%H:%M}")
    lead.write("Minutes", "45")
    lead.press("Plan")
    lead.sees(f"{start:%H:%M}")


def reception_hands_it_over(rosa: "Visitor", run: Run) -> None:
    """See who leads and no name of a member; ask a colleague with two taps."""
    rosa.sees(run.label, run.lead)
    rosa.sees_nothing_of(*run.member.split(), "Amara", "Notes waiting")
    rosa.taps = 0
    rosa.tap(card(rosa, run.label, run.lead).get_by_role("link", name=rosa.words.there("Hand it over")))
    rosa.press("Ask", beside="Sven Aho")
    assert rosa.taps == 2
    rosa.sees("Sven Aho was asked and has not answered yet.")


def the_substitute_comes_in(house: "House", run: Run, asked_before: int) -> None:
    """He is asked by a neutral message, says yes with one tap, and sees the session and no note of it."""
    from tests.e2e.mail import says_nothing

    sven = house.demo("sven", width=TELEPHONE)
    letter = house.tray.wait_for_letter(SUBSTITUTE, "Can you step in?", count=asked_before + 1)
    says_nothing(letter, run.label, *run.member.split())
    sven.visit(letter.link)
    sven.follow("Open the session")
    sven.sees_nothing_of(run.member)
    sven.press("Yes, I step in")
    sven.sees(run.member, "Emergency sheet")
    session = sven.path
    assert sven.visit(session + "notes/").status == 404
    assert sven.visit(session).status == 200
    sven.sees_nothing_of("Read the notes", "Write the process note")
    sven.follow("Emergency sheet")
    sven.sees(run.on_the_sheet)


def reception_calls_it_off(rosa: "Visitor", start: datetime) -> None:
    """Call it off with two taps and a reason; without a reason nothing happens."""
    rosa.visit("/tonight/")
    wanted = ("Saturday Y", f"{start:%H:%M}")
    rosa.tap(card(rosa, *wanted).get_by_role("link", name=rosa.words.there("Cancel it")))
    rosa.press("Call it off and tell everyone")
    assert rosa.page.locator("#form-errors").count(), "It was called off without a reason"
    rosa.tick("The facilitator is ill")
    rosa.press("Call it off and tell everyone")
    rosa.sees("Called off")
    rosa.tap(card(rosa, *wanted).get_by_role("link", name=rosa.words.there("Whom to call")))
    rosa.sees("Nobody to call")


def everyone_is_told_once(house: "House", start: datetime) -> None:
    """Each member gets one neutral message about it, in their language."""
    from tests.e2e.mail import says_nothing
    from tests.e2e.pages import wait_for

    for key in SATURDAY:
        address = f"{key}@demo.example"
        said = "no tendrá lugar" if key == "rocio" else "does not take place"

        def told(address: str = address, said: str = said) -> list[object]:
            found = house.tray.letters_to(address)
            return [one for one in found if said in one.body and f"{start:%H:%M}" in one.body]

        wait_for(lambda told=told: bool(told()), f"word to {address}")  # type: ignore[misc]
        (letter,) = told()
        says_nothing(letter, "Saturday Y", "Nadia")  # type: ignore[arg-type]
