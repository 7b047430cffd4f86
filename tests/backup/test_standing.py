"""What the first-run page and `manage.py health` say of the backups."""

from contextlib import suppress
from datetime import timedelta
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command
from django.urls import reverse
from django.utils import timezone

from groupcare.access import acting_as_system
from groupcare.audit import record, unit_of_work
from groupcare.backup import standing
from groupcare.backup.making import ELSEWHERE, SAME_DISK
from groupcare.demo.clock import clock_at
from tests.backup.test_recovery import own_keys  # noqa: F401 - each test has its own folder of keys


def note(about: str, *, hours_ago: float = 0, purpose: str = "", result: str = "done") -> None:
    """Write what a command would have written, that long ago."""
    with clock_at(timezone.now() - timedelta(hours=hours_ago)), acting_as_system("tests"), unit_of_work():
        record(f"backup.{about}", object_type="backup", object_id=about, purpose=purpose, result=result)


@pytest.fixture
def first_run(world, client_for):
    """Return a reader of the first-run page, as Ada sees it."""
    return lambda: client_for(world.ada).get(reverse("practice:setup")).content.decode()


@pytest.mark.req("SEC-73")
def test_the_first_run_says_when_the_last_backup_was_and_when_it_is_too_old(first_run):
    page = first_run()
    assert "Last backup of the data: never." in page
    assert not standing.has_fresh_backups()
    note("data", hours_ago=47)
    note("keys")
    assert standing.has_fresh_backups()
    assert "Last backup of the data: never." not in first_run()


@pytest.mark.req("SEC-73")
@pytest.mark.parametrize(("hours", "well"), [(0, True), (47.9, True), (48.1, False), (500, False)])
def test_a_backup_older_than_48_hours_is_told_and_the_pages_go_on(world, client, hours, well):
    note("data", hours_ago=hours)
    note("keys")
    assert standing.has_fresh_backups() is well
    out = StringIO()
    with suppress(SystemExit):  # another part of this test's process may be away: there is no beat
        call_command("health", stdout=out)
    assert ("backup: well" in out.getvalue()) is well
    assert ("Run make backup" in out.getvalue()) is not well


def test_before_the_first_backup_the_health_is_not_the_worse_for_it(world):
    assert standing.health() is None
    assert not standing.has_fresh_backups()


def test_keys_that_changed_since_their_backup_are_told(first_run, own_keys):  # noqa: F811
    note("data")
    note("keys", hours_ago=1)
    assert not standing.has_fresh_backups()
    assert "The keys have changed since." in first_run()


def test_whether_the_backups_lie_on_another_disk_is_said(first_run, settings):
    note("data", purpose=ELSEWHERE)
    note("keys", purpose=SAME_DISK)
    assert not standing.lies_apart()
    note("keys", purpose=ELSEWHERE)
    assert standing.lies_apart()
    settings.DATA_DIR = Path(settings.KEYS_DIR).parent
    assert not standing.lies_apart()
    assert "The keys lie below the data" in first_run()


@pytest.mark.req("SEC-73")
def test_the_drill_and_its_outcome_are_shown(first_run):
    assert "No drill so far." in first_run()
    note("drill", hours_ago=3)
    assert "Last drill: passed" in first_run()
    assert standing.drilled()
    note("drill", hours_ago=1, result="failed")
    assert "Last drill: failed" in first_run()
    assert not standing.drilled()
    note("drill")
    assert standing.drilled()


def test_a_drill_is_due_again_after_a_quarter(world):
    note("drill", hours_ago=24 * 93)
    assert not standing.drilled()


def test_a_sheet_that_was_made_but_not_typed_back_is_no_event_of_the_page(first_run, world):
    from groupcare.backup import recovery

    with acting_as_system("tests"):
        code = recovery.make_sheet()
    assert "Typed back:" not in first_run()
    with acting_as_system("tests"):
        assert recovery.confirm(code)
    assert "Typed back:" in first_run()
    assert standing.has_sheet()
