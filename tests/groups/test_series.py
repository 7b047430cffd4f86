"""A series of sessions: what it plans, how it changes from a day on, and that the past and the exceptions stay."""

from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.utils import timezone

from groupcare.audit.models import TrailEvent
from groupcare.exceptions import InvalidTransition, Refused
from groupcare.outbox.models import Message
from groups.models import Cancellation, GroupSession, Membership, Room, SessionMove, SessionSeries
from groups.selectors import my_sessions
from groups.selectors.absence import open_substitutions
from groups.services import (
    SeriesPlan,
    Slot,
    Where,
    answer_substitution,
    cancel_session,
    change_series,
    end_series,
    extend_series,
    hand_over,
    invite_member,
    move_session,
    plan_closing,
    plan_series,
)
from groups.tasks import send_reminders
from tests.factories import make_person
from tests.groups.test_moving import reach
from tests.world import World, at_work

NEW_YORK = ZoneInfo("America/New_York")
# A Thursday; the clocks of New York go forward on Sunday 14 March 2027.
FIRST = date(2027, 3, 4)


def wanted(world: World, **change: Any) -> SeriesPlan:
    known = {
        "rhythm": "weekly",
        "every": 1,
        "first_day": FIRST,
        "starts": time(18, 30),
        "minutes": 90,
        "where": Where(world.site),
        "many": 5,
    }
    return SeriesPlan(**(known | change))


def planned(world: World, **change: Any) -> SessionSeries:
    with at_work(world.nadia) as nadia:
        return plan_series(group=world.thursday, wanted=wanted(world, **change), by=nadia)


def shown(row: SessionSeries) -> list[str]:
    """Return number, local day and time, and state of each session of the series, by number."""
    found = GroupSession.objects.filter(series__line=row.line).order_by("number")
    return [f"{one.number} {one.starts_at.astimezone(NEW_YORK):%m-%d %H:%M} {one.state}" for one in found]


def told(kind: str) -> list[object]:
    return sorted(Message.objects.filter(kind=kind, state="queued").values_list("recipient_id", flat=True))


def members(world: World) -> list[object]:
    return sorted([world.ben.pk, world.chiara.pk, world.dev.pk])


def test_a_series_keeps_its_hour_over_the_change_of_clocks_and_tells_nobody(world: World) -> None:
    before = Message.objects.count()
    row = planned(world)
    assert shown(row) == [
        "3 03-04 18:30 scheduled",
        "4 03-11 18:30 scheduled",
        "5 03-18 18:30 scheduled",
        "6 03-25 18:30 scheduled",
        "7 04-01 18:30 scheduled",
    ]
    hours = GroupSession.objects.filter(series=row).order_by("number")
    assert [one.starts_at.hour for one in hours] == [23, 23, 22, 22, 22]
    assert (row.last_day, row.line) == (date(2027, 4, 1), row.pk)
    assert Message.objects.count() == before
    assert TrailEvent.objects.filter(action="series.plan", object_id=str(row.pk)).exists()


def test_somebody_new_may_come_to_all_that_are_still_to_come_and_nobody_makes_them_anew(world: World) -> None:
    row = planned(world)
    newcomer = make_person("Nell Ito")
    with time_machine.travel(timezone.make_aware(timezone.datetime(2027, 3, 12), NEW_YORK), tick=False):
        Membership.objects.create(group=world.thursday, person=newcomer, state=Membership.State.ACTIVE)
        with at_work(world.nadia):
            assert [one.number for one in my_sessions(newcomer)] == [5, 6, 7]
            assert [one.number for one in my_sessions(world.zoe)] == []
    assert GroupSession.objects.filter(series=row).count() == 5


def test_a_change_moves_what_is_to_come_and_leaves_the_past_and_the_exceptions(world: World) -> None:
    row = planned(world, many=6)
    sessions = list(GroupSession.objects.filter(series=row).order_by("number"))
    with at_work(world.nadia) as nadia:
        cancel_session(session=sessions[2], reason="room", by=nadia)
        to = Slot(date(2027, 3, 26), time(10, 0), 60, Where(world.site))
        move_session(session_id=sessions[3].pk, to=to, reason="room", seen=0, by=nadia)
    Message.objects.all().delete()
    with time_machine.travel(sessions[0].ends_at, tick=False), at_work(world.nadia) as nadia:
        newer = change_series(
            series_id=row.pk,
            from_day=sessions[1].series_day,
            wanted=wanted(world, first_day=date(2027, 3, 9), starts=time(19, 0), many=6),
            reason="plan",
            by=nadia,
        )
    assert shown(newer) == [
        "3 03-04 18:30 scheduled",  # over
        "4 03-09 19:00 scheduled",
        "5 03-18 18:30 cancelled",  # called off by itself: nobody meets in its week
        "6 03-26 10:00 scheduled",  # moved by itself
        "7 03-30 19:00 scheduled",
        "8 04-06 19:00 scheduled",
        "9 04-13 19:00 scheduled",  # six were wanted: one more is planned
    ]
    # One message for each, however many sessions moved; it leads to the list.
    assert told("visit_changed") == members(world)
    assert set(Message.objects.filter(kind="visit_changed").values_list("link_kind", flat=True)) == {"visits"}
    moves = SessionMove.objects.filter(series=newer)
    assert sorted(one.session.number for one in moves) == [4, 7, 8]
    assert {one.reason for one in moves} == {"plan"}


def test_a_rarer_rhythm_calls_off_what_is_too_many(world: World) -> None:
    row = planned(world)
    with at_work(world.nadia) as nadia:
        change = wanted(world, every=2, many=None, last_day=date(2027, 4, 1))
        newer = change_series(series_id=row.pk, from_day=FIRST, wanted=change, reason="plan", by=nadia)
    assert shown(newer) == [
        "3 03-04 18:30 scheduled",
        "4 03-18 18:30 scheduled",
        "5 04-01 18:30 scheduled",
        "6 03-25 18:30 cancelled",
        "7 04-01 18:30 cancelled",
    ]
    assert told("visit_changed") == members(world)
    assert not told("visit_cancelled")


def test_it_ends_with_a_day_and_can_go_on_after_it_with_new_numbers(world: World) -> None:
    row = planned(world)
    alone = GroupSession.objects.get(series=row, number=7)
    with at_work(world.nadia) as nadia:
        move_session(
            session_id=alone.pk,
            to=Slot(date(2027, 4, 2), time(18, 30), 90, Where(world.site)),
            reason="room",
            seen=0,
            by=nadia,
        )
        Message.objects.all().delete()
        ended = end_series(series_id=row.pk, last_day=date(2027, 3, 17), by=nadia)
    assert [line.split()[-1] for line in shown(ended)] == [
        "scheduled", "scheduled", "cancelled", "cancelled", "scheduled",
    ]  # fmt: skip
    assert told("visit_changed") == members(world)
    assert set(Cancellation.objects.values_list("reason", flat=True)) == {"plan"}
    with at_work(world.nadia) as nadia:
        further = extend_series(series_id=ended.pk, last_day=date(2027, 4, 8), by=nadia)
    # The one that was moved to 2 April stands for 1 April.
    assert [line for line in shown(further) if int(line.split()[0]) > 7] == [
        "8 03-18 18:30 scheduled",
        "9 03-25 18:30 scheduled",
        "10 04-08 18:30 scheduled",
    ]
    with at_work(world.nadia) as nadia:
        with pytest.raises(ValidationError):
            extend_series(series_id=further.pk, last_day=date(2027, 4, 8), by=nadia)
        with pytest.raises(ValidationError):
            end_series(series_id=further.pk, last_day=date(2027, 4, 8), by=nadia)


def test_who_saw_an_older_plan_is_told_and_changes_nothing(world: World) -> None:
    row = planned(world)
    with at_work(world.nadia) as nadia:
        extend_series(series_id=row.pk, last_day=date(2027, 4, 8), by=nadia)
        before = shown(row)
        for late in (
            lambda: extend_series(series_id=row.pk, last_day=date(2027, 5, 8), by=nadia),
            lambda: end_series(series_id=row.pk, last_day=FIRST, by=nadia),
            lambda: change_series(
                series_id=row.pk, from_day=FIRST, wanted=wanted(world, starts=time(8)), reason="plan", by=nadia
            ),
        ):
            with pytest.raises(InvalidTransition):
                late()
    assert shown(row) == before


def test_only_who_manages_the_group_plans_changes_extends_and_ends(world: World) -> None:
    row = planned(world)
    for name in ("tom", "olga", "ben"):
        with at_work(world.person(name)) as by:
            for refused in (
                lambda by=by: plan_series(group=world.thursday, wanted=wanted(world), by=by),
                lambda by=by: extend_series(series_id=row.pk, last_day=date(2027, 5, 6), by=by),
                lambda by=by: end_series(series_id=row.pk, last_day=FIRST, by=by),
                lambda by=by: change_series(
                    series_id=row.pk, from_day=FIRST, wanted=wanted(world), reason="plan", by=by
                ),
            ):
                with pytest.raises(Refused):
                    refused()
    assert SessionSeries.objects.count() == 1


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"many": None}, "last_day"),
        ({"last_day": date(2027, 5, 6)}, "last_day"),
        ({"many": 53}, "many"),
        ({"many": None, "last_day": date(2029, 1, 1)}, "last_day"),
        ({"many": None, "last_day": date(2027, 3, 3)}, "last_day"),
        ({"first_day": date(2020, 1, 2)}, "first_day"),
        ({"every": 0}, "every"),
        ({"where": Where()}, "where"),
        ({"minutes": 0}, "minutes"),
    ],
)
def test_what_cannot_be_planned_is_said_beside_its_field_and_plans_nothing(
    world: World, change: dict[str, Any], field: str
) -> None:
    before = GroupSession.objects.count()
    with pytest.raises(ValidationError) as said:
        planned(world, **change)
    assert set(said.value.error_dict) == {field}
    assert GroupSession.objects.count() == before


def test_a_group_plans_nothing_after_its_last_day(world: World) -> None:
    with at_work(world.nadia) as nadia:
        plan_closing(group_id=world.thursday.pk, last_day=date(2027, 3, 20), parting=0, seen=0, by=nadia)
    with pytest.raises(ValidationError, match="This group ends before that"):
        planned(world)
    assert len(shown(planned(world, many=3))) == 3


@pytest.mark.parametrize("ends", [False, True])
def test_whoever_said_yes_to_one_session_hears_that_its_series_changed_and_is_not_held_to_it(
    world: World, ends: bool
) -> None:
    reach(world, world.olga)
    with time_machine.travel(datetime(2027, 3, 3, 17, tzinfo=NEW_YORK)):
        row = planned(world)
        second = GroupSession.objects.filter(series=row).order_by("number")[1]
        with at_work(world.nadia) as nadia:
            hand_over(session_id=second.pk, person_id=world.olga.pk, seen=None, by=nadia)
        with at_work(world.olga) as olga:
            answer_substitution(session_id=second.pk, accept=True, by=olga)
        with at_work(world.nadia) as nadia:
            if ends:
                end_series(series_id=row.pk, last_day=FIRST, by=nadia)
            else:
                later = wanted(world, first_day=FIRST + timedelta(days=8), many=4)
                change_series(
                    series_id=row.pk, from_day=FIRST + timedelta(days=7), wanted=later, reason="room", by=nadia
                )
        assert world.olga.pk in told("plan_changed")
        assert "stand_in_asked" not in Message.objects.filter(state="queued").values_list("kind", flat=True)
        assert ends or open_substitutions([GroupSession.objects.get(pk=second.pk)]) == {}


def test_of_two_groups_who_want_one_room_the_second_learns_only_that_it_is_taken(world: World) -> None:
    blue = Room.objects.create(site=world.site, name="Blue room")
    green = Room.objects.create(site=world.site, name="Green room")
    planned(world, where=Where(world.site, blue))
    with at_work(world.olga) as olga:
        late = wanted(world, first_day=date(2027, 3, 11), starts=time(19, 0), where=Where(world.site, blue))
        with pytest.raises(ValidationError) as said:
            plan_series(group=world.tuesday, wanted=late, by=olga)
        assert "taken" in str(said.value)
        assert "Thursday" not in str(said.value)
        free = wanted(world, first_day=date(2027, 3, 11), starts=time(19, 0), where=Where(world.site, green))
        plan_series(group=world.tuesday, wanted=free, by=olga)


def test_a_reminder_of_a_session_that_moved_with_its_series_is_withdrawn_and_goes_out_for_the_new_time(
    world: World,
) -> None:
    row = planned(world)
    first = GroupSession.objects.get(series=row, number=3)
    with time_machine.travel(first.starts_at - timedelta(hours=20), tick=False):
        send_reminders()
        assert told("session_reminder") == members(world)
        with at_work(world.nadia) as nadia:
            invite_member(group=world.thursday, used_name="Wim Oude", email="wim@example.org", by=nadia)
            later = wanted(world, first_day=date(2027, 3, 5))
            change_series(series_id=row.pk, from_day=FIRST, wanted=later, reason="plan", by=nadia)
        assert told("session_reminder") == []
    with time_machine.travel(first.starts_at + timedelta(hours=1), tick=False):
        send_reminders()
        assert len(told("session_reminder")) == 4
