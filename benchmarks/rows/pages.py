"""The page of 25 notes, and what its events in the trail cost (PERF-1, PERF-6)."""

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path
from typing import Any
from unittest import mock

from django.conf import settings
from django.db import connection
from django.urls import reverse

from benchmarks import floor, mass
from benchmarks.measure import Result, Size, at_most, interleaved, told
from benchmarks.story import add_people, browser, join, opened, world
from groups.models import GroupSession, ProcessNote, ProgressNote
from groups.selectors import notes as selectors

# PERF-1; PERF-6 for each database.
PAGE_LIMIT = 2.0
TAX_LIMIT = {"postgresql": 1.25, "sqlite": 1.15}


def page_of_notes(count: int) -> str:
    """Return the address of a session that has ``count`` progress notes of 2 KB, each under a key of its own."""
    found = world()
    session: GroupSession = found.session_of_thursday
    places = join([(session.group_id, person) for person in add_people(count)])
    for place in session.group.memberships.filter(pk__in=places):
        ProgressNote.objects.create(
            group_id=session.group_id,
            session=session,
            membership=place,
            about_id=place.person_id,
            author=found.nadia,
            body=floor.TEXT,
        )
    return reverse("groups:session-notes", kwargs={"pk": session.pk})


@lru_cache(maxsize=1)
def _page(count: int) -> str:
    # The world has a process note and one progress note already: the rest makes 25.
    return page_of_notes(max(count - 1, 1))


@contextmanager
def _without_events() -> Iterator[None]:
    with mock.patch.object(selectors, "record"):
        yield


def page_notes(size: Size) -> list[Result]:
    """Measure the page of 25 decrypted notes against the floor, answered in turns."""
    url, nadia = _page(size.notes), world().nadia
    own, bare = browser(nadia), floor.browser(nadia.login)
    assert opened(own, url).count(b"They listened") >= size.notes - 1
    for path in ("/bare/", "/same-text/"):
        assert opened(bare, path).count(b"<li>") == floor.ROWS
    took = interleaved(
        size.reps,
        {
            "floor": lambda: bare.get("/bare/"),
            "page": lambda: own.get(url),
            "again": lambda: bare.get("/bare/"),
            "text": lambda: bare.get("/same-text/"),
            "eager": _at_once(lambda: own.get(url)),
            "silent": _silent(lambda: own.get(url)),
        },
    )
    ratio = took["page"] / took["floor"]
    return [
        at_most("page-notes", "page of 25 notes / bare floor page", ratio, PAGE_LIMIT, _ms(took, "page", "floor")),
        told("page-notes", "floor / floor (noise)", f"{took['again'] / took['floor']:.2f}"),
        told("page-notes", "floor that shows the same 2 KB texts / floor", f"{took['text'] / took['floor']:.2f}"),
        told("page-notes", "without waiting for the disk / floor", f"{took['eager'] / took['floor']:.2f}"),
        told("page-notes", "without events in the trail / floor", f"{took['silent'] / took['floor']:.2f}"),
        told("page-notes", "one fsync here", f"{fsync_ms():.2f} ms"),
    ]


def audit_tax(size: Size) -> list[Result]:
    """Measure the page with and without its events in the trail."""
    limit = TAX_LIMIT[connection.vendor]
    url, own = _page(size.notes), browser(world().nadia)
    single, events = _single_page(), len(_events_of(own, url))
    ways = {
        "with": lambda: own.get(url),
        "without": _silent(lambda: own.get(url)),
        "quick": _at_once(lambda: own.get(url)),
        "one": lambda: own.get(single),
        "none": _silent(lambda: own.get(single)),
        "one quick": _at_once(lambda: own.get(single)),
    }
    took = interleaved(size.reps, ways)
    quick = "the same without waiting for the disk"
    return [
        at_most("audit-tax", f"page with {events} events / without", took["with"] / took["without"], limit),
        told("audit-tax", quick, f"{took['quick'] / took['without']:.2f}"),
        at_most("audit-tax", "page with 1 event / without", took["one"] / took["none"], limit),
        told("audit-tax", quick, f"{took['one quick'] / took['none']:.2f}"),
        told("audit-tax", "one fsync here", f"{fsync_ms():.2f} ms"),
    ]


def _single_page() -> str:
    """Return the form of a process note that stands: one note, one event."""
    note: ProcessNote = world().process_note_of_thursday
    return reverse("groups:process-note-create", kwargs={"pk": note.session_id})


def _events_of(client: Any, url: str) -> list[Any]:
    from groupcare.audit.models import TrailEvent

    before = TrailEvent.objects.count()
    opened(client, url)
    return list(TrailEvent.objects.order_by("sequence")[before:])


def _silent(way: Any) -> Any:
    def run() -> None:
        with _without_events():
            way()

    return run


def _at_once(way: Any) -> Any:
    """Return ``way`` with commits that do not wait for the disk: what the code costs apart from the machine's disk."""

    def run() -> None:
        with mass.not_waiting():
            way()

    return run


def fsync_ms(times: int = 20) -> float:
    """Return the median time of one 4 KB write that reaches the disk, in milliseconds, beside the data."""
    path = Path(settings.DATA_DIR) / "fsync"
    taken = []
    with path.open("wb", buffering=0) as file:
        for _ in range(times):
            file.write(b"x" * 4096)
            began = time.perf_counter()
            os.fsync(file.fileno())
            taken.append((time.perf_counter() - began) * 1000)
    path.unlink()
    return sorted(taken)[times // 2]


def _ms(took: dict[str, float], *names: str) -> str:
    return " (" + " / ".join(f"{took[name] * 1000:.1f}" for name in names) + " ms)"
