"""Series and moves on their pages: planned, changed, extended, ended; what is wrong stands beside its field."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from groupcare.outbox.models import Message
from groupcare.outbox.services import set_address
from groups.models import GroupSession, Room, SessionMove, SessionSeries
from tests.world import World, at_work

Browser = Callable[..., Client]
WEEKLY = {"first_day": "2031-05-08", "starts": "18:30", "minutes": "90", "rhythm": "weekly", "every": "1", "many": "3"}


def url(name: str, pk: object) -> str:
    return reverse(f"groups:{name}", kwargs={"pk": pk})


def newest() -> SessionSeries:
    return SessionSeries.objects.get(superseded_by__isnull=True)


def plan(world: World, browser: Client, **change: Any) -> Any:
    return browser.post(url("series-create", world.thursday.pk), WEEKLY | {"where": str(world.site.pk)} | change)


def test_a_lead_plans_changes_extends_and_ends_a_series_from_the_list_of_sessions(
    world: World, client_for: Browser
) -> None:
    nadia, listed = client_for(world.nadia), url("session-list", world.thursday.pk)
    assert "Plan a series" in nadia.get(listed).content.decode()
    assert plan(world, nadia).status_code == 302
    first = newest()
    for name in ("series-change", "series-extend", "series-end"):
        assert url(name, first.pk) in nadia.get(listed).content.decode()
        assert nadia.get(url(name, first.pk)).status_code == 200
        assert client_for(world.tom).get(url(name, first.pk)).status_code == 404
    assert url("series-change", first.pk) not in client_for(world.tom).get(listed).content.decode()
    changed = WEEKLY | {
        "from_day": "2031-05-15",
        "first_day": "2031-05-16",
        "many": "2",
        "reason": "plan",
        "where": str(world.site.pk),
    }
    assert ">Thu 15 May 2031</option>" in nadia.get(url("series-change", first.pk)).content.decode(), "as every day"
    assert nadia.post(url("series-change", first.pk), changed).status_code == 302
    late = nadia.post(url("series-change", first.pk), changed)
    assert late.status_code == 409
    assert "Somebody else changed this series" in late.content.decode()
    assert nadia.post(url("series-extend", newest().pk), {"last_day": "2031-05-30"}).status_code == 302
    assert nadia.post(url("series-end", newest().pk), {"last_day": "2031-05-16"}).status_code == 302
    found = GroupSession.objects.filter(series__line=first.line).order_by("number")
    assert [f"{one.starts_at:%m-%d} {one.state}" for one in found] == [
        "05-08 scheduled",
        "05-16 scheduled",
        "05-23 cancelled",
        "05-30 cancelled",
    ]
    assert Message.objects.filter(kind="visit_changed", recipient=world.ben, state="queued").count() == 1


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"many": ""}, "Write how many sessions there are"),
        ({"first_day": "2020-05-08"}, "This time has passed"),
        ({"rhythm": "monthly", "first_day": "2031-05-29"}, "Not every month has a fifth one"),
        ({"where": ""}, "Choose where the group meets"),
        ({"starts": ""}, "Choose a time"),
    ],
)
def test_what_is_wrong_is_said_and_what_was_typed_stays(
    world: World, client_for: Browser, change: dict[str, str], told: str
) -> None:
    wrong = plan(world, client_for(world.nadia), minutes="75", **change)
    assert wrong.status_code == 422
    assert told in wrong.content.decode()
    assert 'value="75"' in wrong.content.decode()
    assert not SessionSeries.objects.exists()


def test_one_session_is_moved_from_its_page_and_the_second_of_two_is_told(world: World, client_for: Browser) -> None:
    session, nadia = world.coming_session_of_thursday, client_for(world.nadia)
    with at_work(world.ada) as ada:
        set_address(person=world.tom, value=world.tom.login.email, by=ada, verified=True)
    room = Room.objects.create(site=world.site, name="Blue room")
    move = url("session-move", session.pk)
    for page in (url("session-detail", session.pk), url("session-list", world.thursday.pk)):
        assert move in nadia.get(page).content.decode()
        assert move not in client_for(world.tom).get(page).content.decode()
    to = {"day": "2031-05-08", "starts": "18:30", "minutes": "60", "where": f"{world.site.pk}:{room.pk}"}
    assert nadia.post(move, to | {"reason": "room", "seen": "0"}).status_code == 302
    late = nadia.post(move, to | {"day": "2031-05-09", "reason": "room", "seen": "0"})
    assert late.status_code == 409
    assert SessionMove.objects.count() == 1
    assert "Linden House, Blue room" in client_for(world.ben).get("/my/sessions/").content.decode()
    assert set(Message.objects.filter(kind="plan_changed").values_list("recipient_id", flat=True)) == {world.tom.pk}
    shown = nadia.get(url("session-list", world.thursday.pk)).content.decode()
    assert "Moved" in shown
    assert move not in nadia.get(url("session-detail", world.session_of_thursday.pk)).content.decode()


def test_the_pages_take_at_most_eight_queries_whatever_the_rows(
    world: World, client_for: Browser, queries: Callable[[Client, str], int]
) -> None:
    nadia = client_for(world.nadia)
    assert plan(world, nadia).status_code == 302
    pages = [
        url("session-list", world.thursday.pk),
        url("series-create", world.thursday.pk),
        url("group-settings", world.thursday.pk),
        url("series-change", newest().pk),
        url("series-extend", newest().pk),
        url("session-move", world.coming_session_of_thursday.pk),
        url("session-agenda", world.coming_session_of_thursday.pk),
    ]
    few = [queries(nadia, page) for page in pages]
    assert all(count <= 8 for count in few), few
    for number in range(25):
        Room.objects.create(site=world.site, name=f"Room {number}")
    assert nadia.post(url("series-extend", newest().pk), {"last_day": "2032-04-08"}).status_code == 302
    pages[3:5] = [url("series-change", newest().pk), url("series-extend", newest().pk)]
    assert [queries(nadia, page) for page in pages] == few
