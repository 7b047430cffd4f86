"""Reads of concerns, always for a viewer: whom a concern names, for them it does not exist.

Readers of a concern are the people who hold the privacy officer's role now, minus everyone named in
it, everyone who declared a conflict, and the reporter. When nobody is left, it is the external
reviewer's. Source: reference d.2, routing rule; SEC-13, SEC-14.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db.models import Exists, FilteredRelation, OuterRef, Q
from django.utils import timezone

from groupcare.access import Role, roles_of
from groupcare.access.models import RoleHolding
from groupcare.access.selectors import holder_ids
from groupcare.accounts.merge_models import as_one, as_one_with
from groupcare.accounts.models import Person
from groupcare.audit import record
from groupcare.exceptions import Refused
from groupcare.vault import blind_index, unlock
from groups.models import Facilitation, Membership
from incidents.models import Concern, ConcernConflict, ConcernEntry, ConcernQuerySet, ConcernSubject
from incidents.states import INITIAL, REPORTER_WORDS, State, Words

OBJECT = "incidents.concern"
# Who may be asked to read a concern at all.
READERS = (Role.PRIVACY_OFFICER, Role.EXTERNAL_REVIEWER)
# Each state that a step leads to, at most once a concern (concern_enters_a_state_once), in their order.
_STEPS = {f"entered_{state.value}": state for state in State if state is not INITIAL}


def reporter_index(person_id: UUID) -> str:
    """Return the keyed hash by which a reporter's own concerns are found again."""
    return blind_index("incidents.concern.reporter", str(person_id))


def _apart(person_id: UUID) -> Q:
    """Return the condition that keeps ``person_id`` away from a concern."""
    return (
        Q(Exists(ConcernSubject.objects.filter(as_one("person", [person_id]), concern=OuterRef("pk"))))
        | Q(Exists(ConcernConflict.objects.filter(concern=OuterRef("pk"), person_id=person_id)))
        | Q(reporter_index=reporter_index(person_id))
    )


def visible_concerns(viewer: Person) -> ConcernQuerySet:
    """Return the concerns that ``viewer`` may read, with their state, newest day first.

    The order within a day is that of the random numbers, so that it tells nothing about the hour.
    """
    roles = roles_of(viewer)
    found = Concern.objects.exclude(_apart(viewer.id)).with_state().order_by("-received_on", "number")
    if Role.PRIVACY_OFFICER in roles:
        return found
    if Role.EXTERNAL_REVIEWER in roles:
        for officer in holder_ids(Role.PRIVACY_OFFICER):
            found = found.filter(_apart(officer))
        return found
    return found.none()


def waiting_concerns(viewer: Person) -> ConcernQuerySet:
    """Return the visible concerns that nobody has acknowledged yet."""
    return visible_concerns(viewer).filter(Q(state=State.RECEIVED.value))


def open_concerns(viewer: Person) -> ConcernQuerySet:
    """Return the visible concerns that are not closed, longest waiting first."""
    return visible_concerns(viewer).exclude(Q(state=State.CLOSED.value)).order_by("received_on", "number")


def get_concern(viewer: Person, pk: UUID, *, action: str) -> Concern:
    """Return a visible concern with its state.

    Raises:
        Refused: when it does not exist, names the viewer, or is not theirs to read.
    """
    concern = visible_concerns(viewer).filter(pk=pk).first()
    if concern is None:
        raise Refused(action, OBJECT, pk)
    return concern


@dataclass(frozen=True)
class ConcernFile:
    """A concern opened for reading: what was said, whom it names, what was done."""

    concern: Concern
    named: list[Person]
    entries: list[ConcernEntry]


def read_concern(viewer: Person, pk: UUID) -> ConcernFile:
    """Return everything a reader may see of one concern, and record the reading first.

    The reporter's name is not part of it: only the custodian may open it, on a reasoned request.

    Raises:
        Refused: as ``get_concern``.
    """
    rows = list(_opened(viewer, pk))
    if not rows:
        raise Refused("concern.read", OBJECT, pk)
    concern = rows[0]
    record("concern.read", object_type=OBJECT, object_id=concern.id)
    # Nothing is set where a join found none.
    named = [row.naming.person for row in rows if hasattr(row, "naming")]
    entries = [getattr(concern, name) for name in _STEPS if hasattr(concern, name)]
    unlock(concern, named, entries)
    return ConcernFile(concern, named, entries)


def _opened(viewer: Person, pk: UUID) -> ConcernQuerySet:
    """Return a visible concern with its steps, once for each person it names, in one query."""
    steps = {
        name: FilteredRelation("entries", condition=Q(entries__to_state=state.value)) for name, state in _STEPS.items()
    }
    return (
        visible_concerns(viewer)
        .filter(pk=pk)
        .annotate(naming=FilteredRelation("subjects"), **steps)
        # The stubs do not know relations named by an annotation.
        .select_related("naming__person", *(f"{name}__taken_by" for name in _STEPS))  # type: ignore[misc]
    )


@dataclass(frozen=True)
class OwnConcern:
    """What a reporter sees of their own concern; nothing of its content is shown again."""

    id: UUID
    number: str
    received_on: date
    state: State
    words: Words
    read_by: str
    outcome: str
    told: str


def _reader_left(viewer: Person, role: Role) -> Exists:
    """Return whether somebody in ``role`` may read a concern that ``viewer`` raised."""
    apart = [
        Exists(model.objects.filter(as_one_with("person", "person"), concern=OuterRef(OuterRef("pk"))))
        for model in (ConcernSubject, ConcernConflict)
    ]
    held = RoleHolding.objects.current().filter(role=role).exclude(person=viewer)
    return Exists(held.exclude(Q(*apart, _connector=Q.OR)))


def my_concerns(viewer: Person, *, pk: UUID | None = None) -> list[OwnConcern]:
    """Return the concerns ``viewer`` raised, newest day first, as the reporter may see them.

    No reading is recorded: an event would tell who the reporter is (foundation F5).
    """
    own = Concern.objects.with_state().filter(reporter_index=reporter_index(viewer.id))
    if pk is not None:
        own = own.filter(pk=pk)
    left = {
        "inside": _reader_left(viewer, Role.PRIVACY_OFFICER),
        "outside": _reader_left(viewer, Role.EXTERNAL_REVIEWER),
    }
    rows = list(own.annotate(**left).order_by("-received_on", "number"))
    closed = ConcernEntry.objects.filter(concern__in=[row.pk for row in rows], to_state=State.CLOSED.value)
    closing = {entry.concern_id: entry for entry in closed}
    unlock(closing.values())
    return [_own(row, closing.get(row.pk)) for row in rows]


def _own(row: Concern, closing: ConcernEntry | None) -> OwnConcern:
    """Return one concern as its reporter sees it."""
    state = State(row.state)
    return OwnConcern(
        id=row.id,
        number=row.number,
        received_on=row.received_on,
        state=state,
        words=REPORTER_WORDS[state],
        read_by="inside" if row.inside else "outside" if row.outside else "nobody",
        outcome=closing.get_outcome_display() if closing else "",
        told=closing.told_reporter if closing else "",
    )


def get_my_concern(viewer: Person, pk: UUID) -> OwnConcern:
    """Return one concern that ``viewer`` raised.

    Raises:
        Refused: when it does not exist or somebody else raised it.
    """
    for own in my_concerns(viewer, pk=pk):
        return own
    raise Refused("concern.follow", OBJECT, pk)


def naming_choices(viewer: Person) -> list[Person]:
    """Return whom ``viewer`` may pick by name: who runs their groups now, and the privacy officers.

    Never another member. Others are written as free text.
    """
    now = timezone.now()
    current = Q(valid_from__lte=now) & (Q(valid_until__isnull=True) | Q(valid_until__gt=now))
    memberships = Membership.objects.filter(person=viewer, ended_at__isnull=True).values("group_id")
    led = Facilitation.objects.filter(current, person=viewer).values("group_id")
    leaders = Facilitation.objects.filter(current, Q(group__in=memberships) | Q(group__in=led)).values("person_id")
    officers = RoleHolding.objects.current().filter(role=Role.PRIVACY_OFFICER).values("person_id")
    found = list(Person.objects.filter(Q(pk__in=leaders) | Q(pk__in=officers)).exclude(pk=viewer.pk))
    unlock(found)
    return sorted(found, key=lambda person: person.used_name.casefold())


def staff() -> list[Person]:
    """Return everyone who holds a role now: whose names are looked for in what a reporter wrote."""
    held = RoleHolding.objects.current().values("person_id")
    found = list(Person.objects.filter(pk__in=held))
    unlock(found)
    return found


def readers(concern: Concern) -> set[UUID]:
    """Return the ids of everyone who may read ``concern`` now; empty when nobody may."""
    for role in READERS:
        free = {
            person for person in holder_ids(role) if not Concern.objects.filter(_apart(person), pk=concern.pk).exists()
        }
        if free:
            return free
    return set()


def named_in(people: Iterable[Person], *, story: str, names: str) -> Sequence[Person]:
    """Return those of ``people`` whom the reporter's own words name.

    In the field for names any word of a name counts; in the story only the whole used name, because
    first names are also everyday words. A wrong hit only sends the concern to another reader.
    """
    story_words, name_words = f" {_words(story)} ", set(_words(names).split())
    return [
        person
        for person in people
        if name_words.intersection(word for word in _words(person.used_name).split() if len(word) > 1)
        or (_words(person.used_name) and f" {_words(person.used_name)} " in story_words)
    ]


def _words(text: str) -> str:
    """Return ``text`` in lower case with everything but letters and digits made one space."""
    return " ".join("".join(sign if sign.isalnum() else " " for sign in text.casefold()).split())
