"""A place is offered, and taken, left or lost: under the group's lock, so that one place is never given twice."""

from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _

from groupcare.access import Right, acting_as_system
from groupcare.accounts.models import Person
from groupcare.accounts.services import invite
from groupcare.audit import record, unit_of_work
from groupcare.exceptions import InvalidTransition
from groupcare.outbox.selectors import current_address
from groupcare.outbox.services import Link, drop_waiting, queue
from groupcare.vault import unlock
from groups.enrolment_states import OFFER_LASTS_AT_MOST, State, Who, may_follow
from groups.localtime import end_of_day, last_moment, practice_zone, today_in
from groups.models import Enrolment, EnrolmentStep, Membership, MembershipStep, TherapyGroup
from groups.permissions import groups_with
from groups.selectors.enrolment import Opened, opened_from, places_taken, with_state
from groups.selectors.overlap import stands
from groups.services.enrolment import add_step, check_own, check_seen, human_of, locked_enrolment, own_enrolment
from groups.services.overlap import check_group
from groups.services.people import check_can_have_place
from groups.services.rows import each_row
from groups.services.spells import end_place
from groups.services.still_open import check_open_on
from groups.services.unsent import drop_invitation


class Answer(StrEnum):
    """What came of an answer to an offer."""

    PLACE = "place"
    LATER = "later"
    ENDED = "ended"
    # The place had gone, or must not be given; whoever answers is told the same of both.
    GONE = "gone"
    LATE = "late"


class Said(StrEnum):
    """What is answered to an offer."""

    YES = "yes"
    LATER = "later"
    NO = "no"


@unit_of_work()
def make_offer(*, enrolment_id: UUID, group_id: UUID, last_day: date, seen: UUID | None, by: Person) -> EnrolmentStep:
    """Offer a place until the end of a day, and write one neutral message where one reaches the person.

    More people may be offered than there are places: who answers first has it.

    Args:
        enrolment_id: the enrolment.
        group_id: its group.
        last_day: the last day for an answer, by the clocks of the practice.
        seen: the newest step that ``by`` was shown.
        by: who manages the group.

    Raises:
        Refused: ``by`` does not manage the group, or it has no such enrolment.
        InvalidTransition: the step may not follow, a possible overlap is not settled, or somebody was faster.
        ValidationError: no place is free, the group has ended, or the day cannot be chosen.
    """
    found = locked_enrolment(by, group_id, enrolment_id, "enrolment.step", seen)
    if not may_follow(found.state, State.OFFERED, Who.LEAD):
        raise InvalidTransition(_("This step cannot follow. Look at where it stands now."))
    zone = practice_zone()
    today = today_in(zone)
    if not today <= last_day <= today + OFFER_LASTS_AT_MOST:
        raise ValidationError({"last_day": _("Choose a day from today on, within 30 days.")})
    check_open_on(found.row.group, last_day)
    if places_taken(group_id) >= found.row.group.capacity:
        raise ValidationError({"__all__": _("All places of this group are taken. End a place first.")})
    person = human_of(found.row)
    check_group(group_id)
    if stands(group_id, person.pk):
        raise InvalidTransition(_("There is a possible overlap. Talk with each of the two alone first."))
    step = add_step(found, State.OFFERED, by, due_at=end_of_day(last_day, zone))
    _write(step, person, by)
    return step


def _write(step: EnrolmentStep, person: Person, by: Person) -> None:
    """Write to the person: a notice for those who sign in, an invitation for others; to nobody without an address."""
    address = current_address(person)
    if person.login is None:
        if address is not None:
            unlock(address)
            invite(person=person, email=address.value, by=by, role=None, until=step.due_at)
        return
    assert step.due_at is not None  # noqa: S101 - the row says so
    queue(
        recipient=person,
        kind="offer_waiting",
        key=f"offer:{step.pk}",
        when=last_moment(step.due_at),
        expires_at=step.due_at,
        link=Link("offer", step.pk, 0),
    )


def drop_messages(row: Enrolment, offer_id: UUID, reason: str) -> None:
    """Take out of the outbox what was to be sent about an offer that has ended, an invitation that waits too.

    The invitation of somebody who has a place somewhere, or another offer, stays.
    """
    person = human_of(row)
    drop_waiting(person=person, by=person, reason=reason, link=Link("offer", offer_id, 0))
    drop_invitation(person, reason, but_for=row.pk)


@unit_of_work()
def answer_offer(*, enrolment_id: UUID, said: str, by: Person, seen: UUID | None) -> Answer:
    """Answer the offer of a place to oneself. Who comes too late keeps their rank on the waiting list.

    Args:
        enrolment_id: the own enrolment.
        said: a value of ``Said``.
        by: whom the place is offered to.
        seen: the offer that was shown.

    Raises:
        Refused: absent, or offered to somebody else.
        InvalidTransition: it was answered, ended or made anew in the meantime.
    """
    # Whose it is is asked before anything is locked: what is absent and what is somebody else's cost the same.
    row = check_own(by, enrolment_id, "enrolment.answer")
    _lock_both(row)
    found = own_enrolment(by, enrolment_id, "enrolment.answer")
    if found.newest.pk != seen:
        return _answered(found, said, seen)
    return _answer(found, said, by, Who.PERSON, seen)


#: What came of an offer that is over: by what is said again and how it stands, else by the code of its last step.
_SAME: dict[tuple[str, str], Answer] = {
    (Said.YES, State.PREPARING): Answer.PLACE,
    (Said.LATER, "not_now"): Answer.LATER,
    (Said.NO, "changed_mind"): Answer.ENDED,
}
_CAME_OF = {"expired": Answer.LATE, "place_gone": Answer.GONE, "taken_back": Answer.GONE}


def _answered(found: Opened, said: str, seen: UUID | None) -> Answer:
    """Return what came of an offer that its page still shows: the same answer twice is told the same as once.

    Raises:
        InvalidTransition: something else was done about it since.
    """
    before = found.steps[-2].pk if len(found.steps) > 1 else None
    done = (said, found.newest.code or found.state)
    told = _SAME.get(done) or _CAME_OF.get(found.newest.code)
    if before != seen or told is None:
        raise InvalidTransition(_("This has changed in the meantime. Look at what waits for you now, or call us."))
    return told


@unit_of_work()
def record_answer(*, enrolment_id: UUID, group_id: UUID, said: str, by: Person, seen: UUID | None) -> Answer:
    """Write down what somebody answered by voice; as ``answer_offer``.

    Raises:
        Refused: ``by`` does not manage the group, or it has no such enrolment.
        InvalidTransition: it was answered, ended or made anew in the meantime.
    """
    allowed = groups_with(by, Right.MANAGE_GROUP).filter(pk=group_id).exists()
    _lock_both(Enrolment.objects.filter(pk=enrolment_id, group=group_id).first() if allowed else None)
    found = locked_enrolment(by, group_id, enrolment_id, "enrolment.step", seen)
    return _answer(found, said, by, Who.LEAD, seen)


def _lock_both(row: Enrolment | None) -> None:
    """Lock the group of an enrolment, and the one that the person comes from, always in the same order."""
    if row is None:
        return
    before = row.comes_from.group_id if row.comes_from else row.group_id
    for pk in sorted({row.group_id, before}):
        TherapyGroup.objects.select_for_update(no_key=True).get(pk=pk)


def _answer(found: Opened, said: str, by: Person, who: Who, seen: UUID | None) -> Answer:
    """Write what an answer to an offer leads to; its group is locked."""
    check_seen(found, seen)
    if found.state != State.OFFERED:
        raise InvalidTransition(_("There is no offer any more. Please call us."))
    if said not in set(Said):
        raise ValidationError({"said": _("Choose one.")})
    if _is_over(found.newest, timezone.now()):
        _end_offer(found, "expired", None)
        return Answer.LATE
    if said == Said.NO:
        offer = found.newest.pk
        add_step(found, State.WITHDRAWN, by, code="changed_mind")
        drop_messages(found.row, offer, "declined")
        return Answer.ENDED
    if said == Said.LATER:
        _end_offer(found, "not_now", by)
        return Answer.LATER
    return _take_place(found, by, who)


def _is_over(step: EnrolmentStep, now: datetime) -> bool:
    return step.due_at is not None and step.due_at <= now


def _end_offer(found: Opened, code: str, by: Person | None) -> None:
    """Put somebody back on the list, where they keep their rank, and drop what was to be sent about the offer."""
    offer = found.newest.pk
    add_step(found, State.WAITLISTED, by if code != "place_gone" else None, code=code)
    drop_messages(found.row, offer, code)


def _take_place(found: Opened, by: Person, who: Who) -> Answer:
    """Give the place if there is one; the check is made anew in any case, so that each answer takes the same work."""
    group, person = found.row.group, human_of(found.row)
    check_group(group.pk)
    full = places_taken(group.pk) >= group.capacity
    if stands(group.pk, person.pk) or full or not _may_have(person, group):
        _end_offer(found, "place_gone", by)
        return Answer.GONE
    place = Membership(group=group, person=person, alias=found.row.name, state=Membership.State.PREPARING)
    place.full_clean()
    place.save(force_insert=True)
    add_step(found, State.PREPARING, by, place=place)
    if found.row.comes_from_id is not None:
        _end_old(found.row.comes_from_id, by)
    record("membership.take", object_type="groups.Membership", object_id=place.pk, purpose=who)
    return Answer.PLACE


def _may_have(person: Person, group: TherapyGroup) -> bool:
    try:
        check_open_on(group)
        check_can_have_place(person, group)
    except ValidationError:
        return False
    return True


def _end_old(place_id: UUID, by: Person) -> None:
    """End the place that the new one takes the stead of, unless it has ended."""
    old = Membership.objects.select_for_update(no_key=True).get(pk=place_id)
    if old.state != Membership.State.ENDED:
        end_place(old, MembershipStep.Ending.TRANSFERRED, by)


@unit_of_work()
def take_back_offer(*, enrolment_id: UUID, group_id: UUID, by: Person, seen: UUID | None) -> None:
    """Take an offer back that nobody has answered: back on the list, with the same rank.

    Raises:
        Refused: ``by`` does not manage the group, or it has no such enrolment.
        InvalidTransition: it was answered or ended in the meantime.
    """
    found = locked_enrolment(by, group_id, enrolment_id, "enrolment.step", seen)
    if found.state != State.OFFERED:
        raise InvalidTransition(_("This step cannot follow. Look at where it stands now."))
    _end_offer(found, "taken_back", by)


def expire_offers() -> int:
    """Return how many offers ran out; safe twice, late and beside itself."""
    with acting_as_system("expire_offers"):
        due = with_state().filter(step_state=State.OFFERED, step_due_at__lte=timezone.now()).order_by("pk")
        return each_row(list(due.values_list("pk", flat=True)), _expire)


@unit_of_work()
def _expire(enrolment_id: UUID) -> int:
    """Put one back on the list, if the offer still stands and is over once the group is held."""
    row = Enrolment.objects.select_related("person", "group").get(pk=enrolment_id)
    TherapyGroup.objects.select_for_update(no_key=True).get(pk=row.group_id)
    found = opened_from(row)
    if found.state != State.OFFERED or not _is_over(found.newest, timezone.now()):
        return 0
    _end_offer(found, "expired", None)
    return 1
