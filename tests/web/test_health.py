import logging
from io import StringIO

import pytest
from django.core.management import call_command
from django.db import OperationalError
from django.test import Client

from groupcare.web import health

pytestmark = pytest.mark.django_db


def test_all_well_is_200_without_a_body(site: Client) -> None:
    health.register("database", health.database)

    response = site.get("/healthz")
    assert (response.status_code, response.content) == (200, b"")


def test_one_part_unwell_is_503_without_a_body_and_named_in_the_log(site: Client, caplog) -> None:
    health.register("database", health.database)
    health.register("beat", lambda: "beat.silent")

    with caplog.at_level(logging.WARNING):
        response = site.get("/healthz")

    assert (response.status_code, response.content) == (503, b"")
    record = next(record for record in caplog.records if record.msg == "health.failed")
    assert (record.check, record.reason) == ("beat", "beat.silent")


def test_a_check_that_raises_is_not_well() -> None:
    def broken() -> str | None:
        raise KeyError("Ben Torres")

    health.register("keys", broken)

    assert health.run() == [health.Finding("keys", "raised.KeyError")]
    assert not health.well()


def test_the_database_check_sees_a_database_that_is_gone(monkeypatch: pytest.MonkeyPatch) -> None:
    assert health.database() is None

    class Gone:
        def cursor(self) -> None:
            raise OperationalError

    monkeypatch.setattr(health, "connection", Gone())
    assert health.database() == "database.no_answer"


def test_waiting_migrations_are_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    assert health.migrations() is None

    monkeypatch.setattr(health.MigrationExecutor, "migration_plan", lambda self, targets: [("web", False)])
    assert health.migrations() == "migrations.waiting"


def test_the_command_names_each_part_and_exits_1_when_one_is_unwell() -> None:
    health.register("database", health.database)
    out = StringIO()
    call_command("health", stdout=out)
    assert out.getvalue() == "database: well\n"

    health.register("beat", lambda: "beat.silent")
    with pytest.raises(SystemExit) as left:
        call_command("health", stdout=out)
    assert left.value.code == 1
    assert "beat: beat.silent" in out.getvalue()
