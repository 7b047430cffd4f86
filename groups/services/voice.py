"""Serving people without an address by voice: they are told of a session, and agree to its rules aloud."""

from uuid import UUID

from django.utils.translation import gettext as _

from groupcare.access import Right
from groupcare.accounts.models import Person
from groupcare.audit import record, unit_of_work
from groupcare.exceptions import InvalidTransition, Refused
from groups.models import GroupSession, Membership, Observance, SessionCall
from groups.permissions import SESSION, locked_group
from groups.selectors.entry import Phase, entry_of
from groups.services.joining import agree_to_rules, check_gate

_PLACE = "groups.Membership"


def _at_work(by: Person, session_id: UUID, membership_id: UUID, action: str) -> tuple[GroupSession, Membership]:
    """Return the session and the open place, locked with their group.

    Raises:
        Refused: no such session or place, or ``by`` does not work with the group.
    """
    session = GroupSession.objects.filter(pk=session_id).first()
    try:
        # For a session that is not there the same work as for one of somebody else.
        group = locked_group(by, session.group_id if session else session_id, Right.WRITE_NOTES, action)
    except Refused:
        raise Refused(action, SESSION, session_id) from None
    place = (
        Membership.objects.select_for_update(of=("self",), no_key=True)
        .filter(group=group, pk=membership_id, state__in=Membership.COMING)
        .select_related("person")
        .first()
    )
    if session is None or place is None:
        raise Refused(action, _PLACE, membership_id)
    return session, place


@unit_of_work()
def mark_told(*, session_id: UUID, membership_id: UUID, by: Person) -> SessionCall:
    """Keep that ``by`` told this person of the session as it is planned now; a second time changes nothing.

    Raises:
        Refused: no such session or place, or ``by`` does not work with the group.
        InvalidTransition: the session was called off or took place.
    """
    session, place = _at_work(by, session_id, membership_id, "session.tell")
    if session.state != GroupSession.State.SCHEDULED:
        raise InvalidTransition(_("This session was called off or is over. There is nothing to tell."))
    call, made = SessionCall.objects.get_or_create(
        session=session, person=place.person, moves=session.moves, defaults={"told_by": by}
    )
    if made:
        record("session.tell", object_type=SESSION, object_id=session.pk)
    return call


@unit_of_work()
def acknowledge_aloud(*, session_id: UUID, membership_id: UUID, by: Person) -> Observance:
    """Keep that this person heard the ground rules and agreed aloud, and that ``by`` heard it; harmless twice.

    The gate is the same as at the screen.

    Raises:
        Refused: no such session or place, or ``by`` does not work with the group.
        NotCleared: a promise of this person is not current.
        InvalidTransition: the session was called off, is over, or is too far away.
    """
    session, place = _at_work(by, session_id, membership_id, "ground_rules.hear")
    found = entry_of(place, session)
    check_gate(found)
    if found.phase == Phase.EARLY:
        raise InvalidTransition(_("The ground rules can be agreed to one day before the session."))
    return agree_to_rules(found, place, recorded_by=by)
