"""The queries of every page and list of the API, at 5, 25 and 100 rows (PERF-4): counts have no noise."""

import uuid
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from django.contrib.sessions.models import Session
from django.core.cache import caches
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import NoReverseMatch, reverse
from django.utils import timezone

from benchmarks import mass
from benchmarks.measure import Result, Size, told
from benchmarks.story import (
    add_all_sessions,
    add_groups,
    add_people,
    add_sessions,
    browser,
    ids,
    join,
    lead,
    world,
)
from consent.models import Act, Document, DocumentVersion, Requirement
from groupcare.access.policies import Route, routes
from groupcare.accounts.models import SessionRecord
from groupcare.accounts.selectors import SEEN
from groupcare.accounts.sessions import SessionStore
from groupcare.practice.models import Site
from groups.models import Facilitation, ProgressNote
from incidents.models import Concern, random_number
from incidents.selectors import reporter_index

MOST = 8
_OURS = ("groups", "consent", "incidents", "groupcare")
# These tell of the machine, sign out, and describe the API.
_LEFT_OUT = ("web:healthz", "web:leave", "api-schema")
_BOOKKEEPING = ("SAVEPOINT", "RELEASE", "BEGIN", "COMMIT")
# Whoever of them is shown a page is the one for whom it is counted.
_VIEWERS = ("nadia", "ben", "petra", "ada")
_opened_by: dict[str, str] = {}


def queries(size: Size) -> list[Result]:
    """Count the queries of every page with growing lists."""
    clients = {name: browser(world().person(name)) for name in _VIEWERS}
    concern = _add_concerns(1)[0]
    had = 0
    counted: list[dict[str, tuple[int, int]]] = []
    for length in size.lengths:
        _grow(length - had)
        had = length
        found = list(_addresses(concern))[: size.urls]
        counted.append({name: count for name, url in found if (count := _count(clients, name, url)) is not None})
    last = counted[-1]
    over = {name: count for name, count in last.items() if count[0] > MOST}
    grown = [name for name, count in last.items() if any(at.get(name) != count for at in counted)]
    most = max(count for count, _ in last.values())
    return [
        Result("queries", "most queries of a page", str(most), f"<= {MOST}", most <= MOST),
        Result("queries", "pages whose count changes with the rows", str(len(grown)), "0", not grown),
        *(told("queries", name, f"{count}, {trail} of them the trail's") for name, (count, trail) in over.items()),
        *(told("queries", f"{name} changes", _course(name, counted)) for name in grown),
        told("queries", "addresses counted", f"{len(last)} at {', '.join(map(str, size.lengths))} rows"),
    ]


def _course(name: str, counted: list[dict[str, tuple[int, int]]]) -> str:
    return " -> ".join(str(at[name][0]) if name in at else "-" for at in counted)


def _addresses(concern: uuid.UUID) -> Iterator[tuple[str, str]]:
    """Yield name and address of each of our routes for an object that exists."""
    arguments = _arguments(concern)
    for route in routes():
        view = getattr(route.view, "cls", None) or route.view
        if not view.__module__.startswith(_OURS) or route.name in _LEFT_OUT:
            continue
        try:
            yield route.name, reverse(route.name, kwargs=_kwargs(route, arguments))
        except (NoReverseMatch, KeyError):
            continue


def _kwargs(route: Route, arguments: dict[str, Any]) -> dict[str, Any]:
    found, before = {}, ""
    for piece in route.pattern.strip("/").split("/"):
        if piece.startswith("<"):
            name = piece.strip("<>").split(":")[-1]
            found[name] = arguments[before if name == "pk" else name]
        before = piece
    return found


def _arguments(concern: uuid.UUID) -> dict[str, Any]:
    """Return what each parameter stands for; ``pk`` goes by the word before it."""
    here = world()
    act = Act.objects.filter(signer=here.ben, group=here.thursday).exclude(act="presented").latest("at")
    return {
        "groups": here.thursday.pk,
        "group_id": here.thursday.pk,
        "sessions": here.session_of_thursday.pk,
        "concerns": concern,
        "mine": concern,
        "membership_pk": here.membership("ben").pk,
        "facilitation_pk": Facilitation.objects.filter(group=here.thursday, person=here.tom).get().pk,
        "version_id": act.version_id,
        "document_id": act.document_id,
        "act_id": act.pk,
    }


def _count(clients: dict[str, Client], route: str, url: str) -> tuple[int, int] | None:
    """Return the queries of a page, and how many of them write the trail, for the first who may open it, or None."""
    for name in ("default", "limits"):
        caches[name].clear()
    for name in [_opened_by[route]] if route in _opened_by else _VIEWERS:
        client = clients[name]
        # The first visit notes the session and fills what the process keeps.
        if client.get(url).status_code != 200:
            continue
        _opened_by[route] = name
        with CaptureQueriesContext(connection) as seen:
            client.get(url)
        asked = [query["sql"] for query in seen.captured_queries if not query["sql"].startswith(_BOOKKEEPING)]
        return len(asked), sum("audit_" in sql for sql in asked)
    return None


def _grow(rows: int) -> None:
    """Make every list longer by ``rows``: members, sessions, notes, groups, agreements, concerns, sites, sign-ins."""
    here = world()
    group, session, now = here.thursday, here.session_of_thursday, timezone.now()
    author = here.tom.pk
    people = add_people(rows, users=True)
    places = join([(group.pk, person) for person in people])
    last = group.sessions.order_by("-number")[0].number
    add_sessions(group.pk, rows, first=last + 1, start=now + timedelta(days=1), step=timedelta(minutes=95))
    add_sessions(group.pk, rows, first=last + rows + 1, start=now - timedelta(days=200), step=timedelta(days=1))
    mass.insert(
        ProgressNote,
        (
            {
                "id": note,
                "group_id": group.pk,
                "session_id": session.pk,
                "membership_id": place,
                "about_id": person,
                "author_id": author,
                "body": "Stayed with the own story.",
            }
            for note, place, person in zip(ids(rows), places, people, strict=True)
        ),
    )
    groups = add_groups(rows)
    nadia, ben = here.nadia.pk, here.ben.pk
    lead((one, nadia) for one in groups)
    join([(one, ben) for one in groups])
    add_all_sessions([(one, 1, now + timedelta(days=1)) for one in groups])
    add_all_sessions([(one, 2, now - timedelta(days=1)) for one in groups])
    _add_agreements(groups, ben)
    _add_concerns(rows)
    mass.insert(Site, ({"id": one, "name": f"Room {one.hex[:8]}", "place": "US-NY"} for one in ids(rows)))
    for name in _VIEWERS:
        _add_sign_ins(rows, here.person(name).login.pk)


def _add_agreements(groups: list[uuid.UUID], signer: uuid.UUID) -> None:
    made, act = add_agreements(groups), world().act_of_ben
    mass.insert(
        Act,
        (
            {
                "id": uuid.uuid4(),
                "act": act.act,
                "document_id": document,
                "version_id": version,
                "group_id": group,
                "subject_id": signer,
                "signer_id": signer,
                "meaning": act.meaning,
                "evidence": act.evidence,
                "valid_until": act.valid_until,
            }
            for group, (document, version) in made.items()
        ),
    )


def add_agreements(groups: list[uuid.UUID]) -> dict[uuid.UUID, tuple[uuid.UUID, uuid.UUID]]:
    """Publish the story's agreement in groups; returns group -> document and version."""
    model: DocumentVersion = world().version_of_thursday
    made = {group: (uuid.uuid4(), uuid.uuid4()) for group in groups}
    kind, author = model.document.kind, world().nadia.pk
    mass.insert(Document, ({"id": document, "kind": kind, "group_id": group} for group, (document, _) in made.items()))
    mass.insert(Requirement, ({"id": uuid.uuid4(), "document_id": document} for document, _ in made.values()))
    mass.insert(
        DocumentVersion,
        (
            {
                "id": version,
                "document_id": document,
                "group_id": group,
                "number": 1,
                "language": "en",
                "clauses": model.clauses,
                "text_sha256": model.text_sha256,
                "published_by_id": author,
            }
            for group, (document, version) in made.items()
        ),
    )
    return made


def _add_concerns(rows: int) -> list[uuid.UUID]:
    reporter = world().ben.pk
    concerns = ids(rows)
    mass.insert(
        Concern,
        (
            {
                "id": one,
                "number": random_number(),
                "reporter": str(reporter),
                "reporter_index": reporter_index(reporter),
                "what_happened": "A story.",
                "received_on": timezone.now().date(),
            }
            for one in concerns
        ),
    )
    return concerns


def _add_sign_ins(rows: int, user: uuid.UUID) -> None:
    keys = [one.hex for one in ids(rows)]
    day = timezone.now() + timedelta(days=1)
    sealed = {key: SessionStore(session_key=key).encode({SEEN: int(day.timestamp())}) for key in keys}
    mass.insert(
        Session,
        ({"session_key": key, "session_data": data, "expire_date": day} for key, data in sealed.items()),
    )
    mass.insert(SessionRecord, ({"session_id": key, "user_id": user} for key in keys))
