"""Opening a request for one member's record: by the member, or by who leads the group."""

from uuid import UUID

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from groupcare.accounts.merge_models import as_one, kept_ids
from groupcare.accounts.models import Person
from groupcare.audit import record, unit_of_work
from groupcare.exceptions import Refused
from groups import record_states as states
from groups.models import Membership, RecordRequest, RecordStep, TherapyGroup
from groups.selectors.records import PLACE, REQUEST, place_for_record, requests_of


@unit_of_work()
def ask_for_own_record(*, membership_id: UUID, by: Person) -> RecordRequest:
    """Let a member, or a former one, ask for a copy of their own record of one group; asking twice keeps one.

    Raises:
        Refused: absent, or somebody else's place.
    """
    place = (
        Membership.objects.select_for_update(no_key=True).filter(as_one("person", [by.pk]), pk=membership_id).first()
    )
    if place is None:
        raise Refused("record_request.ask", PLACE, membership_id)
    mine = RecordRequest.objects.filter(membership=place, recipient_kind=RecordRequest.Recipient.SELF)
    for one in mine.prefetch_related("steps"):
        if states.state_of(states.in_order(one.steps.all())) not in (
            RecordStep.Kind.DOWNLOADED,
            RecordStep.Kind.CANCELLED,
        ):
            return one
    return _keep(place, RecordRequest.Recipient.SELF, "", "", by)


@unit_of_work()
def open_record_request(
    *, group: TherapyGroup, membership_id: UUID, recipient_kind: str, recipient: str, reason: str, by: Person
) -> RecordRequest:
    """Open a request for the record of a member of a group that ``by`` leads.

    Raises:
        Refused: no such place, or ``by`` does not lead the group, or it is their own place.
        ValidationError: no reason, no recipient, or the same is open already.
    """
    place = place_for_record(by, group.pk, membership_id, "record_request.open")
    Membership.objects.select_for_update(no_key=True).get(pk=place.pk)
    for one in requests_of(by, place):
        if one.is_open and one.request.recipient_kind == recipient_kind and one.request.recipient == recipient:
            raise ValidationError({"__all__": _("A request for this is open already. Finish or cancel it first.")})
    if not reason.strip():
        raise ValidationError({"reason": _("Write why the copy is made.")})
    if recipient_kind != RecordRequest.Recipient.SELF and not recipient.strip():
        raise ValidationError({"recipient": _("Write who gets the copy.")})
    return _keep(place, recipient_kind, recipient.strip(), reason.strip(), by)


def _keep(place: Membership, kind: str, recipient: str, reason: str, by: Person) -> RecordRequest:
    request = RecordRequest(
        group_id=place.group_id,
        membership=place,
        about_id=kept_ids([place.person_id])[place.person_id],
        recipient_kind=kind,
        recipient=recipient,
        reason=reason,
        asked_by=by,
    )
    request.full_clean(exclude=["group", "membership", "about", "asked_by"])
    request.save(force_insert=True)
    record("record_request.open", object_type=REQUEST, object_id=request.pk)
    return request
