"""What the services of groups refuse when they are asked past the pages."""

from datetime import date, time, timedelta
from uuid import uuid4

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.utils import timezone

from groupcare.access import acting_as_system
from groupcare.audit import recording
from groupcare.exceptions import InvalidTransition, Refused
from groupcare.outbox.services import set_address
from groups import services
from groups.models import Facilitation, GroupSession, Membership
from groups.services.reminders import _remind
from tests.world import World, at_work, next_evening


def test_a_period_that_ends_before_it_starts_gives_no_right(world: World) -> None:
    now = timezone.now()
    with at_work(world.nadia) as nadia, pytest.raises(ValidationError) as caught:
        services.add_facilitator(
            group=world.thursday, person=world.olga, role="co", by=nadia, valid_until=now - timedelta(days=1)
        )
    assert "valid_until" in caught.value.message_dict
    assert not Facilitation.objects.filter(group=world.thursday, person=world.olga).exists()


def test_nobody_runs_a_group_in_which_they_have_a_place(world: World) -> None:
    Membership.objects.create(group=world.thursday, person=world.olga, alias="O")
    with at_work(world.nadia) as nadia, pytest.raises(ValidationError) as caught:
        services.add_facilitator(group=world.thursday, person=world.olga, role="co", by=nadia)
    assert "place in the group" in caught.value.message_dict["person"][0]


def test_a_colleague_is_not_added_twice_for_the_same_time(world: World) -> None:
    with at_work(world.nadia) as nadia, pytest.raises(ValidationError) as caught:
        services.add_facilitator(group=world.thursday, person=world.tom, role="co", by=nadia)
    assert "already" in caught.value.message_dict["person"][0]


@pytest.mark.parametrize(("name", "role"), [("ada", "co"), ("ben", "trainee")])
def test_only_those_who_work_with_groups_run_one(world: World, name: str, role: str) -> None:
    with at_work(world.nadia) as nadia, pytest.raises(ValidationError) as caught:
        services.add_facilitator(group=world.thursday, person=getattr(world, name), role=role, by=nadia)
    assert "person" in caught.value.message_dict


def test_a_facilitation_of_another_group_is_absent_here(world: World) -> None:
    elsewhere = Facilitation.objects.get(group=world.tuesday, person=world.olga)
    with at_work(world.nadia) as nadia, pytest.raises(Refused):
        services.end_facilitation(facilitation_id=elsewhere.pk, group=world.thursday, by=nadia)
    assert Facilitation.objects.get(pk=elsewhere.pk).valid_until is None


def test_a_place_in_another_group_is_absent_here(world: World) -> None:
    elsewhere = Membership.objects.get(group=world.tuesday, person=world.zoe)
    with at_work(world.nadia) as nadia, pytest.raises(Refused):
        services.end_membership(membership_id=elsewhere.pk, group=world.thursday, by=nadia)
    assert Membership.objects.get(pk=elsewhere.pk).ended_at is None


def test_someone_who_runs_the_group_is_offered_no_place_in_it(world: World) -> None:
    with acting_as_system("tests") as system, recording():
        set_address(person=world.tom, value="tom.private@example.org", by=system)
    with at_work(world.nadia) as nadia, pytest.raises(ValidationError) as caught:
        services.invite_member(group=world.thursday, used_name="T", email="tom.private@example.org", by=nadia)
    assert "runs this group" in caught.value.message_dict["email"][0]


def test_a_place_moves_only_as_its_table_says(world: World) -> None:
    place = world.membership("ben")
    with pytest.raises(InvalidTransition):
        services.people.advance(place, Membership.State.INVITED)


def test_weeks_out_of_bounds_and_sessions_of_a_closed_group_are_refused(world: World) -> None:
    group = world.thursday
    with at_work(world.nadia) as nadia:
        with pytest.raises(ValidationError) as caught:
            services.schedule_weekly(
                group=group, day=date(2027, 3, 4), starts=time(18, 30), minutes=90, by=nadia, weeks=27
            )
        assert "weeks" in caught.value.message_dict
        start = next_evening(40)
        with pytest.raises(ValidationError) as caught:
            services.schedule_session(group=group, starts_at=start, ends_at=start, by=nadia)
        assert "minutes" in caught.value.message_dict
        group.closed_at = timezone.now()
        group.save(update_fields=["closed_at"])
        with pytest.raises(ValidationError) as caught:
            services.schedule_session(group=group, starts_at=start, ends_at=start + timedelta(hours=1), by=nadia)
    assert "ended" in caught.value.messages[0]


def test_a_session_that_is_over_cannot_be_called_off(world: World) -> None:
    session = world.coming_session_of_thursday
    after = session.ends_at + timedelta(minutes=1)
    with time_machine.travel(after, tick=False), at_work(world.nadia) as nadia, pytest.raises(InvalidTransition):
        services.cancel_session(session=session, reason="room", by=nadia)
    assert GroupSession.objects.get(pk=session.pk).state == GroupSession.State.SCHEDULED


def test_a_note_for_a_session_that_is_not_there_is_refused_like_one_of_somebody_else(world: World) -> None:
    with at_work(world.nadia) as nadia, pytest.raises(Refused):
        services.write_process_note(session_id=uuid4(), body="Words", by=nadia)
    with at_work(world.olga) as olga, pytest.raises(Refused):
        services.write_process_note(session_id=world.session_of_thursday.pk, body="Words", by=olga)
    # Even an id that is a group's own opens nothing.
    with at_work(world.nadia) as nadia, pytest.raises(Refused):
        services.write_process_note(session_id=world.thursday.pk, body="Words", by=nadia)


def test_a_note_needs_words_and_a_session_that_took_place(world: World) -> None:
    session = world.coming_session_of_thursday
    with at_work(world.nadia) as nadia, pytest.raises(ValidationError) as caught:
        services.write_process_note(session_id=session.pk, body="Words", by=nadia)
    assert "still to come" in caught.value.messages[0]
    with time_machine.travel(session.starts_at, tick=False), at_work(world.nadia) as nadia:
        with pytest.raises(ValidationError) as caught:
            services.write_process_note(session_id=session.pk, body="  \n ", by=nadia)
        assert "body" in caught.value.message_dict
        GroupSession.objects.filter(pk=session.pk).update(state=GroupSession.State.CANCELLED)
        with pytest.raises(ValidationError) as caught:
            services.write_process_note(session_id=session.pk, body="Words", by=nadia)
    assert "called off" in caught.value.messages[0]


def test_nobody_is_reminded_of_a_session_called_off_meanwhile(world: World) -> None:
    session = world.coming_session_of_thursday
    GroupSession.objects.filter(pk=session.pk).update(state=GroupSession.State.CANCELLED)
    with at_work(world.nadia):
        assert _remind(session) == 0
