"""What every API view shares: refusals look absent and are recorded, errors are JSON, limits are by person."""

import pytest
from django.core.cache import caches
from django.urls import reverse
from rest_framework.views import APIView

from groupcare.access import Role, acting_as
from groupcare.access.rest import PersonThrottle
from groupcare.audit import recording
from groupcare.audit.models import TrailEvent
from tests.access.urls import Api, Forgotten
from tests.factories import make_member, make_staff

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.access.urls")]


@pytest.fixture(autouse=True)
def _no_limits_from_before():
    caches["limits"].clear()


@pytest.fixture
def ada(db):
    return make_staff("Ada Quist", Role.ADMINISTRATOR)


@pytest.fixture
def ask(rf):
    """Return a function that calls a view as a person, past the door."""

    def ask(person, what="ok", view=Api):
        request = rf.get("/t/api/")
        request.person, request.user = person, person.user
        kwargs = {"what": what} if view is Api else {}
        with acting_as(person), recording():
            return view.as_view()(request, **kwargs).render()

    return ask


def test_a_refusal_looks_absent_and_is_recorded(ask, ada):
    answer = ask(ada, "refused")
    assert (answer.status_code, answer.data) == (404, {"detail": "Not found.", "code": "not_found"})
    event = TrailEvent.objects.get(action="thing.read")
    assert (event.actor, event.object_type, event.object_id, event.result) == (str(ada.id), "thing", "42", "refused")


@pytest.mark.parametrize(
    ("what", "status", "code"),
    [("invalid", 400, "invalid"), ("transition", 409, "invalid_transition"), ("uncleared", 403, "not_cleared")],
)
def test_errors_carry_their_status_and_their_code(what, status, code, ask, ada):
    answer = ask(ada, what)
    assert (answer.status_code, answer.data["code"]) == (status, code)


def test_a_wrong_field_is_named(ask, ada):
    assert ask(ada, "invalid").data["fields"] == {"name": ["Write a name."]}
    assert ask(ada, "plain").data["fields"] == {"__all__": ["Not so."]}


def test_a_shut_gate_says_what_is_missing(ask, ada):
    assert ask(ada, "uncleared").data["reasons"] == [{"text": "Sign the agreement.", "url": "/agreements/"}]


def test_the_view_asks_its_policy_again_should_the_door_be_missing(ask, ada):
    ben = make_member("Ben Taylor")
    assert ask(ben).status_code == 403
    assert ask(ada, view=Forgotten).status_code == 403
    assert ask(ada).status_code == 200


def test_a_plain_view_lets_nobody_in(ask, ada):
    assert ask(ada, view=APIView).status_code == 403


def test_the_limit_is_by_person_and_kept_apart_from_other_caches(ask, ada, monkeypatch):
    monkeypatch.setattr(PersonThrottle, "THROTTLE_RATES", {"person": "2/min"})
    other = make_staff("Eva Stone", Role.ADMINISTRATOR)
    assert [ask(ada).status_code for _ in range(3)] == [200, 200, 429]
    assert ask(other).status_code == 200
    assert ask(ada).data["code"] == "throttled"


@pytest.mark.req("SEC-9")
def test_the_description_of_the_api_is_json_for_staff(client, client_for, ada):
    address = reverse("api-schema")
    answer = client_for(ada).get(address, headers={"accept": "text/html,application/json;q=0.5"})
    assert (answer.status_code, answer["Content-Type"].split(";")[0]) == (200, "application/json")
    assert client_for(make_member("Ben Taylor")).get(address).status_code == 404
    assert client.get(address).status_code == 401
