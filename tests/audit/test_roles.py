"""The application's PostgreSQL role cannot change the trail (foundation F2, SEC-55)."""

import pytest
from django.db import DatabaseError, connection, transaction

from groupcare.audit import grants, record, unit_of_work
from groupcare.audit.models import TrailEvent

pytestmark = [
    pytest.mark.skipif("connection.vendor != 'postgresql'", reason="PostgreSQL has roles"),
    pytest.mark.django_db,
]


@pytest.fixture
def app_role(settings, actor):
    """A role for this test alone: it goes with the rollback."""
    settings.APP_DB_ROLE = "groupcare_test_app"
    with connection.cursor() as cursor:
        cursor.execute("CREATE ROLE groupcare_test_app NOLOGIN")
    grants.grant()
    with unit_of_work():
        record("note.read", object_type="note", object_id=7)
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL ROLE groupcare_test_app")
        yield
        cursor.execute("RESET ROLE")


@pytest.mark.req("SEC-55")
@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE audit_trailevent SET result = 'other'",
        "DELETE FROM audit_trailevent",
        "TRUNCATE audit_trailevent",
        "ALTER TABLE audit_trailevent DISABLE TRIGGER ALL",
        "ALTER TABLE audit_trailevent DISABLE TRIGGER gc_append_only_row",
        "DROP TRIGGER gc_append_only_row ON audit_trailevent",
        "CREATE OR REPLACE FUNCTION gc_append_only_refuse() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN RETURN OLD; END$$",
        "SET session_replication_role = replica",
        "UPDATE audit_checkpoint SET sequence = 0",
        "DELETE FROM audit_chainhead",
        "DROP TABLE audit_trailevent",
        "DELETE FROM django_migrations",
    ],
)
def test_the_application_can_neither_change_the_trail_nor_switch_its_triggers_off(app_role, sql):
    with pytest.raises(DatabaseError, match=r"permission denied|must be owner"), transaction.atomic():
        connection.cursor().execute(sql)


def test_the_application_can_write_and_read_the_trail(app_role, actor):
    with unit_of_work():
        record("note.write", object_type="note", object_id=7)
    assert TrailEvent.objects.count() == 2
    assert not grants.runs_as_owner()


def test_the_one_who_migrates_is_seen_as_owner():
    assert grants.runs_as_owner()


def test_without_the_role_nothing_is_granted(settings):
    settings.APP_DB_ROLE = "no_such_role_anywhere"
    grants.grant()
