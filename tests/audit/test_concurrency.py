"""Many writers on one chain (foundation F1), on real connections."""

import threading

import pytest
from django.contrib.contenttypes.models import ContentType

from groupcare.audit import Actor, acting, record, unit_of_work
from groupcare.audit.models import ChainHead, TrailEvent
from groupcare.audit.verify import verify

pytestmark = pytest.mark.django_db(transaction=True)


def test_fifty_writers_leave_no_gap_and_no_fork(in_threads):
    def write():
        with acting(Actor("system:writer")):
            for number in range(4):
                with unit_of_work():
                    record("note.read", object_type="note", object_id=number)
                    record("note.write", object_type="note", object_id=number)

    assert in_threads(*[write] * 50) == []
    assert list(TrailEvent.objects.values_list("sequence", flat=True)) == list(range(1, 401))
    assert TrailEvent.objects.values("previous").distinct().count() == 400
    assert ChainHead.objects.get().sequence == 400
    assert verify().break_ is None


def test_opposite_lock_orders_do_not_deadlock(in_threads):
    row = ContentType.objects.create(app_label="trail_test", model="locked")
    recorded, locked = threading.Event(), threading.Event()

    def lock():
        ContentType.objects.select_for_update().get(pk=row.pk)

    def event():
        record("note.write", object_type="note", object_id=1)

    def record_then_lock():
        with acting(Actor("system:first")), unit_of_work():
            event()
            recorded.set()
            locked.wait(2)  # SQLite lets only one in: then this runs out, and the other follows
            lock()

    def lock_then_record():
        with acting(Actor("system:second")), unit_of_work():
            lock()
            locked.set()
            recorded.wait(2)
            event()

    assert in_threads(record_then_lock, lock_then_record) == []
    assert sorted(TrailEvent.objects.values_list("actor", flat=True)) == ["system:first", "system:second"]
    assert verify().break_ is None


def test_verifying_beside_writers_finds_no_break(in_threads):
    found = []

    def write():
        with acting(Actor("system:writer")):
            for number in range(20):
                with unit_of_work():
                    record("note.read", object_type="note", object_id=number)

    def read():
        found.extend(verify().break_ for _ in range(10))

    assert in_threads(write, write, write, read) == []
    assert found == [None] * 10
