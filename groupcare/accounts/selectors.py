"""Reads of people, invitations and one's own sessions."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

from django.db.models import Exists, FilteredRelation, OuterRef, Q, QuerySet
from django.utils import timezone

from groupcare.access import Person as Actor
from groupcare.access import Role, RoleHolding, may_administer, roles_by_person
from groupcare.accounts import ports
from groupcare.accounts.models import Invitation, KeptText, Person, PersonMerge, SessionRecord, User
from groupcare.accounts.sessions import SessionStore
from groupcare.audit.models import TrailEvent
from groupcare.exceptions import Refused
from groupcare.outbox.models import Address, AddressTrouble
from groupcare.outbox.selectors import current_address
from groupcare.vault import blind_index, unlock

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

    Within each part the newest come first. An entry that is merged into another one is left out.

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
        .exclude(Exists(PersonMerge.objects.standing().filter(duplicate=OuterRef("pk"))))
        .order_by("-works_here", "-created_at", "id")
    )


def entries(persons: Sequence[Person]) -> list[Entry]:
    """Return one page of ``people`` ready to show: names unlocked, roles and state; two queries for any length."""
    unlock(persons)
    roles = roles_by_person([person.pk for person in persons])
    return [_entry(person, roles.get(person.pk, ())) for person in persons]


def _entry(person: Person, roles: Iterable[Role]) -> Entry:
    return Entry(person, tuple(sorted(roles)), *_state(person))


def _state(person: Person) -> tuple[str, Invitation | None]:
    """Return whether the person signs in, is invited or neither, and the invitation that waits."""
    if person.login is not None:
        return ("active" if person.login.is_active else "off"), None
    # Nothing is set where the join found none.
    waiting: Invitation | None = getattr(person, "waiting", None)
    if waiting is None:
        return "none", None
    return ("invited" if waiting.is_open else "expired"), waiting


@dataclass(frozen=True)
class Desk:
    """What an administrator sees of one person: roles and their periods, the account, the address."""

    entry: Entry
    holdings: list[RoleHolding]
    address: Address | None
    trouble: AddressTrouble | None
    merges: list[PersonMerge]

    @property
    def in_trouble(self) -> bool:
        """Return whether mail to the address came back."""
        return self.trouble is not None and self.trouble.source != AddressTrouble.Source.OVER


def desk_of(viewer: Actor, person: Person) -> Desk:
    """Return what an administrator sees of a person that ``person_at_desk`` returned; three queries and the keys.

    Raises:
        Refused: the viewer is no administrator.
    """
    if not may_administer(viewer):
        raise Refused("person.read", "person", person.pk)
    held = RoleHolding.objects.filter(person=person).select_related("given_by").order_by("-valid_from", "id")
    holdings = list(held)
    address = current_address(person)
    trouble = address.troubles.order_by("-id").first() if address is not None else None
    givers = [one.given_by for one in holdings if one.given_by is not None]
    # Asked only where ``person_at_desk`` saw that there is something.
    merges = _merged_into(person) if getattr(person, "has_merges", True) else []
    unlock(person, givers, [address] if address is not None else [], merges)
    entry = _entry(person, {Role(one.role) for one in holdings if one.is_current})
    return Desk(entry, holdings, address, trouble, merges)


def person_at_desk(viewer: Actor, pk: UUID) -> Person:
    """Return a person of ``people``, with account and the invitation that waits, for an administrator.

    Raises:
        Refused: absent, or the viewer is no administrator.
    """
    known = PersonMerge.objects.standing().filter(kept=OuterRef("pk"))
    shown = people(viewer).annotate(has_merges=Exists(known)) if may_administer(viewer) else None
    found = shown.filter(pk=pk).first() if shown is not None else None
    if found is None:
        raise Refused("person.read", "person", pk)
    return found


def _merged_into(person: Person) -> list[PersonMerge]:
    """Return what stands merged into a person, oldest first."""
    rows = PersonMerge.objects.standing().filter(kept=person).select_related("duplicate")
    return list(rows.order_by("merged_at", "pk"))


def get_person(viewer: Actor, pk: UUID) -> Person:
    """Return a person: oneself, or anybody for an administrator.

    Raises:
        Refused: absent, merged into another entry, or not the viewer's to see.
    """
    merged = PersonMerge.objects.standing().filter(duplicate=OuterRef("pk"))
    found = Person.objects.filter(~Exists(merged), pk=pk).first()
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


def colleague_to_readdress(viewer: Actor, pk: UUID) -> Person:
    """Return a person who was invited to work here, and whose invitation was not taken back, for an administrator.

    Raises:
        Refused: absent, never invited so, the viewer themselves, or not the viewer's to see.
    """
    asked = Invitation.objects.filter(person=OuterRef("pk"), revoked_at=None).exclude(role="")
    found = Person.objects.select_related("user").filter(Exists(asked), pk=pk).first()
    if found is None or not may_administer(viewer) or viewer.id == found.pk:
        raise Refused("invitation.readdress", "person", pk)
    unlock(found)
    return found


def first_sign_in(viewer: Actor, person: Person) -> datetime | None:
    """Return when somebody first signed in as ``person``, by the trail; the caller has checked the viewer."""
    del viewer
    events = TrailEvent.objects.filter(actor=str(person.pk), action="session.start").order_by("sequence")
    return events.values_list("at", flat=True).first()


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


def kept_text_index(person: Person, path: str) -> str:
    """Return the keyed index of a person's form at ``path``."""
    return blind_index("accounts.kept_text", f"{person.pk}|{path}")


def kept_texts(viewer: Person) -> list[KeptText]:
    """Return what the viewer had typed when a session of theirs ended, the newest first; nothing after a day.

    No trail event: they are the viewer's own words, and nobody else can ask for them.
    """
    rows = list(KeptText.objects.filter(person=viewer, expires_at__gt=timezone.now()))
    unlock(rows)
    return rows


def kept_text(viewer: Person, path: str) -> KeptText | None:
    """Return what the viewer had typed into the form at ``path``, or None."""
    index = kept_text_index(viewer, path)
    return KeptText.objects.filter(person=viewer, path_index=index, expires_at__gt=timezone.now()).first()


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


def lacks_second_factor() -> Exists:
    """Return the condition that somebody holds a role, signs in, and has no second factor; demo accounts count."""
    from allauth.mfa.models import Authenticator

    factors = Authenticator.objects.filter(user=OuterRef("pk")).exclude(type=Authenticator.Type.RECOVERY_CODES)
    held = RoleHolding.objects.current().filter(person=OuterRef("person_id"))
    return Exists(User.objects.filter(Exists(held), ~Exists(factors), is_active=True))


def has_help_nearby() -> Exists:
    """Return the condition that two administrators sign in, or one and an external reviewer."""
    signing_in = RoleHolding.objects.current().filter(person__user__is_active=True)
    another = Q(role=Role.ADMINISTRATOR) & ~Q(person=OuterRef("person"))
    helpers = signing_in.filter(another | Q(role=Role.EXTERNAL_REVIEWER))
    return Exists(signing_in.filter(Exists(helpers), role=Role.ADMINISTRATOR))
