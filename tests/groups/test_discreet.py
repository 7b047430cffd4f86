"""On a discreet device the server sends no name of anybody to a staff page."""

import re
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from tests.groups.joining_world import fitting
from tests.groups.test_overlaps import avoid

pytestmark = pytest.mark.django_db


def pages_of(world: Any) -> list[str]:
    """Return the addresses where a facilitator sees people."""
    group, session = world.thursday.pk, world.session_of_thursday.pk
    place = world.membership("ben").pk
    zed = fitting(world, "Zed Tanaka", world.zoe.login.email)
    avoid(world.ben, "Zed Tanaka")
    return [
        *(reverse(f"groups:{name}", args=[group]) for name in ("joining-list", "joining-waiting", "overlap-list")),
        reverse("groups:joining-detail", args=[group, zed.pk]),
        reverse("groups:joining-step", args=[group, zed.pk, "offered"]),
        reverse("groups:member-leave", args=[group, place]),
        reverse("groups:member-transfer", args=[group, place]),
        reverse("groups:today"),
        reverse("groups:group-detail", args=[group]),
        reverse("groups:member-list", args=[group]),
        reverse("groups:member-end", args=[group, place]),
        reverse("groups:session-detail", args=[session]),
        reverse("groups:session-notes", args=[session]),
        reverse("groups:progress-note-choose", args=[session]),
        reverse("groups:progress-note-create", args=[session, place]),
        reverse("groups:session-attendance", args=[session]),
        reverse("groups:session-console", args=[session]),
        reverse("groups:session-changes", args=[session]),
        reverse("groups:attendance-totals", args=[group]),
        reverse("consent:coverage-board", args=[group]),
    ]


def names_in(html: str, names: list[str]) -> list[str]:
    words = re.sub(r"<textarea.*?</textarea>", "", html, flags=re.DOTALL)
    return [name for name in names if re.search(rf"\b{re.escape(name)}\b", words)]


def test_no_staff_page_of_a_discreet_device_holds_a_name(world, client_for) -> None:
    browser: Client = client_for(world.nadia)
    people = [world.person(key) for key in ("nadia", "tom", "ben", "chiara", "dev", "olga")]
    names = ["Zed", *(part for one in people for part in one.used_name.split())]
    seen = 0
    for address in pages_of(world):
        plain = browser.get(address)
        assert plain.status_code == 200, address
        seen += bool(names_in(plain.content.decode(), names))
        browser.cookies["names"] = "initials"
        discreet = browser.get(address)
        assert discreet.status_code == 200, address
        assert not names_in(discreet.content.decode(), names), address
        browser.cookies["names"] = ""
    assert seen >= 13, "the pages held no names to begin with"


def test_a_member_keeps_their_own_name_on_their_own_page(world, client_for) -> None:
    browser = client_for(world.ben)
    browser.cookies["names"] = "initials"
    assert world.ben.used_name in browser.get(reverse("groups:home-member")).content.decode()
