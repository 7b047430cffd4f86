"""Append-only tables stay append-only, and the triggers come back (foundation F2)."""

import pytest
from django.core.checks import run_checks
from django.core.management import call_command
from django.db import DatabaseError, connection, models, transaction

from groupcare.audit import record, triggers, unit_of_work
from groupcare.audit.append_only import AppendOnlyError
from groupcare.audit.checks import trigger_health
from groupcare.audit.models import TrailEvent
from groupcare.web import health
from tests.triggers import drop, lifted

sqlite_only = pytest.mark.skipif("connection.vendor != 'sqlite'", reason="SQLite")
postgres_only = pytest.mark.skipif("connection.vendor != 'postgresql'", reason="PostgreSQL")


@pytest.fixture
def event(actor, db):
    with unit_of_work():
        record("note.read", object_type="note", object_id=7)
    return TrailEvent.objects.get()


def refused(sql):
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql)


@pytest.mark.django_db
def test_every_append_only_model_has_its_triggers():
    assert {model._meta.label for model in triggers.append_only_models()} >= {"audit.TrailEvent", "audit.Checkpoint"}
    assert triggers.declared_triggers()
    assert triggers.missing_triggers() == set()


@pytest.mark.req("SEC-55")
def test_update_and_delete_are_refused_by_the_database(event):
    refused("UPDATE audit_trailevent SET result = 'other'")
    refused("DELETE FROM audit_trailevent")
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        TrailEvent.objects.update(result="other")
    event.refresh_from_db()
    assert event.result == "done"


def test_saving_and_deleting_a_row_are_refused_in_words(event):
    with pytest.raises(AppendOnlyError, match="append-only"):
        event.save()
    with pytest.raises(AppendOnlyError, match="append-only"):
        event.delete()


@sqlite_only
@pytest.mark.parametrize("verb", ["INSERT OR REPLACE", "REPLACE"])
def test_replacing_a_row_is_refused(event, verb):
    columns = [field.column for field in TrailEvent._meta.concrete_fields]
    names = ", ".join(columns)
    refused(f"{verb} INTO audit_trailevent ({names}) SELECT {names} FROM audit_trailevent")


@postgres_only
@pytest.mark.req("SEC-55")
def test_truncate_is_refused(event):
    refused("TRUNCATE audit_trailevent CASCADE")


@postgres_only
def test_replica_mode_does_not_silence_the_triggers(event):
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
    refused("DELETE FROM audit_trailevent")


@sqlite_only
@pytest.mark.django_db(transaction=True)
def test_triggers_come_back_after_an_altered_column_rebuilt_the_table():
    old = TrailEvent._meta.get_field("purpose")
    new = models.CharField(max_length=65, blank=True)
    new.set_attributes_from_name("purpose")
    new.model = TrailEvent
    with connection.schema_editor() as editor:
        editor.alter_field(TrailEvent, old, new)
    assert {trigger.table for trigger in triggers.missing_triggers()} == {"audit_trailevent"}
    call_command("migrate", verbosity=0, skip_checks=True)
    assert triggers.missing_triggers() == set()
    with connection.schema_editor() as editor:
        editor.alter_field(TrailEvent, new, old)


@pytest.mark.django_db
def test_missing_triggers_are_found_and_installed_again():
    with lifted():
        assert triggers.missing_triggers() == triggers.declared_triggers()
        assert trigger_health() == "triggers.missing"
        assert "triggers.missing" in {finding.reason for finding in health.run()}
        assert {message.id for message in run_checks(tags=["database"], databases=["default"])} >= {"audit.W001"}
    assert trigger_health() is None
    triggers.install()
    assert trigger_health() is None


@pytest.mark.django_db
def test_a_changed_trigger_counts_as_missing_and_is_replaced():
    name = triggers._PREFIX
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(f"ALTER TABLE audit_trailevent DISABLE TRIGGER {name}_row")
        else:
            cursor.execute(f"DROP TRIGGER {name}_audit_trailevent_update")
            cursor.execute(
                f"CREATE TRIGGER {name}_audit_trailevent_update BEFORE UPDATE ON audit_trailevent BEGIN SELECT 1; END"
            )
    assert [trigger.table for trigger in triggers.missing_triggers()] == ["audit_trailevent"]
    triggers.install()
    assert triggers.missing_triggers() == set()


@sqlite_only
@pytest.mark.django_db
def test_a_connection_without_recursive_triggers_is_found():
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA recursive_triggers = OFF")
        try:
            assert [trigger.name for trigger in triggers.missing_triggers()] == ["PRAGMA recursive_triggers"]
        finally:
            cursor.execute("PRAGMA recursive_triggers = ON")


@pytest.mark.django_db
def test_dropping_is_for_tests_only():
    drop()
    assert triggers.installed_triggers() == set()
    triggers.install()
