"""A member before the door of a session: the gate, the ground rules, the room (REQ-46, REQ-140)."""

from dataclasses import dataclass
from uuid import UUID

from django.utils.translation import gettext as _

from groupcare.accounts.models import Person
from groupcare.audit import record, unit_of_work
from groupcare.exceptions import InvalidTransition, NotCleared
from groupcare.practice.models import Site
from groups.models import GroupSession, Membership, Observance
from groups.permissions import SESSION
from groups.selectors import Entry, Phase, entry
from groups.services.people import advance


@dataclass(frozen=True)
class Room:
    """Where to go now: a link, a room, or both."""

    session: GroupSession
    link: str
    site: Site | None


def record_not_cleared(*, session_id: UUID, by: Person) -> None:
    """Record that the gate stayed shut for ``by``; called after the unit that met it was rolled back.

    Not a unit of its own: a page that is only read writes it with the page's other events.
    """
    record("session.join", object_type=SESSION, object_id=session_id, result="refused")


def check_gate(found: Entry) -> None:
    """Raise ``InvalidTransition`` or ``NotCleared`` unless the session is to come and the person is cleared."""
    if found.phase == Phase.CANCELLED:
        raise InvalidTransition(_("This session was called off. You need to do nothing."))
    if found.phase == Phase.OVER:
        raise InvalidTransition(_("This session is over."))
    if not found.clearance.cleared:
        raise NotCleared(found.clearance.reasons)


@unit_of_work()
def acknowledge_ground_rules(*, session_id: UUID, by: Person) -> Observance:
    """Keep that ``by`` read the ground rules and promised to keep them in this session; harmless twice.

    The first time in a group makes the place active.

    Raises:
        Refused: no such session, or no place in its group.
        NotCleared: a promise is not current.
        InvalidTransition: the session was called off, is over, or is too far away.
    """
    found = entry(by, session_id, "ground_rules.acknowledge")
    place = Membership.objects.select_for_update(no_key=True).get(
        group_id=found.session.group_id, person=by, ended_at__isnull=True
    )
    check_gate(found)
    if found.phase == Phase.EARLY:
        raise InvalidTransition(_("The ground rules can be agreed to one day before the session."))
    return agree_to_rules(found, place)


def agree_to_rules(found: Entry, place: Membership, recorded_by: Person | None = None) -> Observance:
    """Keep the promise of a locked place whose gate is open; the caller has checked who asks.

    Args:
        found: where the member stands before the session.
        place: their place, locked.
        recorded_by: who heard it, if it was said aloud.
    """
    done, made = Observance.objects.get_or_create(
        session=found.session,
        person_id=place.person_id,
        kind=Observance.Kind.GROUND_RULES,
        defaults={
            "text_sha256": found.rules.sha256,
            "language": found.rules.language,
            "recorded_by": recorded_by,
        },
    )
    if made:
        if place.state in (Membership.State.INVITED, Membership.State.PREPARING):
            advance(place, Membership.State.ACTIVE)
            record("membership.activate", object_type="groups.Membership", object_id=place.pk)
        name = "ground_rules.hear" if recorded_by else "ground_rules.acknowledge"
        record(name, object_type=SESSION, object_id=found.session.pk)
    return done


@unit_of_work()
def reveal_link(*, session_id: UUID, by: Person) -> Room:
    """Return where to go, and record that it was shown. The trail is written before it is sent.

    Raises:
        Refused: no such session, or no place in its group.
        NotCleared: a promise is not current; asked again here, because it may have changed.
        InvalidTransition: the ground rules are not agreed to, or the door is not open.
    """
    found = entry(by, session_id, "session.enter")
    check_gate(found)
    if found.agreed_at is None:
        raise InvalidTransition(_("Please read the ground rules first."))
    if found.phase == Phase.PLACE:
        raise InvalidTransition(_("Please say first where you are, or that you do not want to say."))
    if found.phase != Phase.OPEN:
        raise InvalidTransition(_("This opens 30 minutes before the start."))
    record("session.enter", object_type=SESSION, object_id=session_id)
    session = found.session
    return Room(
        session=session,
        link=session.group.online_link if session.is_online else "",
        site=session.site,
    )
