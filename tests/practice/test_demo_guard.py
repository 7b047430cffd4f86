"""A demo is a fact of the database, and stays on this machine."""

import pytest
from django.core.exceptions import ImproperlyConfigured, MiddlewareNotUsed
from django.http import HttpResponse

from groupcare.practice import demo_guard
from groupcare.practice.apps import _refuse_wrong_database
from groupcare.practice.checks import database_is_what_settings_say
from groupcare.practice.middleware import DemoGuardMiddleware
from groupcare.practice.models import Installation, Practice
from tests.factories import make_person


@pytest.fixture
def installed(db):
    """Return a function that makes the practice as a demo or a real one."""

    def installed(*, is_demo):
        Practice.objects.create(name="Linden", public_name="Linden", time_zone="UTC")
        return Installation.objects.create(is_demo=is_demo)

    return installed


@pytest.mark.parametrize("demo", [True, False])
@pytest.mark.django_db
def test_an_empty_database_may_become_either(demo, settings):
    settings.DEMO = demo
    demo_guard.verify_start()


@pytest.mark.parametrize("is_demo", [True, False])
def test_a_database_starts_as_what_it_is(is_demo, installed, settings):
    installed(is_demo=is_demo)
    settings.DEMO = is_demo
    demo_guard.verify_start()
    assert database_is_what_settings_say(None, databases=["default"]) == []


def test_a_demo_database_does_not_start_as_a_real_practice(installed, settings):
    installed(is_demo=True)
    settings.DEMO = False
    with pytest.raises(ImproperlyConfigured, match="GROUPCARE_DEMO=1"):
        demo_guard.verify_start()
    assert [found.id for found in database_is_what_settings_say(None, databases=["default"])] == ["practice.E001"]


def test_a_demo_database_does_not_start_in_production(installed, settings):
    installed(is_demo=True)
    settings.DEMO, settings.PRODUCTION = True, True
    with pytest.raises(ImproperlyConfigured):
        demo_guard.verify_start()


def test_a_real_database_does_not_start_as_a_demo(installed, settings):
    installed(is_demo=False)
    settings.DEMO = True
    with pytest.raises(ImproperlyConfigured, match="GROUPCARE_DEMO=0"):
        demo_guard.verify_start()
    with pytest.raises(SystemExit):
        _refuse_wrong_database()
    with pytest.raises(ImproperlyConfigured):
        demo_guard.require_demo()


@pytest.mark.django_db
def test_people_without_the_fact_start_as_neither(settings):
    make_person("Ben Taylor")
    for demo in (True, False):
        settings.DEMO = demo
        with pytest.raises(ImproperlyConfigured, match="does not say"):
            demo_guard.verify_start()


def test_what_may_only_touch_a_demo_asks_settings_and_database(installed, settings):
    installed(is_demo=True)
    settings.DEMO = True
    demo_guard.require_demo()
    settings.DEMO = False
    with pytest.raises(ImproperlyConfigured):
        demo_guard.require_demo()


@pytest.fixture
def answer(rf, settings):
    """Return a function that gives the status of a request with these headers in demo mode."""
    settings.DEMO = True
    guard = DemoGuardMiddleware(lambda request: HttpResponse("the page"))

    def answer(**headers):
        headers = {"HTTP_HOST": "localhost:8000", "REMOTE_ADDR": "127.0.0.1", **headers}
        return guard(rf.get("/", **headers)).status_code

    return answer


@pytest.mark.parametrize("host", ["localhost", "localhost:8000", "127.0.0.1:80", "[::1]", "[::1]:8000", "LOCALHOST"])
def test_a_demo_answers_this_machine(host, answer):
    assert answer(HTTP_HOST=host) == 200


@pytest.mark.parametrize(
    "headers",
    [
        {"HTTP_HOST": "linden.example"},
        {"HTTP_HOST": "localhost.evil.example"},
        {"HTTP_HOST": "192.168.1.5:8000"},
        {"HTTP_HOST": "[fe80::1]:8000"},
        {"HTTP_HOST": ":8000"},
        {"REMOTE_ADDR": "192.168.1.7"},
        {"REMOTE_ADDR": ""},
        {"HTTP_X_FORWARDED_FOR": "203.0.113.5"},
        {"HTTP_X_FORWARDED_HOST": "localhost"},
        {"HTTP_X_FORWARDED_PROTO": "https"},
        {"HTTP_X_REAL_IP": "127.0.0.1"},
        {"HTTP_FORWARDED": "for=127.0.0.1"},
    ],
)
def test_a_demo_answers_nobody_else(headers, answer):
    assert answer(**headers) == 400
    assert answer() == 200


def test_a_real_practice_has_no_use_for_the_guard(settings):
    settings.DEMO = False
    with pytest.raises(MiddlewareNotUsed):
        DemoGuardMiddleware(lambda request: HttpResponse())
