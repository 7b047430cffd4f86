"""What one may see, asked of many rows: against a hand-written join, and small against ten times the data (PERF-2, 3)."""

import random
import shutil
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from functools import lru_cache
from typing import Any

from django.conf import settings
from django.db import DEFAULT_DB_ALIAS, connection, connections
from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils import timezone

from benchmarks import mass
from benchmarks.measure import Result, Size, at_most, interleaved, told
from benchmarks.story import add_all_sessions, add_groups, add_people, browser, join, lead, opened, world
from groupcare.access import Right, Role, acting_as
from groupcare.accounts.models import Person, User
from groups.models import Membership, ProgressNote
from groups.permissions import groups_with
from tests.factories import add_second_factor

AUTH_LIMIT, FLAT_LIMIT = 1.5, 1.2
# A practice's shape: five sessions of four members make 20 notes a group; a tenth of the groups is "small".
_SESSIONS, _MEMBERS, _PAGE, _TIMES = 5, 4, 25, 10
_FEW, _MANY = 4, 0.05


@dataclass(frozen=True)
class Mass:
    """Two databases with the same viewers: one small, one with ten times the rows."""

    small: Any
    full: Any
    few: uuid.UUID
    many: uuid.UUID
    session: uuid.UUID


@lru_cache(maxsize=1)
def _mass(groups: int) -> Mass:
    world()
    few, many = add_people(2, users=True, role=Role.FACILITATOR)
    add_second_factor(User.objects.get(pk=few))
    small = groups // _TIMES
    with mass.filling():
        session = _grow(small, few=few, many=many)
    mass.analyze()
    here = connections[DEFAULT_DB_ALIAS]
    full = _copied(here)
    with _using(full):
        with mass.filling():
            _grow(groups - small, few=None, many=many)
        mass.analyze()
    return Mass(here, full, few, many, session)


def _grow(count: int, *, few: uuid.UUID | None, many: uuid.UUID) -> uuid.UUID:
    """Add groups with sessions, members and notes; returns the first session."""
    groups = add_groups(count)
    leads = add_people(max(count // _FEW, 1), users=True, role=Role.FACILITATOR)
    pairs = [(group, leads[n % len(leads)]) for n, group in enumerate(groups)]
    if few is not None:
        pairs += [(group, few) for group in groups[:_FEW]]
    most = max(int(count * _MANY), 1)
    pairs += [(group, many) for group in groups[_FEW : _FEW + most]]
    lead(iter(pairs))
    people = add_people(max(count, _MEMBERS))
    places = join([(group, people[(n + k) % len(people)]) for n, group in enumerate(groups) for k in range(_MEMBERS)])
    begun = timezone.now() - timedelta(days=40)
    draw = random.Random(count)
    sessions = add_all_sessions(
        [
            (group, number, begun + timedelta(days=7 * number, minutes=draw.randrange(6000)))
            for group in groups
            for number in range(1, _SESSIONS + 1)
        ]
    )
    _add_notes(pairs, places, sessions, draw)
    return sessions[0]


def _add_notes(pairs: Any, places: Any, sessions: Any, draw: random.Random) -> None:
    about = dict(Membership.objects.filter(pk__in=places).values_list("pk", "person_id")) if len(places) < 500 else {}
    if not about:
        about = dict(Membership.objects.values_list("pk", "person_id"))
    begun = timezone.now() - timedelta(days=40)

    def rows() -> Iterator[dict[str, Any]]:
        for n in range(len(sessions) // _SESSIONS):
            group, author = pairs[n]
            for session in sessions[n * _SESSIONS : (n + 1) * _SESSIONS]:
                for place in places[n * _MEMBERS : (n + 1) * _MEMBERS]:
                    yield {
                        "id": uuid.uuid4(),
                        "group_id": group,
                        "session_id": session,
                        "membership_id": place,
                        "about_id": about[place],
                        "author_id": author,
                        "body": "Stayed with the own story.",
                        "written_at": begun + timedelta(seconds=draw.randrange(40 * 86400)),
                    }

    mass.insert(ProgressNote, rows())


def _copied(here: Any) -> Any:
    """Return a connection to a copy of the database."""
    here.close()
    values = {**connections.settings[DEFAULT_DB_ALIAS]}
    if here.vendor == "postgresql":
        values["NAME"] = f"{here.settings_dict['NAME']}_full"
        with here._nodb_cursor() as cursor:
            cursor.execute(f'CREATE DATABASE "{values["NAME"]}" TEMPLATE "{here.settings_dict["NAME"]}"')
    else:
        values["NAME"] = str(settings.DATA_DIR / "full.sqlite3")
        shutil.copyfile(here.settings_dict["NAME"], values["NAME"])
    return type(here)(values, DEFAULT_DB_ALIAS)


@contextmanager
def _using(other: Any) -> Iterator[None]:
    before = connections[DEFAULT_DB_ALIAS]
    connections[DEFAULT_DB_ALIAS] = other
    try:
        yield
    finally:
        connections[DEFAULT_DB_ALIAS] = before


def _visible(viewer: Person) -> QuerySet[ProgressNote]:
    """Return the newest notes that the viewer may read, by the product's own predicate."""
    allowed = groups_with(viewer, Right.READ_NOTES).values("pk")
    return _newest(ProgressNote.objects.filter(group__in=allowed))


def _joined(viewer: Person) -> QuerySet[ProgressNote]:
    """Return the same by hand: notes joined with who runs their group now."""
    now = timezone.now()
    running = Q(group__facilitations__valid_until__isnull=True) | Q(group__facilitations__valid_until__gt=now)
    return _newest(
        ProgressNote.objects.filter(
            running, group__facilitations__person=viewer, group__facilitations__valid_from__lte=now
        )
    )


def _newest(notes: QuerySet[ProgressNote]) -> QuerySet[ProgressNote]:
    return notes.select_related("author", "about").order_by("-written_at", "-id")[:_PAGE]


def _viewer(pk: uuid.UUID) -> Person:
    return Person.objects.select_related("user").get(pk=pk)


def list_auth(size: Size) -> list[Result]:
    """Measure the predicate against the join, for one who runs 4 groups and one who runs 5 % of all."""
    found = _mass(size.groups)
    lines = []
    with _using(found.full):
        for pk in (found.few, found.many):
            viewer = _viewer(pk)
            with acting_as(viewer):
                groups = groups_with(viewer, Right.READ_NOTES).count()
                ours, by_hand = list(_visible(viewer)), list(_joined(viewer))
                assert [note.pk for note in ours] == [note.pk for note in by_hand]
                took = interleaved(
                    size.reps,
                    {"ours": lambda v=viewer: list(_visible(v)), "hand": lambda v=viewer: list(_joined(v))},
                )
            note = f" ({took['ours'] * 1000:.1f} / {took['hand'] * 1000:.1f} ms)"
            what = f"visible notes of {groups} groups / hand-written join"
            lines.append(at_most("list-auth", what, took["ours"] / took["hand"], AUTH_LIMIT, note))
        total = ProgressNote.objects.count()
    return [*lines, told("list-auth", "notes in the database", f"{total:,}")]


def list_flat(size: Size) -> list[Result]:
    """Measure the same query and the same pages with ten times the rows that the viewer may not see."""
    found = _mass(size.groups)
    urls = {
        "page of one session's notes": reverse("groups:session-notes", kwargs={"pk": found.session}),
        "Today": reverse("groups:today"),
        "list of groups": reverse("groups:group-list"),
    }
    lines = [_flat_query(found, size)]
    client = {}
    for name, database in (("small", found.small), ("full", found.full)):
        with _using(database):
            client[name] = browser(_viewer(found.few))
            for url in urls.values():
                opened(client[name], url)
    for what, url in urls.items():
        took = interleaved(
            size.reps,
            {
                "small": lambda u=url: _get(found.small, client["small"], u),
                "full": lambda u=url: _get(found.full, client["full"], u),
            },
        )
        note = f" ({took['full'] * 1000:.1f} / {took['small'] * 1000:.1f} ms)"
        lines.append(at_most("list-flat", what, took["full"] / took["small"], FLAT_LIMIT, note))
    return lines


def _flat_query(found: Mass, size: Size) -> Result:
    viewer = _viewer(found.few)
    with acting_as(viewer):
        took = interleaved(
            size.reps,
            {"small": lambda: _ask(found.small, viewer), "full": lambda: _ask(found.full, viewer)},
        )
    what = f"visible notes, {connection.vendor}, full / small"
    return at_most("list-flat", what, took["full"] / took["small"], FLAT_LIMIT, f" ({took['full'] * 1000:.1f} ms)")


def _ask(database: Any, viewer: Person) -> None:
    with _using(database):
        list(_visible(viewer))


def _get(database: Any, client: Any, url: str) -> None:
    with _using(database):
        client.get(url)
