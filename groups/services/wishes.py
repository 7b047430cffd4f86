"""A member says that they want to leave, or that they stay."""

from uuid import UUID

from groupcare.accounts.models import Person
from groupcare.audit import record, unit_of_work
from groupcare.exceptions import Refused
from groups.models import LeaveWish, Membership


@unit_of_work()
def say_about_leaving(*, membership_id: UUID, kind: str, by: Person) -> LeaveWish:
    """Keep that a member wants to leave, or stays; the same said twice keeps one row. The place does not end by it.

    Raises:
        Refused: absent, ended, or somebody else's place.
        ValidationError: neither of the two kinds.
    """
    place = (
        Membership.objects.select_for_update(no_key=True)
        .filter(pk=membership_id, person=by, ended_at__isnull=True)
        .first()
    )
    if place is None:
        raise Refused("leave_wish.say", "groups.Membership", membership_id)
    last = LeaveWish.objects.filter(membership=place).order_by("-said_at", "-pk").first()
    if last is not None and last.kind == kind:
        return last
    wish = LeaveWish(membership=place, person=by, kind=kind)
    wish.full_clean(exclude=["membership", "person"])
    wish.save(force_insert=True)
    record("leave_wish.say", object_type="groups.LeaveWish", object_id=wish.pk, purpose=kind)
    return wish
