"""verify_audit finds every kind of tampering (SEC-56, SEC-57)."""

import json

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from groupcare.audit import keys, record, unit_of_work
from groupcare.audit.checkpoints import folder, write_checkpoint
from groupcare.audit.events import GENESIS, Event, chained_mac
from groupcare.audit.models import ChainHead, Checkpoint, TrailEvent
from groupcare.audit.tasks import write_checkpoint as checkpoint_task
from tests.triggers import lifted

pytestmark = pytest.mark.django_db


@pytest.fixture
def chain(actor):
    for number in range(1, 7):
        with unit_of_work():
            record("note.read", object_type="note", object_id=number)


def tamper(*statements):
    with lifted(), connection.cursor() as cursor:
        for sql in statements:
            cursor.execute(sql)


def first_break():
    with pytest.raises(CommandError, match="First break") as raised:
        call_command("verify_audit")
    assert raised.value.returncode == 1
    return str(raised.value)


def rewrite(key):
    """Write the whole chain anew with other content, as one who knows the key could."""
    events = list(TrailEvent.objects.values_list())
    TrailEvent._default_manager.all()._raw_delete(TrailEvent.objects.db)
    previous = GENESIS
    for sequence, at, actor, role, _, *rest in events:
        event = Event(at, actor, role, "note.other", *rest[:5])
        mac = chained_mac(key, sequence, previous, event)
        TrailEvent(sequence, at, actor, role, "note.other", *rest[:5], mac, previous).save()
        previous = mac
    ChainHead.objects.update(mac=previous)


@pytest.mark.req("SEC-56", "SEC-57")
def test_a_whole_trail_is_said_to_be_whole(chain, capsys, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        checkpoint_task()
    call_command("verify_audit")
    assert capsys.readouterr().out == "The trail is whole: 6 events, 2 checkpoints.\n"


def test_an_empty_trail_is_whole(capsys):
    call_command("verify_audit")
    assert "0 events" in capsys.readouterr().out


@pytest.mark.req("SEC-57")
@pytest.mark.parametrize(
    "column", ["actor", "role", "action", "object_type", "object_id", "purpose", "result", "request"]
)
def test_an_edited_event_is_named(chain, column):
    tamper(f"UPDATE audit_trailevent SET {column} = 'other' WHERE sequence = 3")
    assert "event 3:" in first_break()


@pytest.mark.req("SEC-57")
def test_a_deleted_event_is_named(chain):
    tamper("DELETE FROM audit_trailevent WHERE sequence = 4")
    assert "event 4: missing" in first_break()


@pytest.mark.req("SEC-57")
def test_an_inserted_event_is_named(chain):
    tamper(
        "INSERT INTO audit_trailevent SELECT 7, at, actor, role, action, object_type, object_id, purpose, result, "
        "request, 'made-up', mac FROM audit_trailevent WHERE sequence = 6"
    )
    assert "event 7:" in first_break()


@pytest.mark.req("SEC-57")
def test_swapped_events_are_named(chain):
    tamper(
        "UPDATE audit_trailevent SET sequence = 99 WHERE sequence = 2",
        "UPDATE audit_trailevent SET sequence = 2 WHERE sequence = 5",
        "UPDATE audit_trailevent SET sequence = 5 WHERE sequence = 99",
    )
    assert "event 2:" in first_break()


@pytest.mark.req("SEC-57")
def test_a_truncated_tail_is_found_by_the_head(chain):
    tamper("DELETE FROM audit_trailevent WHERE sequence > 4")
    assert "event 5: missing; the head" in first_break()


@pytest.mark.req("SEC-57")
def test_a_truncated_tail_with_its_head_moved_back_is_found_by_the_checkpoint(chain):
    write_checkpoint()
    tamper(
        "DELETE FROM audit_trailevent WHERE sequence > 4",
        "UPDATE audit_chainhead SET sequence = 4, mac = (SELECT mac FROM audit_trailevent WHERE sequence = 4)",
    )
    assert "event 5: missing; checkpoint" in first_break()


@pytest.mark.req("SEC-57")
def test_truncation_with_the_checkpoint_rows_deleted_is_found_by_the_file(chain, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        write_checkpoint()
    tamper(
        "DELETE FROM audit_checkpoint",
        "DELETE FROM audit_trailevent",
        f"UPDATE audit_chainhead SET sequence = 0, mac = '{GENESIS}'",
    )
    assert "checkpoint file" in first_break()


@pytest.mark.req("SEC-57")
def test_a_full_rewrite_without_the_key_is_found(chain):
    with lifted():
        rewrite(b"a key that is not the trail's key")
    assert "event 1: its content does not fit" in first_break()


@pytest.mark.req("SEC-57")
def test_a_full_rewrite_even_with_the_key_is_found_by_the_checkpoint_file(chain, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        write_checkpoint()
    with lifted():
        rewrite(keys.trail_key())
        Checkpoint.objects.all()._raw_delete(Checkpoint.objects.db)
    assert "event 6: checkpoint file" in first_break()


def test_a_forged_checkpoint_is_named(chain, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        write_checkpoint()
    (file,) = folder().glob("*.json")
    assert file.stat().st_mode & 0o077 == 0
    content = json.loads(file.read_text())
    file.write_text(json.dumps({**content, "sequence": 5}))
    assert "not signed by this installation's key" in first_break()
    file.write_text("nothing")
    assert "not signed" in first_break()


def test_a_missing_head_is_named(chain):
    ChainHead.objects.all().delete()
    assert "head of the trail is missing" in first_break()


def test_a_checkpoint_needs_a_head(actor):
    ChainHead.objects.all().delete()
    with pytest.raises(RuntimeError, match="no head"):
        write_checkpoint()
