"""Totals of attendance: right when members come and go, and revisions that lose nothing."""

import uuid
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import transaction
from django.test import Client
from django.urls import reverse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from groups import services
from groups.attendance import codes
from groups.models import AttendanceEntry, GroupSession, Membership, MembershipStep
from groups.rhythm import draw
from groups.selectors.attendance_totals import Beat, totals
from groups.services.attendance import Mark, Overtaken
from tests.world import World, at_work, today

Browser = Callable[..., Client]
FIRST = datetime(2026, 1, 8, 23, 30, tzinfo=UTC)
#: By hand from domain reference 7.4: who was there, who was not, who need not have been.
THERE, MISSING, FREE = {"P", "PL", "PE", "V", "PH", "D"}, {"A", "AN", "W"}, {"X", "C", "H", "S", "NR"}


def test_every_code_counts_one_way() -> None:
    counted = {"present": THERE, "absent": MISSING, "not_required": FREE}
    assert {one.key: one.counts for one in codes().values()} == {
        key: how for how, keys in counted.items() for key in keys
    }


sessions = st.lists(st.sampled_from(["scheduled", "held", "cancelled"]), min_size=1, max_size=6)
# Weeks at which a spell begins and ends (None: still open), each an hour off the session, so that no edge is met.
spells = st.lists(st.tuples(st.integers(-1, 6), st.none() | st.integers(0, 7)), min_size=1, max_size=5)
# Weeks at which somebody goes on leave or comes back, in turn, an hour before the session of that week.
away = st.dictionaries(st.integers(0, 4), st.lists(st.integers(0, 6), unique=True, max_size=3).map(sorted), max_size=3)
written = st.dictionaries(
    st.tuples(st.integers(0, 5), st.integers(0, 4)), st.sampled_from(sorted(codes())), max_size=20
)


@given(sessions, spells, written, away)
@settings(max_examples=120, deadline=None)
def test_totals_are_those_of_a_slow_definition(states: Any, times: Any, marks: Any, turns: Any) -> None:
    held = [
        GroupSession(
            number=week,
            state=state,
            starts_at=FIRST + timedelta(weeks=week),
            ends_at=FIRST + timedelta(weeks=week, minutes=90),
        )
        for week, state in enumerate(states)
    ]
    places = [
        Membership(
            created_at=FIRST + timedelta(weeks=begins, hours=-1),
            ended_at=None if ends is None else FIRST + timedelta(weeks=max(ends, begins), hours=3),
        )
        for begins, ends in times
    ]
    entries = [
        AttendanceEntry(
            session=held[week], membership=places[who], code=code, minutes=3 if codes()[code].minutes else None
        )
        for (week, who), code in marks.items()
        if week < len(held) and who < len(places)
    ]
    leaves = [
        MembershipStep(
            membership=places[who],
            kind=("left", "returned")[turn % 2],
            taken_at=FIRST + timedelta(weeks=week, hours=-1),
        )
        for who, weeks in turns.items()
        if who < len(places)
        for turn, week in enumerate(weeks)
    ]
    by_session, by_place = totals(held, places, entries, leaves)

    def is_away(place: Membership, session: GroupSession) -> bool:
        weeks = turns.get(places.index(place), [])
        return sum(week <= session.number for week in weeks) % 2 == 1

    def code_of(session: GroupSession, place: Membership) -> str | None:
        return next((e.code for e in entries if e.session_id == session.pk and e.membership_id == place.pk), None)

    took_place = [
        s
        for s in held
        if s.state != "cancelled" and (s.state == "held" or any(code_of(s, p) in THERE | MISSING for p in places))
    ]
    assert [one.session for one in by_session] == took_place
    for one in by_place:
        begins, ends = one.place.created_at, one.place.ended_at
        own = [
            s
            for s in took_place
            if code_of(s, one.place)
            or (begins < s.ends_at and (ends is None or s.starts_at < ends) and not is_away(one.place, s))
        ]
        said = [code_of(s, one.place) for s in own]
        assert one.present == sum(code in THERE for code in said)
        assert one.absent == sum(code in MISSING for code in said)
        assert one.not_required == sum(code in FREE for code in said)
        assert one.unwritten == said.count(None)
        assert one.required == one.present + one.absent + one.unwritten
        assert one.minutes == 3 * sum(code in ("PL", "PE", "D") for code in said)
    for total in by_session:
        assert total.present == sum(code_of(total.session, p) in THERE for p in places)
        assert total.is_group_session == (total.present >= 2)
    for name in ("required", "present", "absent", "unwritten", "minutes"):
        assert sum(getattr(o, name) for o in by_session) == sum(getattr(o, name) for o in by_place), name


steps = st.lists(
    st.tuples(st.sampled_from(["nadia", "tom"]), st.sampled_from(["P", "A", "PL"]), st.booleans(), st.booleans()),
    min_size=1,
    max_size=8,
)


@given(steps)
@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_of_any_two_hands_every_mark_that_was_kept_is_in_the_one_chain(world: World, taken: Any) -> None:
    """Each hand either saw what stands or not, and sends its tap once or twice; a list is the slow definition."""
    place = world.membership("dev").pk
    mark_point = transaction.savepoint()
    chain: list[AttendanceEntry] = []
    for who, code, has_seen, twice in taken:
        person = world.person(who)
        seen = chain[-1].pk if chain and has_seen else None
        tap = uuid.uuid4()
        changes = not chain or chain[-1].code != code
        try:
            with at_work(person):
                mark = Mark(place, code, None, seen)
                for _ in range(1 + twice):
                    found = services.write_tap(session_id=world.session_of_thursday.pk, mark=mark, tap=tap, by=person)
        except Overtaken:
            assert chain
            assert changes
            assert seen is None
        else:
            assert not changes or not chain or seen is not None
            if changes:
                assert (found.pk, found.written_by_id, found.code) == (tap, person.pk, code)
                assert found.supersedes_id == (chain[-1].pk if chain else None)
                chain.append(found)
    kept = AttendanceEntry.objects.filter(membership=place)
    assert {one.pk for one in kept} == {one.pk for one in chain}
    assert kept.get(superseded_by__isnull=True).pk == chain[-1].pk
    transaction.savepoint_rollback(mark_point)


def test_the_page_counts_each_over_their_own_time_and_says_when_it_was_no_group(
    world: World, client_for: Browser
) -> None:
    session, nadia = world.session_of_thursday, client_for(world.nadia)
    page = reverse("groups:attendance-totals", kwargs={"pk": world.thursday.pk})
    GroupSession.objects.filter(pk=session.pk).update(state="scheduled")
    assert "No session is marked yet" in nadia.get(page).content.decode()
    ben, chiara, dev = (world.membership(name).pk for name in ("ben", "chiara", "dev"))
    with at_work(world.nadia) as by:
        marks = [Mark(ben, "PL", 12, None), Mark(chiara, "AN", None, None), Mark(dev, "X", None, None)]
        services.write_attendance(session_id=session.pk, marks=marks, read_aloud=False, source="paper", by=by)
        # Somebody who came after that session has nothing to answer for.
        late = services.add_member(
            group=world.thursday, member=services.NewMember("Wai Late", today() - timedelta(days=1)), by=by
        )
    Membership.objects.filter(pk=late.pk).update(joined_at=session.ends_at + timedelta(hours=1))
    shown = " ".join(nadia.get(page).content.decode().split())
    assert "not a group session" in shown
    assert "<bdi>Ben Tanaka</bdi></th><td>1</td><td>1</td><td>0</td><td>0</td><td>0</td><td>12</td>" in shown
    assert "<bdi>Chiara Leone</bdi></th><td>0</td><td>1</td><td>1</td><td>0</td><td>0</td><td>0</td>" in shown
    assert "<bdi>Dev Patel</bdi></th><td>0</td><td>0</td><td>0</td><td>1</td><td>0</td><td>0</td>" in shown
    assert "<bdi>Wai Late</bdi></th><td>0</td><td>0</td>" in shown
    for stranger in ("olga", "ada", "ben"):
        assert client_for(world.person(stranger)).get(page).status_code == 404


def test_the_drawing_is_as_high_as_its_people_and_breaks_where_nothing_was_kept() -> None:
    assert draw([]) is None
    beats = [
        Beat(n, FIRST, present=n, required=4, cleared=kept) for n, kept in enumerate([(4, 4), (2, 4), None, (1, 4)])
    ]
    drawing: Any = draw(beats)
    heights = [float(bar.present_height) for bar in drawing.bars]
    assert heights[0] == 0
    assert heights[3] == pytest.approx(3 * heights[1], abs=0.2)
    assert {bar.required_height for bar in drawing.bars} == {f"{drawing.floor - 14:.1f}"}
    assert len(drawing.lines) == 1, "one piece of two points; a point alone has no line"
    assert [bar.cleared_y is None for bar in drawing.bars] == [False, False, True, False]
    assert draw([SimpleNamespace(present=0, required=0, cleared=None)]) is not None
