"""Every route declares who it is for."""

import pytest
from django.core.checks import run_checks
from django.http import HttpResponse
from django.views.decorators.http import require_GET

from groupcare.access import Audience, Role, policy
from groupcare.access.checks import every_grant_keeps_its_period, every_route_has_a_policy
from groupcare.access.policies import Policy, policy_of, routes

QUIET_PREFIX = "concern"


@pytest.mark.req("SEC-1")
def test_every_route_of_the_project_declares_its_policy():
    found = list(routes())
    assert len(found) > 20
    assert [route.name or route.pattern for route in found if route.policy is None] == []


def test_every_route_has_a_name_so_that_a_refusal_can_be_recorded():
    assert [route.pattern for route in routes() if not route.name.rpartition(":")[2]] == []


def test_the_check_names_a_route_without_a_policy(settings):
    assert every_route_has_a_policy(None) == []
    settings.ROOT_URLCONF = "tests.access.urls"
    messages = every_route_has_a_policy(None)
    assert {message.id for message in messages} == {"access.E001"}
    assert {message.msg.split("'")[1] for message in messages} == {"t-undeclared", "t-api-forgotten"}


def test_the_checks_run_with_manage_check():
    assert [message for message in run_checks() if message.id and message.id.startswith("access.")] == []
    assert every_grant_keeps_its_period(None) == []


def test_a_policy_outlives_other_decorators():
    @require_GET
    @policy(Audience.STAFF)
    def view(request):
        return HttpResponse()

    assert policy_of(view) == Policy(Audience.STAFF)


@pytest.mark.parametrize(
    "wrong",
    [
        {"audience": Audience.ROLES},
        {"audience": Audience.STAFF, "roles": [Role.CUSTODIAN]},
        {"audience": Audience.PUBLIC, "step_up": True},
    ],
)
def test_a_policy_that_contradicts_itself_is_an_error(wrong):
    with pytest.raises(ValueError, match=r"."):
        policy(wrong.pop("audience"), **wrong)


def test_a_word_that_is_no_audience_is_an_error():
    def view(request):
        return HttpResponse()

    view.policy = "everybody"
    with pytest.raises(ValueError, match="everybody"):
        policy_of(view)


def test_what_allauth_offers_and_we_do_not_is_closed():
    from groupcare.access.policies import DECLARED

    offered = {route.name: route.policy for route in routes() if route.name in DECLARED}
    assert offered["account_login"].audience == Audience.PUBLIC
    for name in ("mfa_signup_webauthn", "account_signup_by_passkey"):
        assert name not in offered or offered[name].audience == Audience.NOBODY
