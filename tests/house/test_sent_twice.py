"""Every form of the table of routes, sent twice with the same words: the second makes no second row."""

import re
from collections import Counter

import pytest
from django.apps import apps
from django.db import transaction
from django.test import Client
from django.urls import reverse

from tests.house.cast import Cast, _settled, _stage, cast_of_world  # noqa: F401
from tests.house.matrix import CELLS, POST, Cell
from tests.house.test_api_scope import send
from tests.house.test_smuggling import CREATES

pytestmark = pytest.mark.django_db

KEY = re.compile(r'name="form_key" value="([0-9a-f]{32})"')
# What a second sending may add to: the trail, and what a browser's session needs.
MAY_GROW = frozenset({"audit.TrailEvent", "sessions.Session", "accounts.SessionRecord"})
# Routes where a second row is right, each with its reason.
TWICE_IS_TWO = {
    "groups:session-place": "says the same once more; the newest answer counts, and the earlier ones are evidence",
    "consent:agreement-present": "each time that an agreement was shown is evidence of its own",
    "api-group-list": "a program's request, not a form; a program that sends twice means two",
    "api-concern-mine": "a program's request; a key of the visit would be a trace of it",
    "incidents:concern-create": "a mark of the visit would be a trace of it; the reporter sees both, the desk too",
}
# Forms without a page of their own: the page that has them.
STANDS_ON = {
    "changes:read": "changes:list",
    "accounts:invitation-reissue": "accounts:people-list",
    "practice:address-clear": "practice:mail",
}
SENT = [cell for cell in CELLS if cell.method == POST and not cell.route.startswith("mfa_")]


def counts() -> Counter[str]:
    """Return how many rows each table has."""
    return Counter({model._meta.label: model._base_manager.count() for model in apps.get_models()})


def key_on(browser: Client, page: str) -> dict[str, str]:
    """Return the one-time key that a page gives to its form, if it gives one."""
    answer = browser.get(page)
    found = KEY.findall(answer.content.decode()) if answer.status_code == 200 and "/api/" not in page else []
    return {"form_key": found[0]} if found else {}


def twice(cast: Cast, role: str, url: str, data: dict, before=None, page: str = "") -> tuple[list[int], Counter[str]]:
    """Send the form as its page gave it, twice; return the answers and what the second one added."""
    mark = transaction.savepoint()
    if before is not None:
        before(cast.people[role])
    browser = cast.browser(role)
    data = {**data, **key_on(browser, page or url)}
    answers = [send(browser, url, data).status_code]
    once = counts()
    answers.append(send(browser, url, data).status_code)
    added = counts() - once
    transaction.savepoint_rollback(mark)
    return answers, added


@pytest.mark.parametrize("cell", SENT, ids=lambda cell: cell.label)
def test_a_form_of_the_table_that_is_sent_twice_is_taken_in_once(cell: Cell, cast: Cast):
    url = cell.url(cast.objects)
    page = reverse(STANDS_ON[cell.route]) if cell.route in STANDS_ON else ""
    if cell.route == "accounts:person-invite-again":
        page = url.removesuffix("invite/")
    answers, added = twice(cast, min(cell.allowed), url, cell.data(cast.objects), cell.before, page)
    assert answers[0] in {200, 201, 204, 302}, answers
    assert answers[1] < 500
    grown = {label: more for label, more in added.items() if label not in MAY_GROW}
    assert bool(grown) == (cell.route in TWICE_IS_TWO), (answers, grown)


@pytest.mark.parametrize(("role", "route", "data"), CREATES, ids=lambda value: value if isinstance(value, str) else "")
def test_a_form_that_makes_something_new_is_taken_in_once(role, route, data, cast: Cast):
    answers, added = twice(cast, role, reverse(route), data)
    assert answers[0] in {200, 201, 204, 302}, answers
    grown = {label: more for label, more in added.items() if label not in MAY_GROW}
    assert bool(grown) == (route in TWICE_IS_TWO), (answers, grown)
