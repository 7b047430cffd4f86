"""The settings of a group: how many, where, how its sessions run, and what it agreed on for its evenings."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from groupcare.access import Right
from groupcare.accounts.models import Person
from groupcare.audit import record, unit_of_work
from groupcare.exceptions import InvalidTransition
from groups.models import Membership, Room, TherapyGroup
from groups.permissions import GROUP, locked_group
from groups.policies import all_policies
from groups.rituals import parts
from groups.services.sessions import Where, check_where

#: Our choice, because a marathon session lasts a day (twelve hours, as ``sessions.LONGEST``) and one part is no longer.
MOST_MINUTES = 720


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupSettings:
    """What can be changed of a group at any time; sessions that are planned keep their place."""

    label: str
    minimum: int
    capacity: int
    course: str
    where: Where
    #: The name of a room that is not on the list yet, in the house of ``where``; "" for none.
    new_room: str
    policies: Mapping[str, str]
    #: Keys of parts in order, with minutes.
    rituals: Sequence[tuple[str, int]]


@unit_of_work()
def change_settings(*, group_id: UUID, wanted: GroupSettings, seen: int, by: Person) -> TherapyGroup:
    """Give a group these settings, and make the room that they name if it is new.

    Args:
        group_id: the group.
        wanted: all of its settings.
        seen: the edition that stood when ``by`` looked.
        by: who manages it.

    Raises:
        Refused: ``by`` does not manage the group, or it does not exist.
        InvalidTransition: somebody else changed the settings meanwhile.
        ValidationError: they do not fit together, or there are more people than places.
    """
    group = locked_group(by, group_id, Right.MANAGE_GROUP, "group.change_settings")
    if group.edition != seen:
        told = _("Somebody else changed these settings while this page was open. Nothing of yours was saved.")
        raise InvalidTransition(told + " " + _("Look at what stands now, then change it again."))
    _check_people(group, wanted)
    _check_choices(wanted)
    check_where(group, wanted.where)
    group.label, group.minimum, group.capacity = wanted.label, wanted.minimum, wanted.capacity
    group.course, group.site, group.room = wanted.course, wanted.where.site, _room(wanted)
    group.policies, group.rituals = dict(wanted.policies), [list(pair) for pair in wanted.rituals]
    group.edition += 1
    group.full_clean()
    group.save()
    record("group.change_settings", object_type=GROUP, object_id=group.pk)
    return group


def _check_people(group: TherapyGroup, wanted: GroupSettings) -> None:
    """Raise ``ValidationError`` unless the places are enough, and the minimum is not above them."""
    if not 2 <= wanted.minimum <= wanted.capacity:
        told = _("Write a number from 2 to the number of places. Fewer than two people are not a group.")
        raise ValidationError({"minimum": told})
    taken = Membership.objects.filter(group=group, ended_at__isnull=True).count()
    if wanted.capacity < taken:
        told = _("%(taken)s places are taken. End places first, or write at least this number.")
        raise ValidationError({"capacity": told % {"taken": taken}})
    if wanted.course == TherapyGroup.Course.COHORT and group.openness == TherapyGroup.Openness.OPEN:
        told = _("People join this group at any time, so they do not start together. Choose rolling.")
        raise ValidationError({"course": told})


def _check_choices(wanted: GroupSettings) -> None:
    """Raise ``ValidationError`` unless every answer and part is in the files, and what is always said is there."""
    known, said = all_policies(), [key for key, _minutes in wanted.rituals]
    if any(key not in known or value not in known[key].values for key, value in wanted.policies.items()):
        raise ValidationError({"__all__": _("Choose from the lists.")})
    fixed = {one.key for one in parts().values() if one.fixed}
    if len(said) != len(set(said)) or not set(said) <= set(parts()) or not fixed <= set(said):
        told = _(
            "The opening words, the reminder of confidentiality and the part of the agreement are in every session."
        )
        raise ValidationError({"__all__": told})
    if any(not 0 <= minutes <= MOST_MINUTES for _key, minutes in wanted.rituals):
        raise ValidationError({"__all__": _("Write minutes from 0 to %(most)s.") % {"most": MOST_MINUTES}})


def _room(wanted: GroupSettings) -> Room | None:
    """Return the chosen room, or the named one, made if it is not there.

    Raises:
        ValidationError: a room is named and no house is chosen.
    """
    name = " ".join(wanted.new_room.split())
    if not name:
        return wanted.where.room
    if wanted.where.site is None:
        raise ValidationError({"where": _("Choose the house of the new room.")})
    known = Room.objects.filter(site=wanted.where.site, name=name).first()
    if known is not None:
        return known
    room = Room(site=wanted.where.site, name=name)
    room.full_clean()
    room.save(force_insert=True)
    record("room.add", object_type="groups.Room", object_id=room.pk)
    return room
