"""Short sentences for tests about the way into a group."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from groupcare.accounts.models import Person
from groups import services
from groups.models import Enrolment, EnrolmentStep
from groups.services import Answer
from tests.world import World, at_work, today


def newest(enrolment: Enrolment) -> EnrolmentStep:
    return EnrolmentStep.objects.filter(enrolment=enrolment).latest("number")


def state(enrolment: Enrolment) -> str:
    return str(newest(enrolment).state)


def ask(world: World, name: str, email: str = "", *, lead: str = "nadia", group: str = "thursday") -> Enrolment:
    """Let the lead of a group keep that somebody asked."""
    with at_work(world.person(lead)) as by:
        return services.open_enrolment(group_id=world.ids[group][1], name=name, email=email, by=by)


def step(world: World, enrolment: Enrolment, to: str, *, lead: str = "nadia", **facts: Any) -> EnrolmentStep:
    """Let the lead take the next step, as one who has seen the newest."""
    given = {"reason": "As we spoke."} if to in ("suitable", "not_suitable", "defer") else {}
    given |= {"code": "none"} if to == "waitlisted" else {"code": "no_answer"} if to == "withdrawn" else {}
    with at_work(world.person(lead)) as by:
        return services.take_step(
            enrolment_id=enrolment.pk,
            group_id=enrolment.group_id,
            to=to,
            seen=newest(enrolment).pk,
            by=by,
            **(given | facts),
        )


def offer(world: World, enrolment: Enrolment, *, days: int = 7, lead: str = "nadia") -> EnrolmentStep:
    with at_work(world.person(lead)) as by:
        return services.make_offer(
            enrolment_id=enrolment.pk,
            group_id=enrolment.group_id,
            last_day=today() + timedelta(days=days),
            seen=newest(enrolment).pk,
            by=by,
        )


def fitting(world: World, name: str, email: str = "", **where: str) -> Enrolment:
    """Return the enrolment of somebody who fits the group."""
    made = ask(world, name, email, **where)
    lead = where.get("lead", "nadia")
    step(world, made, "screened", lead=lead)
    step(world, made, "suitable", lead=lead)
    return made


def said_yes(world: World, enrolment: Enrolment, *, lead: str = "nadia") -> Answer:
    """Let the lead write down that the person took the place."""
    with at_work(world.person(lead)) as by:
        return services.record_answer(
            enrolment_id=enrolment.pk, group_id=enrolment.group_id, said="yes", seen=newest(enrolment).pk, by=by
        )


def answer(person: Person, enrolment: Enrolment, said: str = "yes", seen: UUID | None = None) -> Answer:
    with at_work(person) as by:
        return services.answer_offer(enrolment_id=enrolment.pk, said=said, seen=seen or newest(enrolment).pk, by=by)
