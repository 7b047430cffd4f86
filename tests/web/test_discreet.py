"""Discreet mode: names leave the server as initials, and a page can be covered when its window is left."""

from types import SimpleNamespace

import pytest
from django.template import Context, Template
from django.test import Client, RequestFactory

from groupcare.web import context
from groupcare.web.middleware import DiscreetMiddleware

pytestmark = pytest.mark.django_db

PERSON = SimpleNamespace(used_name="Nadia Rahmani", initials="NR")
PLACE = SimpleNamespace(name="Benny", initials="B")
CHOICES = {"theme": "device", "language": "en", "names": "initials", "away": "cover", "next": "/today/"}


def shown(one: object, **cookies: str) -> str:
    """Return how a page of a device with these cookies calls somebody."""
    request = RequestFactory().get("/")
    request.COOKIES.update(cookies)
    answers = []
    page = Template("{{ one|shown_name }}")
    DiscreetMiddleware(lambda request: answers.append(page.render(Context({"one": one}))))(request)
    return answers[0]


def test_a_name_is_shown_where_nobody_asked_for_less() -> None:
    assert shown(PERSON) == "Nadia Rahmani"
    assert shown(PLACE) == "Benny"
    assert shown(PERSON, names="anything") == "Nadia Rahmani"


def test_initials_stand_in_place_of_names_on_a_discreet_device() -> None:
    assert shown(PERSON, names="initials") == "NR"
    assert shown(PLACE, names="initials") == "B"


def test_a_name_without_letters_is_not_shown_for_want_of_initials() -> None:
    assert shown(SimpleNamespace(used_name="🌊", initials=""), names="initials") == "…"


def test_the_choice_ends_with_its_request() -> None:
    shown(PERSON, names="initials")
    assert not context.initials_only()


def test_the_choice_is_kept_on_the_device_and_shown_again(site: Client) -> None:
    answer = site.post("/display/", CHOICES)
    assert (answer.status_code, answer["Location"]) == (303, "/today/")
    assert (site.cookies["names"].value, site.cookies["away"].value) == ("initials", "cover")
    page = site.get("/display/").content.decode()
    for field, value in (("names", "initials"), ("away", "cover")):
        box = next(part for part in page.split("<input") if f'name="{field}"' in part and f'value="{value}"' in part)
        assert "checked" in box.split(">")[0]


def test_the_ordinary_choice_takes_the_cookies_away(site: Client) -> None:
    site.post("/display/", CHOICES)
    site.post("/display/", {**CHOICES, "names": "full", "away": "stay"})
    assert (site.cookies["names"]["max-age"], site.cookies["away"]["max-age"]) == (0, 0)


def test_any_page_carries_the_cover_only_for_who_asked_for_it(site: Client) -> None:
    assert "data-cover-sheet" not in site.get("/display/").content.decode()
    site.cookies["away"] = "cover"
    assert "data-cover-sheet data-away" in site.get("/display/").content.decode()


def test_the_page_says_what_discreet_mode_does_not_do(site: Client) -> None:
    page = site.get("/display/").content.decode()
    assert "lists to choose a person from keep the names" in page
    assert "without it, nothing is covered" in page
