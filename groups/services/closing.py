"""A group comes to its end: the plan, the last day, and what ends with it."""

from datetime import date, datetime, timedelta
from uuid import UUID

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _

from groupcare.access import Right, acting_as_system
from groupcare.accounts.models import Person
from groupcare.audit import record, unit_of_work
from groupcare.exceptions import InvalidTransition
from groupcare.outbox.selectors import reachable
from groupcare.outbox.services import Draft, Link, queue_many
from groups.enrolment_states import OPEN, State
from groups.localtime import end_of_day, practice_zone, today_in
from groups.models import EnrolmentStep, GroupClosing, GroupSession, Membership, MembershipStep, TherapyGroup
from groups.permissions import GROUP, locked_group
from groups.selectors.closing import due_closings, standing_closing
from groups.selectors.enrolment import ENROLMENT, with_state
from groups.services.offers import drop_messages
from groups.services.overlap_checks import ask_check
from groups.services.rows import each_row
from groups.services.spells import end_place

#: Sessions for parting that are proposed. Source: domain reference 7.3 (Baron: four).
PARTING = 4
#: Our choice: a longer farewell than a season is no farewell.
MOST_PARTING = 12
#: How far ahead an end may be planned. Our choice, because a cohort of two years is the longest that is common.
FURTHEST = timedelta(days=731)


@unit_of_work()
def plan_closing(*, group_id: UUID, last_day: date, parting: int, seen: int, by: Person) -> GroupClosing:
    """Say on which day a group ends, and how many of its last sessions are for parting; also to change it.

    Nobody is written to: members hear it in the room, and see it on their own page.

    Args:
        group_id: the group.
        last_day: the last day, by the clocks of the practice.
        parting: how many sessions, up to that day, are for parting.
        seen: the number of the plan that ``by`` was shown; 0 for none.
        by: who manages the group.

    Raises:
        Refused: ``by`` does not manage the group, or it does not exist.
        InvalidTransition: it has ended, or somebody changed the plan in the meantime.
        ValidationError: the day is over or too far away, sessions are planned after it, or there are too many partings.
    """
    group = _locked(by, group_id, seen, "group.plan_closing")
    today = today_in(practice_zone())
    if not today <= last_day <= today + FURTHEST:
        raise ValidationError({"last_day": _("Choose a day from today on, within two years.")})
    if not 0 <= parting <= MOST_PARTING:
        raise ValidationError({"parting": _("Write a number from 0 to %(most)d.") % {"most": MOST_PARTING}})
    late = GroupSession.objects.filter(group=group, state=GroupSession.State.SCHEDULED, starts_at__gte=_after(last_day))
    if late.exists():
        raise ValidationError({"last_day": _("Sessions are planned after this day. Call them off first.")})
    return _keep(group, last_day, parting, seen, by)


@unit_of_work()
def take_back_closing(*, group_id: UUID, seen: int, by: Person) -> GroupClosing:
    """Take the plan back: the group goes on.

    Raises:
        Refused: ``by`` does not manage the group, or it does not exist.
        InvalidTransition: it has ended, nothing is planned, or somebody changed the plan in the meantime.
    """
    group = _locked(by, group_id, seen, "group.take_back_closing")
    plan = standing_closing(group)
    if plan is None or plan.last_day is None:
        raise InvalidTransition(_("No end is planned. There is nothing to take back."))
    return _keep(group, None, 0, seen, by)


def _locked(by: Person, group_id: UUID, seen: int, action: str) -> TherapyGroup:
    group = locked_group(by, group_id, Right.MANAGE_GROUP, action)
    if group.closed_at is not None:
        raise InvalidTransition(_("This group has ended."))
    plan = standing_closing(group)
    if (plan.number if plan else 0) != seen:
        raise InvalidTransition(_("A colleague changed this in the meantime. Look at what stands now."))
    return group


def _keep(group: TherapyGroup, last_day: date | None, parting: int, seen: int, by: Person) -> GroupClosing:
    made = GroupClosing(group=group, number=seen + 1, last_day=last_day, parting=parting, planned_by=by)
    made.full_clean()
    made.save(force_insert=True)
    record("group.plan_closing", object_type=GROUP, object_id=group.pk)
    return made


def _after(day: date) -> datetime:
    """Return the first moment after a day by the clocks of the practice."""
    return end_of_day(day, practice_zone())


def close_due_groups() -> int:
    """Return how many groups ended because their last day is over; safe twice, late and beside itself."""
    with acting_as_system("close_groups"):
        return each_row(due_closings(today_in(practice_zone())), _close)


@unit_of_work()
def _close(group_id: UUID) -> int:
    """End one group, if its day is still over once its row is held: its places, and what waits for a place."""
    group = TherapyGroup.objects.select_for_update(no_key=True).get(pk=group_id)
    plan = standing_closing(group)
    if group.closed_at is not None or plan is None or plan.last_day is None:
        return 0
    if today_in(practice_zone()) <= plan.last_day:
        return 0
    _end_enrolments(group)
    people = _end_places(group)
    group.closed_at = timezone.now()
    group.save(update_fields=["closed_at"])
    record("group.close", object_type=GROUP, object_id=group.pk)
    _tell(group, people)
    return 1


def _end_places(group: TherapyGroup) -> list[UUID]:
    """End every open place of a locked group as graduated, and return whose they were that had begun."""
    people = []
    for place in (
        Membership.objects.select_for_update(no_key=True).filter(group=group, ended_at__isnull=True).order_by("pk")
    ):
        end_place(place, MembershipStep.Ending.GRADUATED, None)
        # Who never came has nothing to part from.
        if place.joined_at is not None:
            people.append(place.person_id)
    return people


def _end_enrolments(group: TherapyGroup) -> None:
    """End every way into a locked group; what was sent about an offer is taken out of the outbox."""
    for row in with_state().filter(group=group, step_state__in=OPEN).select_related("person__user").order_by("pk"):
        number, state, offer = row.step_number, row.step_state, row.step_id
        step = EnrolmentStep(
            enrolment=row, person_id=row.person_id, number=number + 1, state=State.WITHDRAWN, code="group_ends"
        )
        step.full_clean()
        step.save(force_insert=True)
        ask_check(row.person_id)
        record("enrolment.withdrawn", object_type=ENROLMENT, object_id=row.pk)
        if state == State.OFFERED:
            drop_messages(row, offer, "group_ends")


def _tell(group: TherapyGroup, people: list[UUID]) -> None:
    """Queue one neutral message for each whose place ended: what they heard stays theirs to keep."""
    told = reachable(people)
    queue_many(
        [
            Draft(
                recipient_id=person_id,
                kind="time_over",
                key=f"closed:{group.pk}:{person_id}",
                link=Link("goodbye", group.pk, 0),
            )
            for person_id in people
            if person_id in told
        ]
    )
