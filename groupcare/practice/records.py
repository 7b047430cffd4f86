"""The port by which every room adds its part of one person's record.

A source is a name, a title and a function; it is given a scope (one person in one group) and returns
entries made of facts. It names the models that it covers, and a test fails when a new model about a
person is in no source and in no list of exceptions.
"""

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import Any
from uuid import UUID

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from groupcare.accounts.merge_models import ids_of
from groupcare.accounts.models import Person
from groupcare.outbox.models import Address
from groupcare.vault import unlock


@dataclass(frozen=True)
class Scope:
    """Whose record, and of which group."""

    person_id: UUID
    group_id: UUID
    membership_id: UUID
    #: Other entries of the same human that are put together with this one; ``collect`` fills them in.
    others: tuple[UUID, ...] = ()

    @property
    def people(self) -> tuple[UUID, ...]:
        """Return the ids of all entries of this human: what a source filters by."""
        return (self.person_id, *self.others)


@dataclass(frozen=True)
class Fact:
    """One labelled value. ``free`` marks words that somebody typed: they are searched for other people's names."""

    label: str
    text: str
    free: bool = False


@dataclass(frozen=True)
class Entry:
    """One thing of the record: a session, a note, an answer."""

    title: str
    facts: tuple[Fact, ...]


@dataclass(frozen=True)
class Section:
    """One part of the record, as one source gives it."""

    key: str
    title: str
    entries: tuple[Entry, ...] = field(default_factory=tuple)


Collect = Callable[[Scope], Sequence[Entry]]


@dataclass(frozen=True)
class Source:
    """One registered source."""

    name: str
    title: str | Promise
    collect: Collect
    covers: frozenset[str]
    order: int


_registered: dict[str, Source] = {}


def register_record_source(
    name: str, title: str | Promise, collect: Collect, *, covers: Sequence[str] = (), order: int = 50
) -> None:
    """Add a part of a person's record; one of the same name is replaced.

    Args:
        name: the part's key in the exported JSON.
        title: its heading, translated when it is shown.
        collect: returns the entries of a scope; who may read them is checked by the caller.
        covers: labels of the models whose rows it gives, for example "groups.Membership".
        order: where it stands in the record.
    """
    _registered[name] = Source(name, title, collect, frozenset(covers), order)


def sources() -> list[Source]:
    """Return every registered source, in the order of the record."""
    return sorted(_registered.values(), key=lambda one: (one.order, one.name))


def collect(scope: Scope) -> list[Section]:
    """Return the whole record of a scope, in the language that is active; empty parts stay, to be seen as empty."""
    scope = replace(scope, others=tuple(one for one in ids_of(scope.person_id) if one != scope.person_id))
    return [Section(one.name, str(one.title), tuple(one.collect(scope))) for one in sources()]


def to_json(sections: Sequence[Section]) -> list[dict[str, Any]]:
    """Return the sections as they are kept in a file."""
    return [asdict(section) for section in sections]


def from_json(stored: Sequence[dict[str, Any]]) -> list[Section]:
    """Return the sections kept by ``to_json``."""
    return [
        Section(
            one["key"],
            one["title"],
            tuple(Entry(entry["title"], tuple(Fact(**fact) for fact in entry["facts"])) for entry in one["entries"]),
        )
        for one in stored
    ]


def identity(scope: Scope) -> list[Entry]:
    """Return who the person is to the practice, and where it writes to."""
    found = {one.pk: one for one in Person.objects.select_related("user").filter(pk__in=scope.people)}
    persons = [found[one] for one in scope.people]
    addresses = list(Address.objects.filter(person__in=scope.people).order_by("created_at", "pk"))
    unlock(persons, addresses)
    entries = [Entry(_("Identity"), _known(person)) for person in persons]
    for address in addresses:
        until = address.ended_at.date().isoformat() if address.ended_at else _("in use")
        facts = (Fact(_("Address"), address.value), Fact(_("Until"), until))
        entries.append(Entry(_("How the practice writes to the person"), facts))
    return entries


def _known(person: Person) -> tuple[Fact, ...]:
    """Return what one entry says of the person; what is empty is left out."""
    known = [
        Fact(_("Name used"), person.used_name),
        Fact(_("Legal name"), person.legal_name),
        Fact(_("Pronouns"), person.pronouns),
        Fact(_("Date of birth"), person.date_of_birth),
        Fact(_("Language"), person.get_language_display()),
        Fact(_("Sign-in address"), person.login.email if person.login else ""),
        Fact(_("Known here since"), person.created_at.date().isoformat()),
    ]
    return tuple(fact for fact in known if fact.text)


IDENTITY_TITLE = gettext_lazy("Who you are to us")
IDENTITY_COVERS = ("accounts.Person", "accounts.User", "outbox.Address")
