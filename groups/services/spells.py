"""What happens to a place: leave and return, its end with a reason, and going on in another group."""

from datetime import date
from uuid import UUID

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from groupcare.access import Right
from groupcare.accounts.models import Person
from groupcare.audit import record, unit_of_work
from groupcare.exceptions import InvalidTransition, Refused
from groupcare.vault import unlock
from groups.enrolment_states import State
from groups.models import Enrolment, Membership, MembershipStep, TherapyGroup
from groups.permissions import groups_with, locked_group
from groups.selectors.enrolment import led_by_colleagues
from groups.services.enrolment import start
from groups.services.overlap import check_group
from groups.services.overlap_checks import ask_check
from groups.services.people import advance, check_can_have_place, check_does_not_run, check_not_on_the_way
from groups.services.still_open import check_open_on
from groups.services.unsent import drop_of_place

PLACE = "groups.Membership"
Kind, Ending = MembershipStep.Kind, MembershipStep.Ending


def _locked_place(by: Person, group_id: UUID, membership_id: UUID, action: str) -> Membership:
    """Return a place of a group that ``by`` manages, both locked.

    Raises:
        Refused: absent, of another group, or forbidden.
    """
    group = locked_group(by, group_id, Right.MANAGE_GROUP, action)
    found = Membership.objects.select_for_update(no_key=True).filter(group=group, pk=membership_id).first()
    if found is None:
        raise Refused(action, PLACE, membership_id)
    return found


def write_step(place: Membership, kind: str, by: Person | None, **facts: object) -> MembershipStep:
    """Write one step about a locked place."""
    step = MembershipStep(membership=place, person_id=place.person_id, kind=kind, taken_by=by, **facts)
    step.full_clean()
    step.save(force_insert=True)
    return step


def end_place(place: Membership, ending: str, by: Person | None, words: str = "") -> None:
    """End a locked place for a reason: nothing is sent about it any more, and overlaps that are gone are looked for."""
    advance(place, Membership.State.ENDED)
    write_step(place, Kind.ENDED, by, ending=ending, words=words.strip())
    ask_check(place.person_id)
    drop_of_place(place, ending)
    record("membership.end", object_type=PLACE, object_id=place.pk, purpose=ending)


@unit_of_work()
def end_membership(
    *,
    membership_id: UUID,
    group: TherapyGroup,
    by: Person,
    ending: str = Ending.BY_FACILITATOR,
    words: str = "",
    seen: str = "",
) -> Membership:
    """End a place in the group now. The person keeps their copies; reminders and the gate stop at once.

    Args:
        membership_id: the place.
        group: its group.
        by: who manages the group.
        ending: a value of ``MembershipStep.Ending``, but for going on in another group, which has a verb of its own.
        words: more about it, for those who manage the group.
        seen: the state that ``by`` was shown, or "" to ask for nothing.

    Raises:
        Refused: ``by`` does not manage the group, or it has no such place.
        InvalidTransition: it has ended already, or a colleague changed it in the meantime.
        ValidationError: there is no such reason.
    """
    found = _locked_place(by, group.pk, membership_id, "membership.end")
    check_state(found, seen)
    if ending not in Ending.values or ending == Ending.TRANSFERRED:
        raise ValidationError({"ending": _("Choose one of the reasons.")})
    end_place(found, ending, by, words)
    return found


def check_state(place: Membership, seen: str) -> None:
    """Raise ``InvalidTransition`` if a place is in another state than the one that was shown."""
    if seen and place.state != seen:
        raise InvalidTransition(_("A colleague changed this in the meantime. Look at what stands now."))


@unit_of_work()
def go_on_leave(
    *, membership_id: UUID, group_id: UUID, by: Person, back_on: date | None = None, words: str = "", seen: str = ""
) -> MembershipStep:
    """Let a member stay away for a while and keep the place; no session opens for them, and nothing is sent.

    Raises:
        Refused: ``by`` does not manage the group, or it has no such place.
        InvalidTransition: the member is not active, or a colleague changed it in the meantime.
    """
    place = _locked_place(by, group_id, membership_id, "membership.leave")
    check_state(place, seen)
    advance(place, Membership.State.ON_LEAVE)
    record("membership.leave", object_type=PLACE, object_id=place.pk)
    return write_step(place, Kind.LEFT, by, back_on=back_on, words=words.strip())


@unit_of_work()
def come_back(*, membership_id: UUID, group_id: UUID, by: Person, words: str = "", seen: str = "") -> MembershipStep:
    """Let a member come again after a leave; what they must read again, the gate knows.

    Raises:
        Refused: ``by`` does not manage the group, or it has no such place.
        InvalidTransition: the member is not on leave, or a colleague changed it in the meantime.
    """
    place = _locked_place(by, group_id, membership_id, "membership.return")
    check_state(place, seen)
    if place.state != Membership.State.ON_LEAVE:
        raise InvalidTransition(_("This place cannot change in this way any more."))
    advance(place, Membership.State.ACTIVE)
    record("membership.return", object_type=PLACE, object_id=place.pk)
    return write_step(place, Kind.RETURNED, by, words=words.strip())


@unit_of_work()
def transfer(*, membership_id: UUID, group_id: UUID, to_group_id: UUID, by: Person, seen: str = "") -> Enrolment:
    """Open the way into another group; the place here ends as transferred in the moment in which the new one begins.

    Who manages both groups decides for both: the way begins as one who fits. Else it begins as a referral, and
    whoever leads the other group decides, without a word about this group. Whether the person has a place there or
    is on the way into it already is not told then: the referral is opened in any case.

    Args:
        membership_id: the place.
        group_id: its group.
        to_group_id: the other group.
        by: who manages the group.
        seen: the state of the place that ``by`` was shown, or "".

    Raises:
        Refused: ``by`` does not manage the group, or it has no such place.
        InvalidTransition: the place has ended, or a colleague changed it in the meantime.
        ValidationError: the other group cannot be chosen, has ended, is run by the person, or is one that ``by``
            manages and knows the person already.
    """
    for pk in sorted({group_id, to_group_id}):
        TherapyGroup.objects.select_for_update(no_key=True).filter(pk=pk).first()
    place = _locked_place(by, group_id, membership_id, "membership.transfer")
    check_state(place, seen)
    if place.state == Membership.State.ENDED:
        raise InvalidTransition(_("This place cannot change in this way any more."))
    here = TherapyGroup.objects.get(pk=group_id)
    target = next((one for one in led_by_colleagues(by, here) if one.pk == to_group_id), None)
    if target is None:
        raise ValidationError({"to_group": _("Choose one from the list.")})
    person = Person.objects.select_related("user").get(pk=place.person_id)
    unlock(place, person)
    both = groups_with(by, Right.MANAGE_GROUP).filter(pk=target.pk).exists()
    try:
        check_open_on(target)
        check_does_not_run(person, target)
        if both:
            check_can_have_place(person, target)
            check_not_on_the_way(person, target)
    except ValidationError:
        raise ValidationError({"to_group": _("This person cannot go there now. Talk with who leads it.")}) from None
    made = start(target, person, place.name, State.SUITABLE if both else State.REFERRED, by=by, comes_from=place)
    check_group(target.pk)
    record("membership.transfer", object_type=PLACE, object_id=place.pk)
    return made
