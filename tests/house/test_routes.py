"""Every route of the house says who it is for, and answers the right methods."""

import pytest
from django.core import checks

from groupcare.access import Audience
from tests.house.routes import all_routes, is_ours, label, parameters

# Open to anybody, and why.
PUBLIC = {
    "home": "leads to sign-in or to the first page",
    "web:leave": "the way out",
    "web:healthz": "one bit",
    "web:display": "light or dark, kept in a cookie",
    "consent:kiosk-over": "says that a device goes back, and names nobody",
    "outbox:mail-list": "absent unless this is a demo",
    "outbox:mail-detail": "absent unless this is a demo",
    "accounts:invitation-accept": "the token speaks",
    "accounts:recovery-confirm": "the token speaks",
    "accounts:recovery-stop": "the token speaks",
}
# The sign-in library's own pages, which come before anybody is signed in.
SIGN_IN = ("account_", "mfa_")


@pytest.mark.req("SEC-1")
@pytest.mark.parametrize("route", all_routes(), ids=label)
def test_every_route_declares_its_policy(route):
    assert route.policy is not None


@pytest.mark.req("SEC-1")
def test_the_system_check_finds_a_route_without_a_policy(settings):
    assert not [found for found in checks.run_checks() if found.id == "access.E001"]
    settings.ROOT_URLCONF = "tests.house.undeclared_urls"
    assert [found.id for found in checks.run_checks() if found.id == "access.E001"] == ["access.E001"]


@pytest.mark.django_db
@pytest.mark.req("SEC-1")
def test_a_route_without_a_policy_stays_shut(world, client_for, settings):
    client = client_for(world.ada)
    settings.ROOT_URLCONF = "tests.house.undeclared_urls"
    assert client.get("/undeclared/").status_code == 404
    assert client.get("/declared/").status_code == 200


def test_our_public_routes_are_known():
    public = {
        label(route)
        for route in all_routes()
        if route.policy and route.policy.audience == Audience.PUBLIC and not label(route).startswith(SIGN_IN)
    }
    assert public == set(PUBLIC)


@pytest.mark.parametrize("route", all_routes(), ids=label)
def test_public_ids_are_uuids(route):
    """No address counts anything: integers in an address could be guessed."""
    if is_ours(route):
        assert set(parameters(route).values()) <= {"uuid", "slug", "str"}


def test_reporters_routes_and_only_they_are_quiet():
    quiet = {label(route) for route in all_routes() if route.policy and route.policy.quiet}
    under = {label(route) for route in all_routes() if route.pattern.removeprefix("api/v1/").split("/")[0] == "concern"}
    assert quiet == under
    assert quiet
