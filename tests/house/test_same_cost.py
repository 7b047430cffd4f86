"""What is forbidden costs the same as what is absent: the same statements, in the same order (foundation F3)."""

import pytest
from django.db import transaction

from tests.house import matrix
from tests.house.cast import Cast, _settled, _stage, attempt, cast_of_world  # noqa: F401
from tests.house.matrix import CELLS, Cell

pytestmark = pytest.mark.django_db

# One of each way to be refused: by the role, by the group, by the part in the group, by what has ended.
TRIES = (matrix.ADMIN, matrix.OTHER_LEAD, matrix.ELSEWHERE, matrix.CO_MEMBER, matrix.CO, matrix.FORMER, matrix.ENDED)


@pytest.mark.req("SEC-2", "REQ-158")
@pytest.mark.parametrize("cell", CELLS, ids=lambda cell: cell.label)
def test_the_forbidden_and_the_absent_run_the_same_statements(cell: Cell, cast: Cast):
    wrong = []
    for role in (*TRIES, matrix.OFFICER, matrix.REVIEWER, matrix.LEAD):
        if role in cell.allowed:
            continue
        mark = transaction.savepoint()
        browser = cast.browser(role)
        attempt(browser, cell, cast.absent(), cast.objects)  # fills the caches of the process
        nothing = attempt(browser, cell, cast.absent(), cast.objects)
        there = attempt(browser, cell, cast.objects)
        transaction.savepoint_rollback(mark)
        if there.queries != nothing.queries:
            more = [sql[:160] for sql in there.queries if sql not in nothing.queries]
            less = [sql[:160] for sql in nothing.queries if sql not in there.queries]
            wrong.append(
                f"{role}: {len(there.queries)} and {len(nothing.queries)}; only there {more}, not there {less}"
            )
    assert not wrong, "\n".join(wrong)


@pytest.mark.req("SEC-2", "SEC-48")
@pytest.mark.parametrize(
    "route", ["consent:agreement-sign", "incidents:concern-detail", "mfa_edit_webauthn", "api-concern-detail"]
)
def test_the_question_who_it_is_comes_before_anything_is_told(route, cast: Cast):
    """Without a proof of identity even the owner is asked first, for what is there and for what is not."""
    cell = next(cell for cell in CELLS if cell.route == route)
    for role in cell.allowed | {matrix.OFFICER}:
        browser = cast.browser(role)
        session = browser.session
        del session["gc_step_up"]
        session.save()
        attempt(browser, cell, cast.absent())
        there, nothing = attempt(browser, cell, cast.objects), attempt(browser, cell, cast.absent(), cast.objects)
        assert (there.status, there.body, there.location) == (nothing.status, nothing.body, nothing.location)
        assert there.status == (403 if cell.is_api else 302)
        assert there.queries == nothing.queries
