"""How far a member is on the way into a session: the one place that decides it."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db import models
from django.utils import timezone
from django.utils.translation import get_language

from groupcare.accounts.models import Person
from groups import ports
from groups.models import GroupSession, Membership
from groups.rules import GroundRules, ground_rules
from groups.selectors.sessions import get_session_as_member

#: The room or link is shown this long before the start. Our choice, because people arrive early, and
#: a link shown for days is a link passed on.
OPENS_BEFORE = timedelta(minutes=30)
#: Those who run a session keep its emergency sheet, and a substitute the session, this long after its end. Our
#: choice, because whoever left upset may have to be called that evening, and what was on paper has to be typed in.
SHUTS_AFTER = timedelta(hours=2)
#: The rules can be agreed to this long before the start. Our choice: the reminder of the day leads
#: here, and what was agreed days ago is not fresh (REQ-140: at the beginning of each session).
AGREE_BEFORE = timedelta(hours=24)


class Phase(models.TextChoices):
    """Where the member stands before the door."""

    CANCELLED = "cancelled"
    OVER = "over"
    NOT_CLEARED = "not_cleared"
    EARLY = "early"
    RULES = "rules"
    WAITING = "waiting"
    PLACE = "place"
    OPEN = "open"


@dataclass(frozen=True)
class Entry:
    """One member before one session."""

    session: GroupSession
    clearance: ports.Clearance
    rules: GroundRules
    agreed_at: datetime | None
    now: datetime
    said_where: bool = False

    @property
    def opens_at(self) -> datetime:
        """When the room or the link is shown."""
        return self.session.starts_at - OPENS_BEFORE

    @property
    def agree_from(self) -> datetime:
        """From when the ground rules can be agreed to."""
        return self.session.starts_at - AGREE_BEFORE

    @property
    def phase(self) -> Phase:
        """The first thing that keeps the member outside; OPEN if nothing does."""
        checks = (
            (self.session.state == GroupSession.State.CANCELLED, Phase.CANCELLED),
            (self.now >= self.session.ends_at, Phase.OVER),
            (not self.clearance.cleared, Phase.NOT_CLEARED),
            (self.agreed_at is None and self.now < self.agree_from, Phase.EARLY),
            (self.agreed_at is None, Phase.RULES),
            (self.now < self.opens_at, Phase.WAITING),
            (self.session.is_online and not self.said_where, Phase.PLACE),
        )
        return next((phase for met, phase in checks if met), Phase.OPEN)


def entry(viewer: Person, pk: UUID, action: str = "session.join") -> Entry:
    """Return how far the viewer is on the way into the session.

    Raises:
        Refused: no such session, or no place in its group.
    """
    return entry_for(viewer, get_session_as_member(viewer, pk, action))


def entry_for(viewer: Person, session: GroupSession) -> Entry:
    """Return how far the viewer is on the way into a session from ``my_sessions`` or ``get_session_as_member``."""
    return Entry(
        session=session,
        clearance=ports.clearance(session.group_id, viewer.pk),
        rules=ground_rules(session.format, get_language() or viewer.language),
        agreed_at=getattr(session, "agreed_at", None),
        now=timezone.now(),
        said_where=bool(getattr(session, "said_where", False)),
    )


def entry_of(place: Membership, session: GroupSession) -> Entry:
    """Return how far somebody else is who is served by voice; the caller has checked who may ask."""
    return Entry(
        session=session,
        clearance=ports.clearance(session.group_id, place.person_id),
        rules=ground_rules(session.format, place.person.language),
        agreed_at=None,
        now=timezone.now(),
    )
