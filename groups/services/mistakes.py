"""Putting right what went wrong: a place at the wrong person, a note on the wrong member."""

from dataclasses import dataclass
from uuid import UUID

from groupcare.access import Right, roles_by_person
from groupcare.accounts.merge_models import as_one
from groupcare.accounts.models import Person
from groupcare.accounts.services import switch_off_stranger
from groupcare.accounts.services.strangers import WRONG_PERSON, check_other_address
from groupcare.audit import record, unit_of_work
from groupcare.exceptions import Refused
from groupcare.vault import unlock
from groups.models import Enrolment, Facilitation, Membership, MistakenPlace, TherapyGroup
from groups.permissions import locked_group
from groups.ports import invalidate_answers
from groups.services.people import advance, invite_member, person_at, write_to_member


@dataclass(frozen=True)
class Redirected:
    """What came of it: the place of the right person, and the row that says so if somebody had used the old one."""

    place: Membership
    mistake: MistakenPlace | None


@unit_of_work()
def redirect_place(*, membership_id: UUID, group_id: UUID, email: str, by: Person) -> Redirected:
    """Give a place to the person it was meant for, because the message reached somebody else.

    Not used yet: the link dies and the same person is invited at the right address. Used, or reached
    somebody the practice knows: that person's place ends at once, their answers in the group are marked as
    not valid, and their account is switched off unless it leads anywhere else; the right person is new.

    Args:
        membership_id: the place.
        group_id: its group.
        email: the right address.
        by: who manages the group.

    Raises:
        Refused: ``by`` does not manage the group, or it has no such place.
        InvalidTransition: the place has ended.
        ValidationError: it is the address it went to, none at all, or somebody with a place in the group has it.
    """
    group = locked_group(by, group_id, Right.MANAGE_GROUP, "membership.redirect")
    found = Membership.objects.select_for_update(no_key=True).filter(group=group, pk=membership_id).first()
    if found is None:
        raise Refused("membership.redirect", "groups.Membership", membership_id)
    # Only the person's own row: PostgreSQL locks nothing that an outer join may leave out.
    person = Person.objects.select_for_update(of=("self",), no_key=True).select_related("user").get(pk=found.person_id)
    unlock(found, person)
    check_other_address(person, email)
    if _is_unused(person, found) and person_at(email) is None and found.state != Membership.State.ENDED:
        write_to_member(found, email, by)
        record("membership.redirect", object_type="groups.Membership", object_id=found.pk, purpose=WRONG_PERSON)
        return Redirected(found, None)
    return _in_place_of(found, person, group, email, by)


def _in_place_of(found: Membership, stranger: Person, group: TherapyGroup, email: str, by: Person) -> Redirected:
    """Shut the stranger out of the group and give a place of the same name to whoever the address belongs to."""
    only_here = _is_known_only_here(stranger, found)
    name, language = found.name, stranger.language
    advance(found, Membership.State.ENDED)
    invalidate_answers(group.pk, stranger, by, WRONG_PERSON)
    if only_here:
        switch_off_stranger(person=stranger, by=by)
    instead = invite_member(group=group, used_name=name, email=email, by=by, language=language)
    mistake = MistakenPlace(group=group, place=found, instead=instead, found_by=by)
    mistake.full_clean()
    mistake.save(force_insert=True)
    record("membership.redirect", object_type="groups.Membership", object_id=found.pk, purpose=WRONG_PERSON)
    return Redirected(instead, mistake)


def _is_unused(person: Person, place: Membership) -> bool:
    """Tell whether nobody ever signed in as this person, and nothing but one place hangs on them."""
    return (
        person.login is None
        and Membership.objects.filter(person=person).count() == 1
        and not _is_on_another_way(person, place)
    )


def _is_on_another_way(person: Person, place: Membership) -> bool:
    """Tell whether somebody is or was on the way into any group, other than the way that led to this place."""
    ways = Enrolment.objects.filter(as_one("person", [person.pk]))
    return ways.exclude(steps__place=place).exists()


def _is_known_only_here(person: Person, place: Membership) -> bool:
    """Tell whether the account leads nowhere but to this place: no other group, no way into one, no work here."""
    return not (
        Membership.objects.filter(person=person).exclude(pk=place.pk).exists()
        or _is_on_another_way(person, place)
        or Facilitation.objects.filter(person=person).exists()
        or roles_by_person([person.pk]).get(person.pk)
    )
