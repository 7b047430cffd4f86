"""Any steps in any order: never a state that the table does not know, never too many places, and nothing is lost."""

from collections import Counter
from contextlib import suppress
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from groupcare.exceptions import GroupcareError
from groups import enrolment_states as states
from groups import services
from groups.models import Enrolment, EnrolmentStep, Membership, MembershipStep, TherapyGroup
from tests.groups.joining_world import ask, newest, offer, step
from tests.world import World, at_work

STEPS = [to for to in EnrolmentStep.State.values if to not in ("offered", "preparing")]
NAMES = ("Anna", "Bela", "Cleo")
# What is done in one run, in an order that is made up: enough of each that the rare meets the common.
ONCE = ["screening_scheduled", "defer", "not_suitable", "withdrawn", "referred", "inquiry", "later", "no", "take back"]
MOVES = [
    *((action, who) for action in ("offer", "yes", "end", "ask") for who in range(3)),
    *((action, who) for action in ("screened", "suitable", "waitlisted", "offer", "yes") for who in (1, 2)),
    *((action, number % 3) for number, action in enumerate(ONCE)),
    *((action, 0) for action in ("night", "leave", "return")),
]
# Two people are offered the one place that is free.
FIRST = [(action, who) for who in (0, 1) for action in ("screened", "suitable", "offer")]


def history() -> Counter[str]:
    return Counter(
        str(pk)
        for model in (Enrolment, EnrolmentStep, Membership, MembershipStep)
        for pk in model._base_manager.values_list("pk", flat=True)
    )


class Run:
    """One run of actions by those who lead, with the clock that the nights move."""

    def __init__(self, world: World) -> None:
        self.world, self.now = world, timezone.now()
        taken = Membership.objects.filter(group=world.thursday, ended_at__isnull=True).count()
        self.capacity = taken + 1
        TherapyGroup.objects.filter(pk=world.thursday.pk).update(capacity=self.capacity)
        self.emails = {name: f"{name}@example.org" for name in NAMES}
        self.newest = {name: ask(world, name, self.emails[name]) for name in NAMES}

    def do(self, action: str, name: str) -> None:
        world, one = self.world, self.newest[name]
        where: dict[str, Any] = {"enrolment_id": one.pk, "group_id": one.group_id, "seen": newest(one).pk}
        place = Membership.objects.filter(group=world.thursday, person=one.person_id).order_by("-created_at").first()
        with at_work(world.nadia) as nadia:
            if action in STEPS:
                due = timezone.now() + timedelta(days=1) if action == "screening_scheduled" else None
                step(world, one, action, due_at=due)
            elif action == "offer":
                offer(world, one, days=1)
            elif action in ("yes", "later", "no"):
                services.record_answer(**where, said=action, by=nadia)
            elif action == "take back":
                services.take_back_offer(**where, by=nadia)
            elif action == "ask":
                self.newest[name] = ask(world, name, self.emails[name])
            elif action == "night":
                self.now += timedelta(days=1)
                services.expire_offers()
            elif place is not None:
                self._spell(action, place, nadia)

    def _spell(self, action: str, place: Membership, nadia: Any) -> None:
        here = {"membership_id": place.pk, "by": nadia}
        if action == "end":
            services.end_membership(**here, group=self.world.thursday, ending="graduated")
        elif action == "leave":
            services.go_on_leave(**here, group_id=place.group_id)
        else:
            services.come_back(**here, group_id=place.group_id)

    def check_places(self) -> None:
        group = self.world.ids["thursday"][1]
        people = list(Membership.objects.filter(group=group, ended_at__isnull=True).values_list("person", flat=True))
        assert len(people) <= self.capacity
        assert len(set(people)) == len(people)

    def check(self) -> None:
        open_now = Membership.objects.filter(group=self.world.thursday, ended_at__isnull=True)
        for one in Enrolment.objects.all():
            rows = list(EnrolmentStep.objects.filter(enrolment=one).order_by("number"))
            assert [row.number for row in rows] == list(range(1, len(rows) + 1))
            for before, after in zip(["", *[row.state for row in rows]], [row.state for row in rows], strict=False):
                assert after in states.TABLE[before]
        on_the_way = [one.person_id for one in Enrolment.objects.all() if newest(one).state in states.OPEN]
        assert len(on_the_way) == len(set(on_the_way))
        assert not set(on_the_way) & set(open_now.values_list("person_id", flat=True))


@settings(max_examples=4, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.permutations(MOVES))
@pytest.mark.django_db
def test_no_order_of_steps_leads_where_the_table_does_not(world: World, moves: list[tuple[str, int]]) -> None:
    # Not a block: a unit of work refuses to stand in one that is not the test's own.
    mark = transaction.savepoint()
    run, before = Run(world), Counter[str]()
    for action, who in [*FIRST, *moves]:
        with time_machine.travel(run.now, tick=True), suppress(GroupcareError, ValidationError):
            run.do(action, NAMES[who])
        after = history()
        assert not before - after
        before = after
        run.check_places()
    run.check()
    transaction.savepoint_rollback(mark)
