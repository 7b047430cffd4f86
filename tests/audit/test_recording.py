"""Buffering, units of work, flush and refusals (foundations F1 and F3)."""

# ruff: noqa: PT012 - what raises is the end of a unit of work, which holds more than one statement

import uuid

import pytest
from django.contrib.contenttypes.models import ContentType
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext

from groupcare.audit import Actor, TrailError, acting, record, record_refusal, recording, unit_of_work
from groupcare.audit.models import ChainHead, TrailEvent
from groupcare.audit.verify import verify
from groupcare.exceptions import Refused


def note(action="note.read", object_id=7, **more):
    record(action, object_type="note", object_id=object_id, **more)


def actions():
    return list(TrailEvent.objects.values_list("action", flat=True))


def make_row():
    return ContentType.objects.create(app_label="trail_test", model=uuid.uuid4().hex)


def rows():
    return ContentType.objects.filter(app_label="trail_test").count()


def test_recording_needs_a_boundary(actor):
    with pytest.raises(RuntimeError, match="Nothing records"):
        note()


@pytest.mark.django_db
def test_recording_needs_somebody_who_acts():
    with pytest.raises(RuntimeError, match="Nobody acts"), unit_of_work():
        note()


@pytest.mark.django_db
@pytest.mark.parametrize(
    "wrong", [{"object_id": "Anna Berg"}, {"purpose": "she asked me to"}, {"action": "read"}, {"result": "x" * 65}]
)
def test_what_could_carry_content_is_not_recorded(actor, wrong):
    with pytest.raises(ValueError, match=r"id or a key word|<noun>"), unit_of_work():
        note(**wrong)
    assert not actions()


@pytest.mark.django_db
def test_events_are_written_in_order_and_chained(actor):
    with unit_of_work():
        note("note.read")
        note("note.write", purpose="treatment")
    first, second = TrailEvent.objects.all()
    assert (first.sequence, second.sequence) == (1, 2)
    assert (first.previous, second.previous) == ("0" * 64, first.mac)
    assert (second.action, second.purpose, second.actor, second.result) == (
        "note.write",
        "treatment",
        "system:test",
        "done",
    )
    assert ChainHead.objects.get().mac == second.mac
    assert verify().break_ is None


@pytest.mark.django_db
def test_a_decorated_function_is_a_unit_each_time_it_is_called(actor):
    @unit_of_work()
    def act(number):
        note(object_id=number)
        return number

    assert [act(1), act(2)] == [1, 2]
    assert TrailEvent.objects.count() == 2


@pytest.mark.django_db
def test_rollback_drops_the_rows_and_their_events(actor):
    with pytest.raises(KeyError), unit_of_work():
        make_row()
        note()
        raise KeyError
    assert not rows()
    assert not actions()


@pytest.mark.django_db
def test_an_inner_unit_that_fails_takes_only_its_own_rows_and_events(actor):
    with unit_of_work():
        note("outer.begin")
        with pytest.raises(KeyError), unit_of_work():
            make_row()
            note("inner.write")
            raise KeyError
        with unit_of_work():
            make_row()
            note("second.write")
    assert rows() == 1
    assert actions() == ["outer.begin", "second.write"]


@pytest.mark.django_db(transaction=True)
def test_a_unit_inside_a_foreign_transaction_is_refused(actor):
    with pytest.raises(RuntimeError, match="durable"), transaction.atomic(), unit_of_work():
        note()


@pytest.mark.django_db(transaction=True)
def test_nothing_runs_between_the_flush_and_commit(actor):
    with (
        CaptureQueriesContext(
            connection,
        ) as captured,
        unit_of_work(),
    ):
        with unit_of_work():
            note("note.write")
        make_row()
        note("note.read")
    statements = [query["sql"].upper() for query in captured.captured_queries][-4:]
    assert statements[0].startswith("SELECT SEQUENCE, MAC FROM AUDIT_CHAINHEAD")
    assert "INSERT INTO AUDIT_TRAILEVENT" in statements[1]
    assert statements[2].startswith("UPDATE AUDIT_CHAINHEAD")
    assert statements[3] == "COMMIT"
    assert sum("AUDIT_" in query["sql"].upper() for query in captured.captured_queries) == 3


@pytest.mark.django_db(transaction=True)
def test_the_key_of_the_chain_reaches_no_statement(actor, settings):
    key = (settings.KEYS_DIR / "trail.key").read_text()
    with CaptureQueriesContext(connection) as captured, unit_of_work():
        note()
    assert captured.captured_queries
    assert not any(key in query["sql"] for query in captured.captured_queries)


@pytest.mark.django_db
def test_a_large_unit_is_inserted_in_batches_of_500(actor):
    with CaptureQueriesContext(connection) as captured, unit_of_work():
        for number in range(1201):
            note(object_id=number)
    inserts = [query["sql"] for query in captured.captured_queries if "INSERT INTO audit_trailevent" in query["sql"]]
    assert [insert.split(" ")[0] for insert in inserts] == ["500", "500", "201"]
    assert verify().events == 1201


@pytest.mark.django_db
def test_a_missing_head_raises_and_rolls_back(actor):
    ChainHead.objects.all().delete()
    with pytest.raises(TrailError, match="no head"), unit_of_work():
        make_row()
        note()
    assert not rows()
    assert not actions()


@pytest.mark.django_db
def test_a_flush_that_did_not_write_every_event_rolls_back(actor):
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(
                "CREATE FUNCTION swallow() RETURNS trigger LANGUAGE plpgsql AS "
                "$$BEGIN IF NEW.action = 'note.lost' THEN RETURN NULL; END IF; RETURN NEW; END$$"
            )
            cursor.execute(
                "CREATE TRIGGER swallow BEFORE INSERT ON audit_trailevent FOR EACH ROW EXECUTE FUNCTION swallow()"
            )
        else:
            cursor.execute(
                "CREATE TRIGGER swallow BEFORE INSERT ON audit_trailevent WHEN NEW.action = 'note.lost' "
                "BEGIN SELECT RAISE(IGNORE); END"
            )
    with pytest.raises(TrailError, match="every event"), unit_of_work():
        make_row()
        note("note.read")
        note("note.lost")
    assert not rows()
    assert not actions()


@pytest.mark.django_db
def test_reads_are_written_when_the_recording_ends(actor):
    with recording():
        note()
        with recording():
            note("note.list")
        assert not actions()
    assert actions() == ["note.read", "note.list"]


@pytest.mark.django_db
def test_reads_ride_along_with_the_unit_that_follows_and_are_written_once(actor):
    with recording():
        note("note.read")
        with unit_of_work():
            note("note.write")
        assert actions() == ["note.read", "note.write"]
        note("note.list")
    assert actions() == ["note.read", "note.write", "note.list"]


@pytest.mark.django_db
def test_reads_outlive_a_unit_that_was_rolled_back(actor):
    with recording():
        note("note.read")
        with pytest.raises(KeyError), unit_of_work():
            note("note.write")
            raise KeyError
    assert actions() == ["note.read"]


@pytest.mark.django_db
def test_a_recording_that_fails_has_shown_nothing_and_writes_nothing(actor):
    with pytest.raises(KeyError), recording():
        note()
        raise KeyError
    assert not actions()


@pytest.mark.django_db(transaction=True)
def test_what_runs_after_the_commit_cannot_record_into_a_written_buffer(actor):
    with pytest.raises(RuntimeError, match="Nothing records"), unit_of_work():
        transaction.on_commit(lambda: note("note.late"))
        note()
    assert actions() == ["note.read"]


@pytest.mark.django_db
def test_a_day_only_event_keeps_neither_time_nor_request():
    with unit_of_work():
        note("concern.raise", actor=Actor("reporter", request="r-1"), day_only=True)
    event = TrailEvent.objects.get()
    assert (event.at.hour, event.at.minute, event.at.second, event.at.microsecond) == (0, 0, 0, 0)
    assert (event.actor, event.request) == ("reporter", "")


@pytest.mark.django_db
def test_a_refusal_is_recorded_after_the_rollback_and_the_same_for_an_absent_id():
    def attempt(object_id):
        try:
            with unit_of_work():
                make_row()
                raise Refused("note.read", "note", object_id)
        except Refused as refused:
            with CaptureQueriesContext(connection) as captured:
                record_refusal(refused)
        return len(captured)

    with acting(Actor("someone", role="facilitator")):
        existing, absent = attempt(make_row().pk), attempt(uuid.uuid4())
    assert existing == absent
    assert rows() == 1
    assert (
        list(TrailEvent.objects.values_list("action", "result", "actor", "role"))
        == [("note.read", "refused", "someone", "facilitator")] * 2
    )


@pytest.mark.django_db
def test_a_refusal_inside_its_unit_would_be_lost_and_is_refused(actor):
    with pytest.raises(RuntimeError, match="after its unit"), unit_of_work():
        record_refusal(Refused("note.read", "note", 1))


@pytest.mark.django_db
def test_strangers_cannot_fill_the_trail():
    record_refusal(Refused("note.read", "note", 1))
    assert not actions()


@pytest.mark.django_db
def test_a_made_up_id_reaches_the_trail_as_unreadable(actor):
    record_refusal(Refused("note.read", "note", "Anna Berg, b. 1980"))
    assert TrailEvent.objects.get().object_id == "unreadable"


@pytest.mark.django_db
def test_two_events_with_one_predecessor_are_refused_by_the_database(actor):
    with unit_of_work():
        note()
    event = TrailEvent.objects.get()
    event.sequence, event._state.adding = 2, True
    with pytest.raises(DatabaseError), transaction.atomic():
        event.save()
