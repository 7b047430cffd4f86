"""A group that meets already: its members are entered with a name, and written to only where they have an address."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from uuid import UUID

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _

from groupcare.access import Right
from groupcare.accounts.models import Person
from groupcare.accounts.services import create_person, invite
from groupcare.audit import record, unit_of_work
from groupcare.exceptions import InvalidTransition, Refused
from groupcare.practice.selectors import practice
from groupcare.vault import unlock
from groups.localtime import practice_zone, today_in
from groups.models import Membership, TherapyGroup
from groups.permissions import locked_group
from groups.services.overlap_checks import ask_check
from groups.services.people import check_can_have_place, check_not_on_the_way, person_at, write_to_member
from groups.services.still_open import check_open_on


@dataclass(frozen=True, slots=True)
class NewMember:
    """Somebody who belongs to the group already: what it calls them, since when, and how they are written to."""

    used_name: str
    since: date
    email: str = ""


def add_member(*, group: TherapyGroup, member: NewMember, by: Person) -> Membership:
    """Give somebody who belongs to the group already their place; as ``add_members`` for one.

    Raises:
        Refused: ``by`` does not manage the group, or it does not exist.
        ValidationError: as ``add_members``.
    """
    return add_members(group=group, members=[member], by=by)[0]


@unit_of_work()
def add_members(*, group: TherapyGroup, members: Sequence[NewMember], by: Person) -> list[Membership]:
    """Give people who belong to the group already their places: all of them, or none.

    Nothing is sent to somebody without an address, now or later. Whoever has one gets the same neutral message as
    every new member.

    Raises:
        Refused: ``by`` does not manage the group, or it does not exist.
        ValidationError: no places are free, or a row cannot be used; its keys are ``<row>_<field>``.
    """
    group = locked_group(by, group.pk, Right.MANAGE_GROUP, "membership.enter")
    check_open_on(group)
    _check_rows(group, members)
    return [_enter(group, member, row, by) for row, member in enumerate(members)]


def _check_rows(group: TherapyGroup, members: Sequence[NewMember]) -> None:
    """Raise ``ValidationError`` with everything that is wrong, row by row."""
    places = list(Membership.objects.filter(group=group, ended_at__isnull=True).select_related("person"))
    if not members:
        raise ValidationError({"__all__": _("Write at least one name.")})
    if len(places) + len(members) > group.capacity:
        raise ValidationError(
            {"__all__": _("The group has %(count)s places, and these are more people.") % {"count": group.capacity}}
        )
    unlock([*places, *(one.person for one in places)])
    names, addresses = {_plain(one.name) for one in places}, set[str]()
    wrong: dict[str, str] = {}
    for row, member in enumerate(members):
        if _plain(member.used_name) in names:
            wrong[f"{row}_used_name"] = _("Somebody of this name has a place already. Add a letter, as in Ana B.")
        if member.since > today_in(practice_zone()):
            wrong[f"{row}_since"] = _("Choose a day that has come already.")
        if member.email and member.email in addresses:
            wrong[f"{row}_email"] = _("This address stands in another row too.")
        names.add(_plain(member.used_name))
        addresses.add(member.email)
    if wrong:
        raise ValidationError(wrong)


def _plain(name: str) -> str:
    return " ".join(name.split()).casefold()


def _enter(group: TherapyGroup, member: NewMember, row: int, by: Person) -> Membership:
    """Write one place of a locked group, as active since its day."""
    known = person_at(member.email) if member.email else None
    if known is not None:
        try:
            check_can_have_place(known, group)
            check_not_on_the_way(known, group)
        except ValidationError as error:
            raise ValidationError({f"{row}_email": error.messages}) from None
    name = " ".join(member.used_name.split())
    person = known or create_person(used_name=name, by=by, language=group.language, time_zone=practice().time_zone)
    place = Membership(
        group=group,
        person=person,
        alias=name,
        state=Membership.State.ACTIVE,
        joined_at=min(datetime.combine(member.since, time.min, tzinfo=practice_zone()), timezone.now()),
    )
    place.full_clean()
    place.save(force_insert=True)
    ask_check(person.pk)
    if member.email:
        write_to_member(place, member.email, by)
    record("membership.enter", object_type="groups.Membership", object_id=place.pk)
    return place


@unit_of_work()
def give_address(*, membership_id: UUID, group: TherapyGroup, email: str, by: Person) -> Membership:
    """Invite somebody who was entered with a name only, so that from now on they answer for themselves.

    Raises:
        Refused: ``by`` does not manage the group, or it has no such place.
        InvalidTransition: the place has ended, or the person signs in already.
        ValidationError: the address is none.
    """
    group = locked_group(by, group.pk, Right.MANAGE_GROUP, "membership.give_address")
    place = Membership.objects.select_for_update(no_key=True).filter(group=group, pk=membership_id).first()
    if place is None:
        raise Refused("membership.give_address", "groups.Membership", membership_id)
    if place.ended_at is not None or place.person.login is not None:
        raise InvalidTransition(_("This person signs in already, or has left. There is nothing to send."))
    invite(person=place.person, email=email, by=by, role=None)
    record("membership.give_address", object_type="groups.Membership", object_id=place.pk)
    return place
