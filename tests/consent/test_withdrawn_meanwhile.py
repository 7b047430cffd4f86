"""A member takes their signature back while the facilitator opens the session: the withdrawal wins at the next look."""

import threading
import time

import pytest
from django.db import connection, connections

from consent.services import withdraw
from groups import ports
from tests.world import at_work

needs_two_connections = pytest.mark.skipif(
    connection.vendor != "postgresql", reason="SQLite lets nobody read beside an open write of the same test"
)


@needs_two_connections
@pytest.mark.req("REQ-46")
@pytest.mark.django_db(transaction=True)
def test_nobody_is_shown_cleared_after_the_withdrawal(world):
    group, ben, act = world.thursday.pk, world.ben, world.act_of_ben.pk
    looked: list[tuple[float, bool]] = []
    committed: list[float] = []
    start, stop = threading.Barrier(4), threading.Event()

    def look() -> None:
        start.wait()
        try:
            while not stop.is_set():
                began = time.monotonic()
                looked.append((began, ports.clearance(group, ben.pk).cleared))
        finally:
            connections.close_all()

    def take_back() -> None:
        start.wait()
        try:
            time.sleep(0.1)
            with at_work(ben):
                withdraw(act_id=act, by=ben)
            committed.append(time.monotonic())
            time.sleep(0.5)
        finally:
            stop.set()
            connections.close_all()

    threads = [threading.Thread(target=look) for _ in range(3)] + [threading.Thread(target=take_back)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    after = [cleared for began, cleared in looked if began >= committed[0]]
    assert after
    assert not any(after)
    assert any(cleared for began, cleared in looked if began < committed[0])


@pytest.mark.req("REQ-46")
@pytest.mark.django_db
def test_the_page_of_the_session_and_the_door_say_so_at_the_next_look(world, client_for):
    lead, page = client_for(world.nadia), f"/sessions/{world.session_of_thursday.pk}/"
    assert "withdrawn" not in lead.get(page).content.decode().lower()
    with at_work(world.ben) as ben:
        withdraw(act_id=world.act_of_ben.pk, by=ben)
    assert "Withdrawn" in lead.get(page).content.decode()
    assert (
        "You cannot come in yet"
        in client_for(world.ben).get(f"/visits/{world.session_of_thursday.pk}/").content.decode()
    )
