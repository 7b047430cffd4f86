"""One place and two who answer at the same moment: one has it, the other keeps the rank and is told kindly."""

from threading import Barrier, Thread

import pytest
from django.db import connection
from django.db.models import F

from groups.models import EnrolmentStep, Membership, TherapyGroup
from groups.services import Answer
from tests.factories import make_member
from tests.groups.joining_world import answer, fitting, newest, offer, state
from tests.world import World, at_work


@pytest.mark.django_db(transaction=True)
def test_two_who_answer_at_once_get_one_place_between_them(world: World) -> None:
    taken = Membership.objects.filter(group=world.thursday, ended_at__isnull=True).count()
    people = [world.zoe, make_member("Noor Haddad")]
    with at_work(world.nadia):
        from groupcare.outbox.services import set_address

        set_address(person=people[1], value=people[1].login.email, by=world.nadia, verified=True)
    TherapyGroup.objects.filter(pk=world.thursday.pk).update(capacity=taken + 1)
    offered = [fitting(world, name, one.login.email) for name, one in zip(("Zed", "Noor"), people, strict=True)]
    for one in offered:
        offer(world, one)
    start, told = Barrier(2), []

    def say_yes(number: int) -> None:
        try:
            person, enrolment = people[number], offered[number]
            seen = newest(enrolment).pk
            start.wait(10)
            told.append(answer(person, enrolment, seen=seen))
        finally:
            connection.close()

    both = [Thread(target=say_yes, args=(number,)) for number in range(2)]
    for one in both:
        one.start()
    for one in both:
        one.join(60)
    assert sorted(told) == sorted([Answer.PLACE, Answer.GONE])
    open_now = Membership.objects.filter(group=world.thursday, ended_at__isnull=True).count()
    assert open_now == TherapyGroup.objects.values_list("capacity", flat=True).get(pk=world.thursday.pk)
    assert sorted(state(one) for one in offered) == ["preparing", "waitlisted"]
    assert EnrolmentStep.objects.filter(code="place_gone").count() == 1
    TherapyGroup.objects.filter(pk=world.thursday.pk).update(capacity=F("capacity") + 1)
    late = next(one for one in offered if state(one) == "waitlisted")
    offer(world, late)
    assert answer(people[offered.index(late)], late) == Answer.PLACE
