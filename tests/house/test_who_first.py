"""Before anything is told, forbidden or absent, stands the question who it is (foundations F3, F9)."""

import pytest

from tests.house import matrix
from tests.house.cast import Cast, _settled, _stage, attempt, cast_of_world  # noqa: F401
from tests.house.matrix import CELLS

pytestmark = pytest.mark.django_db


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
