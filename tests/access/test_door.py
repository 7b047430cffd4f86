"""The door of a route opens only as its policy says."""

import pytest
from django.contrib.auth.models import AnonymousUser
from django.http import HttpResponse
from django.urls import resolve

from groupcare.access import Role, acting_as, ports
from groupcare.access.middleware import PolicyMiddleware
from groupcare.audit import recording
from groupcare.audit.models import TrailEvent
from tests.factories import make_member, make_staff

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.access.urls")]


@pytest.fixture
def ben(db):
    return make_member("Ben Taylor")


@pytest.fixture
def petra(db):
    return make_staff("Petra Lund", Role.PRIVACY_OFFICER)


@pytest.fixture
def knock(rf):
    """Return a function that asks the door for a path as a person: the answer, or None when it opens."""

    def knock(path, person=None, method="get", **headers):
        request = getattr(rf, method)(path, headers=headers)
        request.session = {}
        request.person = person
        request.user = person.user if person else AnonymousUser()
        request.htmx = None
        request.resolver_match = match = resolve(path)
        door = PolicyMiddleware(lambda _request: HttpResponse())
        if person is None:
            return door.process_view(request, match.func, list(match.args), match.kwargs)
        with acting_as(person), recording():
            return door.process_view(request, match.func, list(match.args), match.kwargs)

    return knock


def refusals():
    return list(TrailEvent.objects.filter(action="page.open").values_list("actor", "object_id", "result"))


def test_public_routes_open_to_strangers(knock):
    assert knock("/t/public/") is None
    assert knock("/t/web/") is None


@pytest.mark.parametrize("path", ["/t/signed-in/", "/t/staff/", "/t/roles/", "/t/step-up/"])
def test_a_stranger_is_led_to_sign_in_and_back(path, knock):
    answer = knock(path)
    assert answer.status_code == 302
    assert answer.url.endswith(f"?next={path}")
    assert refusals() == []


def test_a_stranger_who_posts_is_not_led_back_to_the_post(knock):
    assert knock("/t/signed-in/", method="post").url.endswith("?next=/")


@pytest.mark.parametrize("who", [None, "ben"])
def test_a_route_without_a_policy_stays_shut(who, knock, ben):
    assert knock("/t/undeclared/", ben if who else None).status_code == 404


def test_a_route_for_nobody_is_absent_to_all(knock, petra):
    assert knock("/t/nobody/").status_code == 404
    assert knock("/t/nobody/", petra).status_code == 404


@pytest.mark.req("SEC-2")
def test_the_wrong_role_sees_the_absent_page_and_is_recorded(knock, ben, petra):
    answer = knock("/t/roles/", ben)
    assert (answer.status_code, answer.content) == (404, knock("/t/undeclared/", ben).content)
    assert refusals()[0] == (str(ben.id), "t-roles", "refused")
    assert knock("/t/roles/", petra) is None


def test_staff_is_whoever_holds_a_role(knock, ben, petra):
    assert knock("/t/staff/", ben).status_code == 404
    assert knock("/t/staff/", petra) is None
    assert knock("/t/signed-in/", ben) is None


def test_a_superuser_without_a_role_is_no_staff(knock):
    root = make_staff("Root Admin", superuser=True)
    assert knock("/t/staff/", root).status_code == 404
    assert knock("/t/roles/", root).status_code == 404


def test_step_up_asks_the_registered_room(knock, ben, monkeypatch):
    monkeypatch.setattr(ports, "_step_up", [lambda request: HttpResponse("prove it", status=303)])
    assert knock("/t/step-up/", ben).status_code == 303
    monkeypatch.setattr(ports, "_step_up", [lambda request: None])
    assert knock("/t/step-up/", ben) is None


def test_without_a_registered_step_up_the_door_stays_shut(knock, ben, monkeypatch):
    monkeypatch.setattr(ports, "_step_up", [])
    assert knock("/t/step-up/", ben).status_code == 404


def test_the_api_answers_in_json(knock, ben):
    assert knock("/t/api/ok").status_code == 401
    answer = knock("/t/api/ok", ben)
    assert (answer.status_code, answer["Content-Type"]) == (404, "application/json")
    assert knock("/t/api/forgotten", make_staff("Ada Quist", Role.ADMINISTRATOR)).status_code == 404


def test_a_fragment_leads_the_whole_page_to_sign_in(rf):
    from django_htmx.middleware import HtmxDetails

    request = rf.get("/t/signed-in/", headers={"HX-Request": "true", "HX-Current-URL": "http://testserver/t/staff/"})
    request.htmx, request.person = HtmxDetails(request), None
    request.resolver_match = match = resolve("/t/signed-in/")
    answer = PolicyMiddleware(lambda _request: HttpResponse()).process_view(request, match.func, [], {})
    assert answer["HX-Redirect"].endswith("?next=/t/staff/")
