"""The emergency sheet: whom to call, for those who run the session, while it lasts. Each reading is recorded."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from django.db.models import Exists, OuterRef
from django.utils import timezone
from django.utils.translation import gettext as _

from groupcare.accounts.merge_models import as_one, kept_for
from groupcare.accounts.models import Person
from groupcare.audit import record
from groupcare.exceptions import InvalidTransition, Refused
from groupcare.vault import unlock
from groups.models import ContactCard, GroupSession, Membership, Whereabouts
from groups.selectors.entry import OPENS_BEFORE, SHUTS_AFTER
from groups.selectors.sessions import places_of, session_to_run

#: Numbers can be printed this long before the start. Our choice, because a pack printed in the morning lies about
#: all day.
PRINTS_BEFORE = timedelta(hours=2)


@dataclass(frozen=True)
class Line:
    """One member of the sheet; ``card`` or ``said`` is None where nothing was given."""

    place: Membership
    card: ContactCard | None
    said: Whereabouts | None

    @property
    def is_missing(self) -> bool:
        """Whether nobody could be sent to this person now."""
        return self.said is None or not (self.said.location and self.said.call_back)


def sheet_is_open(session: GroupSession, *, before: timedelta = OPENS_BEFORE) -> bool:
    """Tell whether the sheet may be opened now: from ``before`` the start until two hours after the end."""
    now = timezone.now()
    is_on = session.state != GroupSession.State.CANCELLED
    return is_on and session.starts_at - before <= now < session.ends_at + SHUTS_AFTER


def emergency_sheet(viewer: Person, pk: UUID) -> tuple[GroupSession, list[Line]]:
    """Return a session and whom to call for each member; each line is recorded before it is sent.

    Raises:
        Refused: absent, or the viewer does not run it.
        InvalidTransition: the door is not open, or closed more than two hours ago.
    """
    session = session_to_run(viewer, pk, "emergency_sheet.read")
    if not sheet_is_open(session):
        raise InvalidTransition(
            _("The emergency sheet opens 30 minutes before the start and closes two hours after the end.")
        )
    return session, lines_of(viewer, session)


def lines_of(viewer: Person, session: GroupSession) -> list[Line]:
    """Return whom to call for each place of a session that the viewer runs, and record each."""
    places = places_of(viewer, session)
    people = [place.person_id for place in places]
    cards = _newest_cards(people)
    said = said_by(session, people)
    unlock(session, places, list(cards.values()), list(said.values()))
    for place in places:
        record("emergency_sheet.read", object_type="groups.Membership", object_id=place.pk)
    return [Line(place, cards.get(place.person_id), said.get(place.person_id)) for place in places]


def _newest_cards(people: Iterable[UUID]) -> dict[UUID, ContactCard]:
    """Return the newest card of each person, on whichever of their entries it was written."""
    later = ContactCard.objects.filter(person=OuterRef("person"), written_at__gt=OuterRef("written_at"))
    rows = ContactCard.objects.filter(~Exists(later), as_one("person", people)).annotate(kept=kept_for("person"))
    return {one.kept or one.person_id: one for one in rows.order_by("written_at", "pk")}


def said_by(session: GroupSession, people: Iterable[UUID]) -> dict[UUID, Whereabouts]:
    """Return what each person said last about where they are during the session, on whichever of their entries.

    Holds no check and records nothing: the caller does.
    """
    later = Whereabouts.objects.filter(
        session=OuterRef("session"), person=OuterRef("person"), said_at__gt=OuterRef("said_at")
    )
    rows = Whereabouts.objects.filter(~Exists(later), as_one("person", people), session=session)
    found = rows.annotate(kept=kept_for("person")).order_by("said_at")
    return {one.kept or one.person_id: one for one in found}


def place_of(viewer: Person, session: GroupSession, pk: UUID, action: str) -> Membership:
    """Return one place of a session that the viewer runs.

    Raises:
        Refused: absent, of another group, or forbidden.
    """
    found = next((one for one in places_of(viewer, session) if one.pk == pk), None)
    if found is None:
        raise Refused(action, "groups.Membership", pk)
    return found


def own_card(viewer: Person) -> ContactCard | None:
    """Return the viewer's own newest contact card, or None."""
    return _newest_cards([viewer.pk]).get(viewer.pk)
