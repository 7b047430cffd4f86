"""How a group that meets already goes live: its members, its past sessions, an evening, a paper with its scan."""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from tests.e2e.cast import House
from tests.e2e.pages import Visitor

ZONE = ZoneInfo("America/New_York")
# The smallest page that readers open.
SCAN = b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[]/Count 0>>endobj\n%%EOF\n"


@dataclass(frozen=True)
class Circle:
    """A group that meets already: where, and who is in it. The first has a paper, the last may have an address."""

    label: str
    where: str
    names: tuple[str, ...]
    email: str = ""


def day(days: int) -> str:
    """Return the day that many days from today, where the practice is, as a field takes it."""
    return f"{datetime.now(ZONE) + timedelta(days=days):%Y-%m-%d}"


def going_live(house: House, circles: tuple[Circle, ...]) -> None:
    """Walk the whole way as the demo's lead, for each group of the practice."""
    nadia = house.demo("nadia")
    for circle in circles:
        group = a_group_is_made(nadia, circle)
        its_members_are_entered(nadia, group, circle)
        past_sessions_are_entered(nadia, group)
        an_evening_is_chosen(nadia, group, circle)
        a_paper_comes_back(nadia, group, circle)
    all_groups_stand_there(nadia, circles)
    nobody_was_written_to_but_one(house, circles)


def a_group_is_made(lead: Visitor, circle: Circle) -> str:
    """Make a group and publish its agreement; return its address."""
    lead.visit("/groups/new/")
    lead.write("Name on your screens", circle.label)
    lead.choose("Kind of group", "Support")
    lead.choose("Who can join later", "Closed: everyone starts together")
    lead.choose("Where you meet", circle.where)
    if circle.where != "Online":
        lead.choose("Room", "Linden House")
    if circle.where != "In a room":
        lead.write("Video link", "https://meet.example/quiet-room")
    lead.write("Places", "8")
    lead.press("Make the group")
    assert lead.heading == circle.label
    group = lead.path
    lead.follow("Review and publish")
    lead.press("Show the whole text")
    lead.press("I read it: publish")
    lead.sees("Published. Everyone it is for gets one message with something to read.")
    return group


def its_members_are_entered(lead: Visitor, group: str, circle: Circle) -> None:
    """Enter them at once, most of them with a name only; an empty form is told what is missing."""
    lead.visit(f"{group}people/")
    lead.follow("This group meets already")
    lead.press("Give them their places")
    assert lead.page.locator("#form-errors").count(), "An empty form did not say what is missing"
    for row, name in enumerate(circle.names):
        lead.page.locator(f"[name='{row}_used_name']").fill(name)
        lead.page.locator(f"[name='{row}_since']").fill(day(-400))
    if circle.email:
        lead.page.locator(f"[name='{len(circle.names) - 1}_email']").fill(circle.email)
    lead.press("Give them their places")
    lead.sees(*circle.names, "No sign-in: on paper and by voice")


def past_sessions_are_entered(lead: Visitor, group: str) -> None:
    """Enter two sessions so that the next one is number 23."""
    lead.visit(f"{group}sessions/")
    lead.follow("Enter sessions you have held")
    lead.write("Day of the first", day(-15))
    lead.write("Started at", "18:30")
    lead.write("How many weeks", "2")
    lead.write("Number of the first", "21")
    lead.press("Enter them")
    lead.sees("Session 21", "Session 22", "Held")


def an_evening_is_chosen(lead: Visitor, group: str, circle: Circle) -> None:
    """Choose the evening; until then everybody may come, and their standing stays as it is."""
    lead.visit(f"{group}promises/")
    lead.follow("Time to sign")
    lead.write("Last evening without a signature", day(14))
    lead.write("Why", "We go live.")
    lead.press("Open until then")
    lead.sees("the gate lets people in without a signature; then it closes.", "Everyone can come in.")
    for name in circle.names:
        assert lead.words.there("Missing").lower() in lead.row(name).lower(), name


def a_paper_comes_back(lead: Visitor, group: str, circle: Circle) -> None:
    """Print the agreement, write the paper down with its scan, and look at the board and the scan."""
    on_paper, *others = circle.names
    lead.follow(on_paper)
    lead.follow("Print")
    assert "Signature" in lead.text or lead.words.there("Signature") in lead.text  # in the language of the member
    assert re.search(r"\b[0-9a-f]{8}\b", lead.text), "The check sum does not stand on the paper"
    lead.follow("Back")
    lead.open_more("A signed paper came back")
    lead.follow("A signed paper came back")
    lead.press("Keep this")
    assert lead.page.locator("#form-errors").count(), "An empty form did not say what is missing"
    lead.write("Date on the paper", day(0))
    lead.tick("It was printed from here: version number and check sum stand on it")
    lead.page.locator("[name='scan']").set_input_files(
        files=[{"name": "scan.pdf", "mimeType": "application/pdf", "buffer": SCAN}]
    )
    lead.tick("I compared this scan with the original paper. It shows the same.")
    lead.press("Keep this")
    lead.sees("Nadia Rahmani")
    assert lead.download("Scan").path().read_bytes() == SCAN
    lead.visit(f"{group}promises/")
    assert lead.words.there("cleared").lower() in lead.row(on_paper).lower()
    for name in others:
        assert lead.words.there("Missing").lower() in lead.row(name).lower(), name


def all_groups_stand_there(lead: Visitor, circles: tuple[Circle, ...]) -> None:
    """Find each group in the list, with where it meets and as many places taken as people were entered."""
    lead.visit("/groups/")
    for circle in circles:
        row = lead.row(circle.label)
        assert lead.words.there(circle.where) in row
        assert re.search(rf"\b{len(circle.names)}\b", row), row


def nobody_was_written_to_but_one(house: House, circles: tuple[Circle, ...]) -> None:
    """The one with an address has one message; the others have none, for they have no address."""
    (email,) = (circle.email for circle in circles if circle.email)
    letter = house.tray.wait_for_letter(email, "A link for you")
    assert not [name for circle in circles for name in circle.names if name.split()[0] in letter.body]
    assert len(house.tray.letters_to(email)) == 1
