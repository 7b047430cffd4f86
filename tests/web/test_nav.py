import pytest
from django.http import HttpRequest
from django.test import Client, RequestFactory

from groupcare.web import nav
from groupcare.web.nav import NavItem


@pytest.fixture(autouse=True)
def _routes(settings) -> None:
    settings.ROOT_URLCONF = "tests.web.urls"
    nav._items.clear()


def entry(key: str, url_name: str = "web:display", shown_to: str = "facilitator", **more) -> NavItem:
    return NavItem(key, key.title(), "users", url_name, frozenset({shown_to}), **more)


def at(path: str = "/") -> HttpRequest:
    return RequestFactory().get(path)


def test_with_no_source_of_roles_only_what_everybody_sees_is_shown() -> None:
    nav.register(entry("groups"))
    nav.register(entry("help", shown_to=nav.EVERYONE))

    assert [item.key for item in nav.items(at())] == ["help"]


def test_a_person_sees_the_entries_of_their_roles_in_order() -> None:
    nav.register(entry("notes", order=20))
    nav.register(entry("groups", order=10))
    nav.register(entry("people", shown_to="administrator"))
    nav.register_roles(lambda request: ["facilitator"])

    assert [item.key for item in nav.items(at())] == ["groups", "notes"]


def test_roles_of_several_sources_add_up_and_each_is_asked_once() -> None:
    asked = []
    nav.register_roles(lambda request: asked.append("a") or ["facilitator"])
    nav.register_roles(lambda request: asked.append("b") or ["member"])
    request = at()

    assert nav.roles(request) == {"everyone", "facilitator", "member"}
    nav.items(request)
    assert asked == ["a", "b"]


def test_the_current_entry_is_the_nearest_one() -> None:
    nav.register(entry("home", "home", nav.EVERYONE))
    nav.register(entry("display", "web:display", nav.EVERYONE))

    assert {item.key: item.current for item in nav.items(at("/display/"))} == {"home": "", "display": "page"}
    assert {item.key: item.current for item in nav.items(at("/display/more/"))} == {"home": "", "display": "true"}
    assert {item.key: item.current for item in nav.items(at("/"))} == {"home": "page", "display": ""}


def test_pages_with_addresses_of_their_own_light_the_entry_they_belong_to() -> None:
    nav.register(entry("home", "home", nav.EVERYONE, under=("/rooms/",)))
    nav.register(entry("display", "web:display", nav.EVERYONE, under=("/rooms/lit/",)))

    assert {item.key: item.current for item in nav.items(at("/rooms/7/"))} == {"home": "true", "display": ""}
    assert {item.key: item.current for item in nav.items(at("/rooms/lit/7/"))} == {"home": "", "display": "true"}
    assert {item.key: item.current for item in nav.items(at("/elsewhere/"))} == {"home": "", "display": ""}


def test_an_entry_of_a_room_that_is_not_installed_is_left_out() -> None:
    nav.register(entry("gone", "nowhere:list", nav.EVERYONE))

    assert nav.items(at()) == []


def test_badges_count_only_for_those_who_see_them() -> None:
    asked = []
    nav.register(entry("notes", badge=lambda request: asked.append(1) or 3))
    nav.items(at())
    assert asked == []

    nav.register_roles(lambda request: ["facilitator"])
    assert [item.count for item in nav.items(at())] == [3]


def test_the_foot_is_apart_from_the_bar() -> None:
    nav.register(entry("concern", shown_to=nav.EVERYONE, place="foot"))

    assert nav.items(at()) == []
    assert [item.key for item in nav.items(at(), "foot")] == ["concern"]


@pytest.mark.django_db
def test_the_bar_marks_where_one_is_and_says_what_waits(site: Client) -> None:
    nav.register(entry("display", "web:display", nav.EVERYONE, badge=lambda request: 2))
    html = site.get("/sample/staff/").content.decode()

    assert '<nav class="rail" aria-label="Main">' in html
    assert '2<span class="visually-hidden"> waiting</span>' in html


@pytest.mark.django_db
def test_a_page_for_reading_has_no_bar(site: Client) -> None:
    nav.register(entry("display", "web:display", nav.EVERYONE))

    assert 'class="rail"' not in site.get("/sample/reading/").content.decode()
