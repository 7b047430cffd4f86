"""The way in, the way out, and the pages that say no."""

import pytest
from django.contrib.sessions.models import Session
from django.test import Client, RequestFactory

from groupcare.web import errors, nav, responses, views

pytestmark = pytest.mark.django_db


def test_home_sends_strangers_to_sign_in(site: Client, settings) -> None:
    settings.LOGIN_URL = "/account/login/"

    response = site.get("/")
    assert response.status_code == 302
    assert response["Location"].startswith("/account/login/")


class _SignedIn:
    is_authenticated = True
    is_anonymous = False


def test_home_leads_to_the_first_place_of_the_person(settings) -> None:
    settings.ROOT_URLCONF = "tests.web.urls"
    nav._items.clear()
    nav.register(nav.NavItem("b", "B", "users", "web:leave", frozenset({"member"}), 20))
    nav.register(nav.NavItem("a", "A", "users", "web:display", frozenset({"member"}), 10))
    nav.register_roles(lambda request: ["member"])
    request = RequestFactory().get("/")
    request.user = _SignedIn()

    response = views.home(request)
    assert (response.status_code, response["Location"]) == (303, "/display/")


def test_who_has_no_place_yet_is_told_so(site: Client) -> None:
    request = RequestFactory().get("/")
    request.user = _SignedIn()
    request.LANGUAGE_CODE = "en"

    response = views.home(request)
    assert response.status_code == 200
    assert "Your place is being prepared" in response.content.decode()


def test_leaving_ends_the_session_and_shows_a_harmless_page(site: Client, settings) -> None:
    settings.LEAVE_TO = "https://weather.example/"
    session = site.session
    session["kept"] = "yes"
    session.save()
    assert Session.objects.count() == 1

    response = site.get("/leave/")

    assert (response.status_code, response["Location"]) == (303, "https://weather.example/")
    assert response["Clear-Site-Data"] == '"cache", "cookies", "storage"'
    assert Session.objects.count() == 0


def test_the_absent_page_is_the_same_whatever_was_asked_for(site: Client) -> None:
    one, other = site.get("/nowhere/1/"), site.get("/groups/2/notes/?x=3")

    assert one.status_code == other.status_code == 404
    assert one.content == other.content


def test_the_error_pages_repeat_nothing_of_the_request(site: Client) -> None:
    for path in ("/nowhere/ben-torres/", "/broken/?name=ben-torres", "/suspicious/?name=ben-torres"):
        html = site.get(path).content.decode()
        assert "ben-torres" not in html
        assert "Ben Torres" not in html


def test_unavailable_needs_no_request_and_says_when_to_come_back() -> None:
    response = responses.unavailable()

    assert response.status_code == 503
    assert response["Retry-After"] == "30"
    assert "cannot be shown right now" in response.content.decode()


def test_a_page_for_our_own_fault_never_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_args, **_kwargs):
        raise RuntimeError

    monkeypatch.setattr(responses.loader, "render_to_string", fail)

    assert errors.server_error(RequestFactory().get("/")).status_code == 500


def test_the_pages_of_this_room_are_open_to_all() -> None:
    assert {view.policy for view in (views.home, views.healthz, views.leave, views.display)} == {"public"}


@pytest.mark.parametrize("path", ["/", "/healthz", "/leave/"])
def test_nothing_here_takes_a_post(site: Client, path: str) -> None:
    assert site.post(path).status_code == 405
