"""A group ends: its goodbyes, its places, those on the way, and what the law says of its records."""

from datetime import date, datetime, time, timedelta

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.utils import timezone

from groupcare.accounts.models import Invitation
from groupcare.exceptions import InvalidTransition, Refused
from groupcare.outbox.models import Message
from groupcare.practice.law import values
from groups import services, tasks
from groups.localtime import end_of_day, practice_zone
from groups.models import GroupSession, Membership, MembershipStep, OverlapCheck, TherapyGroup
from groups.selectors import own_goodbyes, parting_sessions, records_kept, standing_closing
from groups.selectors.console import console
from tests.factories import make_member
from tests.groups.joining_world import ask, fitting, newest, offer, state, step
from tests.world import World, at_work, sign_for, today


def plan(world: World, days: int, *, parting: int = 4, seen: int = 0, lead: str = "nadia") -> date:
    last_day = today() + timedelta(days=days)
    with at_work(world.person(lead)) as by:
        services.plan_closing(group_id=world.thursday.pk, last_day=last_day, parting=parting, seen=seen, by=by)
    return last_day


def test_everything_ends_when_the_last_day_is_over_and_not_before(world: World) -> None:
    asked, waits, offered = ask(world, "Anna"), fitting(world, "Bela"), fitting(world, "Zed", world.zoe.login.email)
    step(world, waits, "waitlisted")
    last_day = plan(world, 8)
    offer(world, offered)
    left = world.membership("dev")
    with at_work(world.nadia) as nadia:
        # Who finished before the group did had a goodbye of their own.
        services.end_membership(membership_id=left.pk, group=world.thursday, ending="graduated", by=nadia)
    with at_work(world.nadia) as nadia:
        invited = services.invite_member(
            group=world.thursday, used_name="New", email="new@example.org", by=nadia
        ).person_id
    Membership.objects.filter(group=world.thursday, joined_at=None, ended_at=None).exclude(person=invited).update(
        joined_at=timezone.now()
    )
    places = list(Membership.objects.filter(group=world.thursday, ended_at__isnull=True))
    over = end_of_day(last_day, practice_zone())
    with time_machine.travel(over - timedelta(seconds=1), tick=False):
        assert services.close_due_groups() == 0
    with time_machine.travel(over, tick=False):
        tasks.close_groups()
        assert services.close_due_groups() == 0
        assert TherapyGroup.objects.get(pk=world.thursday.pk).closed_at == timezone.now()
    steps = MembershipStep.objects.filter(kind="ended", ending="graduated")
    assert {row.membership_id for row in steps} == {left.pk, *(place.pk for place in places)}
    with at_work(world.dev) as dev:
        assert not own_goodbyes(dev).exists()
    assert not Membership.objects.filter(group=world.thursday, ended_at__isnull=True).exists()
    assert [(state(one), newest(one).code) for one in (asked, waits, offered)] == [("withdrawn", "group_ends")] * 3
    assert Message.objects.get(kind="offer_waiting").state == "dropped"
    # What was found between those who came and those who waited is looked for again.
    asked_for = set(OverlapCheck.objects.filter(done_at=None).values_list("person_id", flat=True))
    assert {world.ben.pk, offered.person_id} <= asked_for
    assert Message.objects.get(recipient=invited).state == "dropped"
    assert not Invitation.objects.open().filter(person=invited).exists()
    told = Message.objects.filter(kind="time_over")
    assert {row.recipient_id for row in told} == {world.ben.pk, world.chiara.pk}
    with at_work(world.ben) as ben:
        assert own_goodbyes(ben).get().last_day == last_day
    with at_work(world.ex) as ex:
        assert not own_goodbyes(ex).exists()
    with time_machine.travel(over + timedelta(days=91)), at_work(world.ben) as ben:
        assert not own_goodbyes(ben).exists()
    with at_work(world.nadia) as nadia:
        for do in (
            lambda: services.open_enrolment(group_id=world.thursday.pk, name="Late", by=nadia),
            lambda: services.invite_member(group=world.thursday, used_name="L", email="late@example.org", by=nadia),
        ):
            with pytest.raises(ValidationError, match="has ended"):
                do()
        with pytest.raises(InvalidTransition):
            services.take_back_closing(group_id=world.thursday.pk, seen=1, by=nadia)


def test_a_plan_that_was_taken_back_ends_nothing(world: World) -> None:
    last_day = plan(world, 8)
    with at_work(world.nadia) as nadia:
        services.check_open_on(world.thursday, last_day)
        with pytest.raises(ValidationError, match="ends before that"):
            services.check_open_on(world.thursday, last_day + timedelta(days=1))
        services.take_back_closing(group_id=world.thursday.pk, seen=1, by=nadia)
        services.check_open_on(world.thursday, last_day + timedelta(days=1))
    with time_machine.travel(timezone.now() + timedelta(days=30)):
        assert services.close_due_groups() == 0
    assert Membership.objects.filter(group=world.thursday, ended_at__isnull=True).count() == 3


def test_only_who_manages_the_group_plans_its_end_and_only_for_a_day_that_can_be(world: World) -> None:
    for name in ("tom", "olga", "ben"):
        with pytest.raises(Refused):
            plan(world, 8, lead=name)
    for days, parting in ((-1, 4), (3, 4), (732, 4), (8, 13)):
        with pytest.raises(ValidationError):
            plan(world, days, parting=parting)
    plan(world, 8)
    with pytest.raises(InvalidTransition, match="in the meantime"):
        plan(world, 9)
    assert plan(world, 9, seen=1)


def test_the_last_sessions_that_are_held_are_for_parting(world: World) -> None:
    with at_work(world.nadia) as nadia:
        for week in (2, 3, 4, 5):
            start = world.coming_session_of_thursday.starts_at + timedelta(weeks=week)
            services.schedule_session(
                group=world.thursday, starts_at=start, ends_at=start + timedelta(minutes=90), by=nadia
            )
        off = GroupSession.objects.filter(group=world.thursday).latest("starts_at")
        services.cancel_session(session=off, reason="room", by=nadia)
    plan(world, 60)
    group = world.thursday
    found = parting_sessions(group, standing_closing(group), practice_zone())
    rows = GroupSession.objects.filter(group=group).exclude(pk=off.pk).order_by("starts_at")
    assert [one.pk for one in found] == [one.pk for one in rows][-4:]
    assert parting_sessions(group, None, practice_zone()) == []


def test_records_are_kept_as_long_as_the_longest_law_says_and_look_as_sure_as_they_are(world: World) -> None:
    group = TherapyGroup.objects.select_related("site").get(pk=world.thursday.pk)
    last_day = date(2028, 2, 29)
    kept = records_kept(group, last_day, today(), "en")
    (line,) = [one for one in values(group.places, "records") if one.meaning.key == "retention_adult_years"]
    years = max(item.value for item in line.items if isinstance(item.value, int))
    assert kept.until is not None
    assert (kept.until.year - 2028, kept.until.month) == (years, 2)
    assert kept.unverified == any(row.item.unverified for row in kept.rows)
    assert records_kept(group, None, today(), "es").until is None


def test_somebody_new_is_shown_for_the_session_that_is_their_first_and_not_again(world: World) -> None:
    group, first = world.thursday, world.session_of_thursday
    noor = make_member("Noor Haddad")
    with at_work(world.nadia) as nadia:
        place = services.invite_member(group=group, used_name="Noor", email="noor@example.org", by=nadia)
        starts = datetime.combine(today() + timedelta(days=30), time(15), tzinfo=practice_zone())
        third = services.schedule_session(group=group, starts_at=starts, ends_at=starts + timedelta(hours=1), by=nadia)
    Membership.objects.filter(pk=place.pk).update(person=noor)
    sign_for(noor, world.version_of_thursday)
    second = world.coming_session_of_thursday
    with time_machine.travel(second.starts_at - timedelta(hours=1)):
        with at_work(noor):
            services.acknowledge_ground_rules(session_id=second.pk, by=noor)
        with at_work(world.tom) as tom:
            assert [one.place.name for one in console(tom, second.pk, "en").newcomers] == ["Noor"]
            assert console(tom, third.pk, "en").newcomers == []
            assert first.starts_at < second.starts_at
        with at_work(world.olga) as olga, pytest.raises(Refused):
            console(olga, second.pk, "en")
