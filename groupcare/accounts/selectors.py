"""Reads of people, invitations and one's own sessions."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

from django.db.models import Exists, FilteredRelation, OuterRef, Q, QuerySet

from groupcare.access import Person as Actor
from groupcare.access import Role, RoleHolding, may_administer, roles_by_person
from groupcare.accounts import ports
from groupcare.accounts.models import Invitation, Person, SessionRecord, User
from groupcare.accounts.sessions import SessionStore
from groupcare.exceptions import Refused
from groupcare.vault import unlock

SEEN, STARTED = "gc_seen", "gc_started"


@dataclass(frozen=True)
class Entry:
    """One person on the administrators' list."""

    person: Person
    roles: tuple[Role, ...]
    state: str  # active, off, invited, expired, none
    invitation: Invitation | None

    @property
    def role_names(self) -> list[str]:
        """Return the roles in words."""
        return [str(role.label) for role in self.roles]


@dataclass(frozen=True)
class OwnSession:
    """One place where somebody is signed in."""

    handle: UUID
    started_at: datetime
    last_seen_at: datetime
    is_this: bool


def people(viewer: Actor) -> QuerySet[Person]:
    """Return all persons with account and the invitation that waits, who works here first; for administrators.

    Within each part the newest come first.

    Raises:
        Refused: the viewer is no administrator.
    """
    if not may_administer(viewer):
        raise Refused("person.list", "person")
    # At most one waits for a person: the constraint one_waiting_invitation_a_person.
    waits = Q(invitations__accepted_at=None, invitations__revoked_at=None)
    held = RoleHolding.objects.current().filter(person=OuterRef("pk"))
    asked = Invitation.objects.filter(person=OuterRef("pk"), accepted_at=None, revoked_at=None).exclude(role="")
    return (
        # The stubs do not know a relation named by an annotation.
        Person.objects.annotate(waiting=FilteredRelation("invitations", condition=waits))
        .select_related("user", "waiting")  # type: ignore[misc]
        .annotate(works_here=Exists(held) | Exists(asked))
        .order_by("-works_here", "-created_at", "id")
    )


def entries(persons: Sequence[Person]) -> list[Entry]:
    """Return one page of ``people`` ready to show: names unlocked, roles and state; two queries for any length."""
    unlock(persons)
    roles = roles_by_person([person.pk for person in persons])
    return [Entry(person, tuple(sorted(roles.get(person.pk, ()))), *_state(person)) for person in persons]


def _state(person: Person) -> tuple[str, Invitation | None]:
    """Return whether the person signs in, is invited or neither, and the invitation that waits."""
    if person.login is not None:
        return ("active" if person.login.is_active else "off"), None
    # Nothing is set where the join found none.
    waiting: Invitation | None = getattr(person, "waiting", None)
    if waiting is None:
        return "none", None
    return ("invited" if waiting.is_open else "expired"), waiting


def get_person(viewer: Actor, pk: UUID) -> Person:
    """Return a person: oneself, or anybody for an administrator.

    Raises:
        Refused: absent, or not the viewer's to see.
    """
    found = Person.objects.filter(pk=pk).first()
    if found is None or not (viewer.id == found.pk or may_administer(viewer)):
        raise Refused("person.read", "person", pk)
    return found


def get_invitation(viewer: Actor, pk: UUID) -> Invitation:
    """Return an invitation: one's own, or any for an administrator.

    Raises:
        Refused: absent, or not the viewer's.
    """
    found = Invitation.objects.select_related("person", "address").filter(pk=pk).first()
    if found is None or not (may_administer(viewer) or (viewer.id and found.invited_by_id == viewer.id)):
        raise Refused("invitation.read", "invitation", pk)
    return found


def own_sessions(viewer: Person, *, current_key: str) -> list[OwnSession]:
    """Return where the viewer is signed in, the present session first."""
    rows = SessionRecord.objects.filter(user__person=viewer).select_related("session")
    found = []
    for row in rows:
        content = SessionStore(session_key=row.session_id).decode(row.session.session_data)
        seen = content.get(SEEN)
        last = datetime.fromtimestamp(seen, tz=UTC) if seen else row.started_at
        found.append(OwnSession(row.handle, row.started_at, last, row.session_id == current_key))
    return sorted(found, key=lambda one: (not one.is_this, -one.last_seen_at.timestamp()))


def staff_without_second_factor() -> list[UUID]:
    """Return the persons who hold a role, sign in, and have neither authenticator app nor passkey.

    The accounts that a demo lets in without one are left out, as they are at the door.
    """
    from allauth.mfa.models import Authenticator

    factors = Authenticator.objects.filter(user=OuterRef("pk")).exclude(type=Authenticator.Type.RECOVERY_CODES)
    users = User.objects.filter(is_active=True).exclude(Exists(factors))
    if ports.is_demo():
        users = users.exclude(demo_exempt=True)
    ids = list(users.values_list("person_id", flat=True))
    return sorted(roles_by_person(ids))


def findings() -> list[str]:
    """Return one line for each who ``staff_without_second_factor`` names; asked by ``manage.py check_access``."""
    return [f"staff without second factor: {person_id}" for person_id in staff_without_second_factor()]
