"""What members give us for an emergency: kept by themselves, or taken down by who runs the session."""

from dataclasses import dataclass
from uuid import UUID

from django.utils.translation import gettext as _

from groupcare.accounts.models import Person
from groupcare.audit import record, unit_of_work
from groupcare.exceptions import InvalidTransition, NotCleared
from groups.models import ContactCard, Whereabouts
from groups.permissions import SESSION
from groups.selectors import Phase, entry, session_to_run
from groups.selectors.emergency import own_card, place_of, sheet_is_open


@unit_of_work()
def keep_contact_card(*, own_number: str, contact_name: str, contact_number: str, by: Person) -> ContactCard:
    """Keep the caller's own number and emergency contact; empty fields take them away."""
    card = ContactCard(
        person=by, own_number=own_number, contact_name=contact_name, contact_number=contact_number, written_by=by
    )
    card.full_clean()
    card.save()
    record("contact_card.write", object_type="groups.ContactCard", object_id=card.pk)
    return card


@dataclass(frozen=True)
class Where:
    """What somebody says about where they are: a place and a number, or that they do not want to say."""

    location: str = ""
    call_back: str = ""
    withheld: bool = False

    @property
    def is_said(self) -> bool:
        """Whether anything was said at all."""
        return bool(self.location or self.call_back or self.withheld)


@unit_of_work()
def say_where(*, session_id: UUID, where: Where, by: Person) -> Whereabouts:
    """Keep where the caller is during one session, or that they do not want to say. Both let them go on.

    Raises:
        Refused: no such session, or no place in its group.
        NotCleared: a promise is not current.
        InvalidTransition: the session was called off or is over.
    """
    found = entry(by, session_id, "whereabouts.write")
    if found.phase in (Phase.CANCELLED, Phase.OVER):
        raise InvalidTransition(_("This appointment is over. There is nothing to fill in."))
    if not found.clearance.cleared:
        raise NotCleared(found.clearance.reasons)
    return _write_where(session_id, by.pk, where, by)


@unit_of_work()
def take_down(
    *, session_id: UUID, membership_id: UUID, where: Where, contact_name: str, contact_number: str, by: Person
) -> None:
    """Keep what a member told the facilitator at roll call. What is left empty stays as it was.

    Raises:
        Refused: ``by`` does not run the session, or it has no such place.
        InvalidTransition: the door is not open, or closed more than two hours ago.
    """
    session = session_to_run(by, session_id, "emergency_sheet.write")
    place = place_of(by, session, membership_id, "emergency_sheet.write")
    if not sheet_is_open(session):
        raise InvalidTransition(
            _("The emergency sheet opens 30 minutes before the start and closes two hours after the end.")
        )
    if where.is_said:
        _write_where(session_id, place.person_id, where, by)
    if contact_name or contact_number:
        before = own_card(place.person)
        card = ContactCard(
            person=place.person,
            own_number=before.own_number if before else "",
            contact_name=contact_name,
            contact_number=contact_number,
            written_by=by,
        )
        card.full_clean()
        card.save()
        record("contact_card.write", object_type="groups.ContactCard", object_id=card.pk)


def _write_where(session_id: UUID, person_id: UUID, where: Where, by: Person) -> Whereabouts:
    """Write where a person is, and record it."""
    said = Whereabouts(
        session_id=session_id,
        person_id=person_id,
        location="" if where.withheld else where.location,
        call_back="" if where.withheld else where.call_back,
        withheld=where.withheld,
        said_by=by,
    )
    said.full_clean()
    said.save()
    record("whereabouts.write", object_type=SESSION, object_id=session_id)
    return said
