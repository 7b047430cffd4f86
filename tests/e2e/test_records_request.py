"""A copy of a record in a real browser: the member asks, the lead checks and releases, the member takes it once."""

import json
import zipfile
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.e2e.cast import House
    from tests.e2e.pages import Visitor

# Whose copy is made, in the run of each language.
MEMBERS, ORDERED = {"en": "june", "es": "amara"}, {"en": "Ben Tanaka", "es": "Dev Patel"}

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(600)]


def taken(visitor: "Visitor") -> list[str]:
    """Press the download and return the names in the archive, its data checked."""
    with zipfile.ZipFile(visitor.download("Download it now", role="button").path()) as archive:
        data = json.loads(archive.read("record.json"))
        assert data["schema"] == "groupcare.record/1"
        assert data["watermark"]["number"].startswith("R-")
        return sorted(archive.namelist())


@pytest.mark.req("SEC-48", "SEC-60", "SEC-69")
def test_a_member_gets_their_own_copy_once_and_sees_who_opened_the_record(house: "House") -> None:
    member, nadia = house.demo(MEMBERS[house.language]), house.demo("nadia")
    password = house.practice.password
    member.visit("/home/")
    member.follow("About me")
    member.follow("Open", beside="A copy of my record")
    member.press("Ask for a copy")
    member.sees("being prepared", "45 CFR 164.524")

    nadia.visit("/today/")
    nadia.follow("Records")
    nadia.follow("Open", beside=f": {nadia.words.there('asked')}")
    nadia.prove_if_asked(password)
    nadia.press("Prepare it")
    assert nadia.heading == "Check the names"
    for choice in nadia.page.locator("input[type=radio][value=replace]").all():
        choice.check()
    nadia.press("Names are decided")
    nadia.press("Release")
    nadia.sees("Take it, once")

    member.visit_proven("/my/record/", password)
    member.follow("Take it")
    member.prove_if_asked(password)
    assert taken(member) == ["record.html", "record.json"]
    member.visit("/my/record/")
    member.sees("taken")
    member.visit("/my/privacy/opened/")
    member.sees("Lead of your group", "released a copy of your record")
    member.sees_nothing_of("Nadia Rahmani")


@pytest.mark.req("SEC-69")
def test_to_a_court_a_second_person_approves_and_the_lead_takes_it_once(house: "House") -> None:
    nadia, petra = house.demo("nadia"), house.demo("petra")
    password = house.practice.password
    nadia.visit("/groups/")
    nadia.follow("Open", beside="Thursday B")
    nadia.visit(nadia.path + "people/")
    nadia.open_more(beside=ORDERED[house.language])
    nadia.follow("A copy of the record", beside=ORDERED[house.language])
    nadia.prove_if_asked(password)
    nadia.press("Open the request")
    assert nadia.page.locator("#form-errors").count(), "An empty form did not say what is missing"
    nadia.choose("Who gets the copy", "A court, by order")
    nadia.write("Name of who gets it", "The county court")
    nadia.write("Why", "Order of 3 May.")
    nadia.press("Open the request")
    nadia.press("Prepare it")
    nadia.press("Names are decided")
    nadia.sees("A second person has to approve")
    place = nadia.path
    petra.visit_proven(place, password)
    petra.sees("Order of 3 May.", "The county court")
    petra.press("Approve")
    nadia.visit(place)
    nadia.press("Release")
    assert taken(nadia) == ["record.html", "record.json"]
    nadia.visit(place)
    nadia.sees("Nothing more to do")
