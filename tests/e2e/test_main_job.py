"""The main job, in a real browser, on the running practice: once with script and once without."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Browser

    from tests.e2e.cast import House
    from tests.e2e.running import Practice

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(1200)]


@pytest.fixture
def open_house(chromium: "Browser", practice: "Practice") -> Iterator[list["House"]]:
    """Return a list for houses that are closed after the test."""
    del chromium, practice
    opened: list[House] = []
    yield opened
    for house in opened:
        house.close()


@pytest.mark.req("REQ-1", "REQ-16", "REQ-46", "REQ-51", "REQ-93", "REQ-136", "REQ-140", "REQ-148", "REQ-158")
@pytest.mark.req("SEC-2", "SEC-13", "SEC-43", "SEC-48", "SEC-64")
def test_the_main_job_is_done_in_the_browser(
    chromium: "Browser", practice: "Practice", open_house: list["House"]
) -> None:
    from tests.e2e.cast import Cast, House, Someone
    from tests.e2e.story import the_main_job

    cast = Cast(
        vera=Someone("Vera Holm", "vera"),
        label="Wednesday C",
        signs=Someone("Mona Reyes", "mona"),
        declines=Someone("Nils Arvid", "nils"),
        waits=Someone("Olu Bassey", "olu"),
        returns=Someone("June Abara", "june"),
    )
    open_house.append(House(chromium, practice, cast, script=True))
    the_main_job(open_house[0])


@pytest.mark.req("REQ-16", "REQ-46", "REQ-93", "REQ-136", "REQ-140")
def test_the_main_job_is_done_without_script(
    chromium: "Browser", practice: "Practice", open_house: list["House"]
) -> None:
    from tests.e2e.cast import Cast, House, Someone
    from tests.e2e.story import the_main_job

    cast = Cast(
        vera=Someone("Wanda Eklund", "wanda"),
        label="Friday D",
        signs=Someone("Pablo Serra", "pablo"),
        declines=Someone("Ruth Amsel", "ruth"),
        waits=Someone("Silas Moor", "silas"),
        returns=Someone("Ben Tanaka", "ben"),
    )
    open_house.append(House(chromium, practice, cast, script=False))
    the_main_job(open_house[0])
