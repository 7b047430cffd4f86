"""Two groups want one room, and two people move one session, in the same moment: one of them does, one is told."""

import threading
from collections.abc import Callable
from datetime import date, time
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import connection, connections, transaction

from groupcare.access import Right
from groupcare.exceptions import InvalidTransition
from groups.models import GroupSession, Room, SessionMove
from groups.permissions import locked_group
from groups.services import SeriesPlan, Slot, Where, move_session, plan_series, write_remark
from tests.world import World, at_work

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite lets one write at a time, as a whole"),
]


def at_once(*tries: Callable[[], object]) -> list[type[BaseException] | None]:
    """Do all of these at the same moment, and return what each of them met, in any order."""
    start, met = threading.Barrier(len(tries)), []

    def run(attempt: Callable[[], object]) -> None:
        start.wait()
        try:
            attempt()
            met.append(None)
        except (ValidationError, InvalidTransition) as error:
            met.append(type(error))
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=(one,)) for one in tries]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sorted(met, key=str)


def test_whoever_changes_a_group_keeps_no_mark_of_its_evening_waiting(world: World) -> None:
    held, done = threading.Event(), threading.Event()

    def hold() -> None:
        with at_work(world.nadia) as nadia, transaction.atomic():
            locked_group(nadia, world.thursday.pk, Right.MANAGE_GROUP, "group.change")
            held.set()
            done.wait(20)
        connections.close_all()

    thread = threading.Thread(target=hold)
    thread.start()
    assert held.wait(10)
    try:
        with connection.cursor() as cursor:
            cursor.execute("SET lock_timeout = '5s'")
        with at_work(world.tom) as tom:
            said = write_remark(session_id=world.session_of_thursday.pk, kind="concern", words="Two sat apart.", by=tom)
    finally:
        done.set()
        thread.join()
        with connection.cursor() as cursor:
            cursor.execute("SET lock_timeout = 0")
    assert said.group_id == world.thursday.pk


def test_of_two_groups_one_gets_the_room(world: World) -> None:
    room = Room.objects.create(site=world.site, name="Blue room")
    places: dict[str, Any] = {"nadia": world.thursday, "olga": world.tuesday}

    def plan(name: str) -> None:
        wanted = SeriesPlan(
            rhythm="weekly",
            every=1,
            first_day=date(2031, 5, 8),
            starts=time(18, 30),
            minutes=90,
            where=Where(world.site, room),
            many=4,
        )
        with at_work(world.person(name)) as by:
            plan_series(group=places[name], wanted=wanted, by=by)

    assert at_once(lambda: plan("nadia"), lambda: plan("olga")) == [ValidationError, None]
    assert GroupSession.objects.filter(room=room).count() == 4
    assert GroupSession.objects.filter(room=room).values("group").distinct().count() == 1


def test_of_two_who_move_a_session_one_moves_it(world: World) -> None:
    session = world.coming_session_of_thursday

    def move(day: date) -> None:
        with at_work(world.nadia) as nadia:
            to = Slot(day, time(18, 30), 90, Where(world.site))
            move_session(session_id=session.pk, to=to, reason="room", seen=0, by=nadia)

    assert at_once(lambda: move(date(2031, 5, 8)), lambda: move(date(2031, 5, 9))) == [InvalidTransition, None]
    assert SessionMove.objects.filter(session=session).count() == 1
