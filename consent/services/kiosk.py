"""Handing a device of the practice to one member, to read and answer agreements, and taking it back."""

from datetime import timedelta
from uuid import UUID

from django.utils import timezone

from consent.models import DocumentVersion, KioskHandover
from consent.permissions import VERSION, check_can_record
from groupcare.accounts.models import Person
from groupcare.audit import record, unit_of_work
from groupcare.exceptions import Refused

HANDOVER = "consent.KioskHandover"
# Our choice, because reading, asking and signing takes about ten minutes, and a forgotten device must close by itself.
HANDED_FOR = timedelta(minutes=30)


@unit_of_work()
def hand_over(*, group_id: UUID, membership_id: UUID, by: Person) -> KioskHandover:
    """Return a handover of a device to the member of an open place, for ``HANDED_FOR``; one before it ends by it.

    That ``by`` knows who sits there is all that is known of the member's identity, and is kept as such.

    Raises:
        Refused: absent, ended, of another group, or ``by`` may not write down its member's answers.
    """
    place = check_can_record(by, group_id, membership_id, "kiosk.hand_over")
    now = timezone.now()
    for before in KioskHandover.objects.select_for_update(no_key=True).filter(staff=by, ended_at__isnull=True):
        before.ended_at, before.ended_how = now, KioskHandover.End.HANDED_ON
        before.save(update_fields=["ended_at", "ended_how"])
    row = KioskHandover(staff=by, person=place.person, group=place.group, began_at=now, expires_at=now + HANDED_FOR)
    row.full_clean(exclude=["staff", "person", "group"])
    row.save(force_insert=True)
    record("kiosk.hand_over", object_type=HANDOVER, object_id=row.pk)
    return row


@unit_of_work()
def give_back(*, handover_id: UUID, by: Person) -> KioskHandover:
    """End a handover to ``by``; one that has ended stays as it is.

    Raises:
        Refused: absent, or to somebody else.
    """
    row = KioskHandover.objects.select_for_update(no_key=True).filter(pk=handover_id, person=by).first()
    if row is None:
        raise Refused("kiosk.give_back", HANDOVER, handover_id)
    if row.ended_at is None:
        row.ended_at, row.ended_how = timezone.now(), KioskHandover.End.GIVEN_BACK
        row.full_clean(exclude=["staff", "person", "group"])
        row.save(update_fields=["ended_at", "ended_how"])
        record("kiosk.give_back", object_type=HANDOVER, object_id=row.pk)
    return row


def in_person(
    handed: KioskHandover | None, version: DocumentVersion, action: str, *, by: Person
) -> dict[str, bool | str]:
    """Return what is kept with an act of ``by`` on a device that was handed to them; nothing on their own device.

    Args:
        handed: the handover under which the page came; None where ``by`` signed in.
        version: what is answered.
        action: what is tried, for the trail.
        by: who answers.

    Raises:
        Refused: the device was handed to somebody else, or for another group.
    """
    if handed is None:
        return {}
    if handed.person_id != by.pk or version.group_id not in (None, handed.group_id):
        raise Refused(action, VERSION, version.pk)
    return {"in_person": True, "staff_id": str(handed.staff_id), "handover": str(handed.pk)}
