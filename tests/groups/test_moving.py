"""One session is moved: everybody who would come is told once, and what waits about the old time is withdrawn."""

from datetime import date, time, timedelta
from typing import Any

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.utils import timezone

from groupcare.access import Role
from groupcare.accounts.models import Person
from groupcare.exceptions import InvalidTransition, Refused
from groupcare.outbox.models import Message
from groupcare.outbox.services import set_address
from groups.localtime import practice_zone
from groups.models import GroupSession, Room, SessionCall, SessionMove
from groups.selectors import places_by_voice
from groups.selectors.absence import open_substitutions
from groups.services import (
    NewMember,
    Slot,
    Where,
    add_facilitator,
    add_member,
    answer_substitution,
    cancel_session,
    hand_over,
    mark_told,
    move_session,
    schedule_session,
)
from groups.tasks import send_reminders
from tests.factories import make_staff
from tests.world import World, at_work, today


@pytest.fixture
def session(world: World) -> GroupSession:
    """Return the coming session of Thursday; those who run it, and Olga, can be written to."""
    for person in (world.nadia, world.tom, world.olga):
        reach(world, person)
    return world.coming_session_of_thursday


def reach(world: World, person: Person) -> Person:
    with at_work(world.ada) as ada:
        set_address(person=person, value=person.login.email, by=ada, verified=True)
    return person


def move(world: World, session: GroupSession, *, hours: int, seen: int, **change: Any) -> GroupSession:
    """Move the session so many hours away from its first time."""
    at = start_of(session) + timedelta(hours=hours)
    here = at.astimezone(practice_zone())
    slot = Slot(here.date(), here.time(), change.pop("minutes", 90), change.pop("where", Where(world.site)))
    with at_work(change.pop("by", world.nadia)) as by:
        return move_session(session_id=session.pk, to=slot, reason=change.pop("reason", "room"), seen=seen, by=by)


def start_of(session: GroupSession) -> Any:
    first = SessionMove.objects.filter(session=session, number=1).first()
    return first.old_starts_at if first else GroupSession.objects.get(pk=session.pk).starts_at


def waiting(kind: str) -> list[object]:
    return sorted(Message.objects.filter(kind=kind, state="queued").values_list("recipient_id", flat=True))


def members(world: World) -> list[object]:
    return sorted([world.ben.pk, world.chiara.pk, world.dev.pk])


def test_everybody_who_would_come_is_told_once_and_neutrally(world: World, session: GroupSession) -> None:
    watcher = reach(world, make_staff("Wen Ortiz", Role.FACILITATOR))
    with at_work(world.nadia) as nadia:
        add_facilitator(group=world.thursday, person=watcher, role="observer", by=nadia)
    moved = move(world, session, hours=2, seen=0)
    assert (moved.number, moved.moves) == (session.number, 1)
    assert moved.starts_at == session.starts_at + timedelta(hours=2)
    kept = SessionMove.objects.get(session=session)
    assert (kept.old_starts_at, kept.new_starts_at) == (session.starts_at, moved.starts_at)
    assert (kept.reason, kept.moved_by_id) == ("room", world.nadia.pk)
    assert waiting("visit_changed") == members(world)
    assert waiting("plan_changed") == sorted([world.tom.pk, watcher.pk])
    assert world.zoe.pk not in waiting("visit_changed")


def test_a_second_change_before_the_first_was_told_takes_its_place_and_a_change_back_leaves_nothing_to_tell(
    world: World, session: GroupSession
) -> None:
    move(world, session, hours=2, seen=0)
    move(world, session, hours=3, seen=1)
    assert waiting("visit_changed") == members(world)
    assert waiting("plan_changed") == [world.tom.pk]
    ben = Message.objects.get(kind="visit_changed", recipient=world.ben, state="queued")
    Message.objects.filter(pk=ben.pk).update(state="sent", sent_at=timezone.now())
    # Ben knows of the third hour; to the others nothing was ever different.
    move(world, session, hours=0, seen=2)
    assert waiting("visit_changed") == [world.ben.pk]
    assert waiting("plan_changed") == []


def test_what_waits_about_the_old_time_is_withdrawn_and_the_new_time_is_reminded_of(
    world: World, session: GroupSession
) -> None:
    GroupSession.objects.filter(group=world.tuesday).update(state="held")
    with time_machine.travel(session.starts_at - timedelta(hours=20), tick=False):
        send_reminders()
        assert waiting("session_reminder") == members(world)
        move(world, session, hours=48, seen=0)
        assert waiting("session_reminder") == []
        send_reminders()
        assert waiting("session_reminder") == []
    with time_machine.travel(session.starts_at + timedelta(hours=30), tick=False):
        send_reminders()
        assert waiting("session_reminder") == members(world)
        with at_work(world.nadia) as nadia:
            cancel_session(session=session, reason="room", by=nadia)
        assert waiting("session_reminder") == []
        assert waiting("visit_cancelled") == members(world)


def test_whoever_said_yes_to_the_old_time_is_not_held_to_the_new_one(world: World) -> None:
    for person in (world.nadia, world.olga):
        reach(world, person)
    start = timezone.now() + timedelta(hours=5)
    with at_work(world.nadia) as nadia:
        soon = schedule_session(group=world.thursday, starts_at=start, ends_at=start + timedelta(hours=1), by=nadia)
        hand_over(session_id=soon.pk, person_id=world.olga.pk, seen=None, by=nadia)
    with at_work(world.olga) as olga:
        answer_substitution(session_id=soon.pk, accept=True, by=olga)
    room = Room.objects.create(site=world.site, name="Blue room")
    here = soon.starts_at.astimezone(practice_zone())
    with at_work(world.nadia) as nadia:
        slot = Slot(here.date(), here.time(), 60, Where(world.site, room))
        move_session(session_id=soon.pk, to=slot, reason="room", seen=0, by=nadia)
        assert open_substitutions([soon])[soon.pk].person_id == world.olga.pk
    move(world, soon, hours=24, seen=1)
    assert open_substitutions([soon]) == {}
    assert world.olga.pk in waiting("plan_changed")


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"hours": 0}, "Nothing would change"),
        ({"reason": "because"}, "one of the reasons"),
        ({"hours": -24 * 30}, "passed"),
        ({"where": Where()}, "where the group meets"),
        ({"minutes": 1000}, "how long"),
    ],
)
def test_what_cannot_be_is_said_and_nothing_moves(
    world: World, session: GroupSession, change: dict[str, Any], told: str
) -> None:
    with pytest.raises(ValidationError, match=told):
        move(world, session, **({"hours": 2, "seen": 0} | change))
    assert not SessionMove.objects.exists()
    assert move(world, session, hours=2, seen=0).moves == 1


def test_only_who_manages_the_group_moves_and_only_what_has_not_begun(world: World, session: GroupSession) -> None:
    for name in ("tom", "olga", "ben"):
        with pytest.raises(Refused):
            move(world, session, hours=2, seen=0, by=world.person(name))
    with pytest.raises(InvalidTransition):
        move(world, world.session_of_thursday, hours=48, seen=0)
    assert move(world, session, hours=2, seen=0).moves == 1
    with pytest.raises(InvalidTransition, match="Somebody else"):
        move(world, session, hours=3, seen=0)


def test_a_session_moves_neither_onto_another_nor_into_a_taken_room(world: World, session: GroupSession) -> None:
    room = Room.objects.create(site=world.site, name="Blue room")
    other = world.coming_session_of_tuesday
    GroupSession.objects.filter(pk=other.pk).update(room=room, starts_at=session.starts_at, ends_at=session.ends_at)
    with pytest.raises(ValidationError, match="room is taken") as said:
        move(world, session, hours=1, seen=0, where=Where(world.site, room))
    assert "Tuesday" not in str(said.value)
    move(world, session, hours=2, seen=0, where=Where(world.site, room))
    with at_work(world.nadia) as nadia:
        later = session.starts_at + timedelta(hours=5)
        schedule_session(group=world.thursday, starts_at=later, ends_at=later + timedelta(hours=1), by=nadia)
    with pytest.raises(ValidationError, match="another session"):
        move(world, session, hours=4, seen=1)


def test_a_time_that_does_not_exist_is_explained(world: World, session: GroupSession) -> None:
    slot = Slot(date(2027, 3, 14), time(2, 30), 90, Where(world.site))
    with at_work(world.nadia) as nadia, pytest.raises(ValidationError, match="does not exist"):
        move_session(session_id=session.pk, to=slot, reason="room", seen=0, by=nadia)


def test_whoever_was_told_by_phone_is_on_the_list_again_for_the_new_time(world: World, session: GroupSession) -> None:
    with at_work(world.nadia) as nadia:
        place = add_member(group=world.thursday, member=NewMember("Walter Ono", today()), by=nadia)
        mark_told(session_id=session.pk, membership_id=place.pk, by=nadia)
        assert [one.told_at is None for one in places_by_voice(nadia, session)] == [False]
    moved = move(world, session, hours=2, seen=0)
    with at_work(world.nadia) as nadia:
        assert [one.told_at is None for one in places_by_voice(nadia, moved)] == [True]
        for _again in range(2):
            mark_told(session_id=session.pk, membership_id=place.pk, by=nadia)
        assert [one.told_at is None for one in places_by_voice(nadia, moved)] == [False]
    assert SessionCall.objects.filter(session=session).count() == 2
