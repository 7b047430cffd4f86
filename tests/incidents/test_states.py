"""The table of states, held by the services and by the database."""

from io import StringIO

import pytest
from django.core.exceptions import ValidationError
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from groupcare.exceptions import InvalidTransition
from incidents import selectors, services, triggers
from incidents.management.commands import concern_states
from incidents.models import Concern, ConcernEntry
from incidents.services import today
from incidents.states import INITIAL, REPORTER_WORDS, TRANSITIONS, Outcome, State
from tests.incidents.conftest import STORY

pytestmark = pytest.mark.django_db

# Written out by hand, not taken from the table: what each step needs and where it leads.
EXPECTED = {
    ("received", "acknowledge"): "acknowledged",
    ("acknowledged", "assess"): "assessed",
    ("assessed", "close"): "closed",
}
CALLS = {
    "acknowledge": lambda pk, by: services.acknowledge(concern_id=pk, by=by),
    "assess": lambda pk, by: services.assess(concern_id=pk, reasons="Heard both", by=by),
    "close": lambda pk, by: services.close(concern_id=pk, outcome="nothing_found", told_reporter="Nothing", by=by),
}


def state_of(concern: Concern) -> str:
    return Concern.objects.with_state().get(pk=concern.pk).state


@pytest.mark.req("SEC-22")
@given(steps=st.lists(st.sampled_from(sorted(CALLS)), max_size=8))
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_no_order_of_steps_leaves_the_table(world, raise_as, acting, steps):
    concern = raise_as(world.ben)
    state = "received"
    for step in steps:
        goal = EXPECTED.get((state, step))
        with acting(world.petra):
            if goal is None:
                with pytest.raises(InvalidTransition):
                    CALLS[step](concern.pk, world.petra)
            else:
                CALLS[step](concern.pk, world.petra)
                state = goal
        assert state_of(concern) == state


def entry(concern: Concern, by: object, origin: str, goal: str, outcome: str = "") -> ConcernEntry:
    return ConcernEntry(
        concern=concern, from_state=origin, to_state=goal, outcome=outcome, taken_on=today(), taken_by=by
    )


@pytest.mark.req("SEC-22")
@given(
    tried=st.lists(
        st.tuples(st.sampled_from(State.values), st.sampled_from(State.values), st.sampled_from(["", *Outcome.values])),
        max_size=6,
    )
)
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_the_database_takes_no_entry_that_the_table_does_not_have(world, raise_as, tried):
    concern = raise_as(world.ben)
    state = "received"
    for origin, goal, outcome in tried:
        legal = (
            origin == state
            and goal in {g for (o, _), g in EXPECTED.items() if o == origin}
            and bool(outcome) == (goal == "closed")
        )
        try:
            with transaction.atomic():
                entry(concern, world.petra, origin, goal, outcome).save()
        except DatabaseError:
            assert not legal
        else:
            assert legal
            state = goal
        assert state_of(concern) == state


@pytest.mark.parametrize(
    ("step", "words", "field"),
    [
        ("assess", {"reasons": "  "}, "reasons"),
        ("assess", {"reasons": "x" * 20_001}, "reasons"),
        ("close", {"outcome": "whatever", "told_reporter": "Nothing"}, "outcome"),
        ("close", {"outcome": "nothing_found", "told_reporter": " "}, "told_reporter"),
    ],
)
def test_a_step_without_its_words_is_not_taken(world, raise_as, acting, step, words, field):
    concern = raise_as(world.ben)
    with acting(world.petra):
        CALLS["acknowledge"](concern.pk, world.petra)
        if step == "close":
            CALLS["assess"](concern.pk, world.petra)
        before = state_of(concern)
        with pytest.raises(ValidationError) as caught:
            getattr(services, step)(concern_id=concern.pk, by=world.petra, **words)
    assert field in caught.value.message_dict
    assert state_of(concern) == before


def test_who_reads_concerns_by_no_role_finds_none(world, raise_as, acting):
    concern = raise_as(world.ben)
    for reader, found in ((world.petra, [concern]), (world.ada, []), (world.root, [])):
        with acting(reader):
            assert list(selectors.visible_concerns(reader)) == found


def test_of_two_who_take_the_same_step_the_second_is_told(world, raise_as, acting, monkeypatch):
    concern = raise_as(world.ben)
    with acting(world.petra):
        seen = selectors.get_concern(world.petra, concern.pk, action="concern.acknowledge")
        CALLS["acknowledge"](concern.pk, world.petra)
        # What the second one had read a moment before the first one wrote.
        monkeypatch.setattr(selectors, "get_concern", lambda *args, **kwargs: seen)
        with pytest.raises(InvalidTransition):
            CALLS["acknowledge"](concern.pk, world.petra)
    assert ConcernEntry.objects.filter(concern=concern).count() == 1


@pytest.mark.req("SEC-23")
@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE incidents_concern SET received_on = '2020-01-01'",
        "DELETE FROM incidents_concern",
        "UPDATE incidents_concernentry SET to_state = 'received'",
        "DELETE FROM incidents_concernentry",
        "DELETE FROM incidents_concernsubject",
        "DELETE FROM incidents_concernconflict",
    ],
)
def test_the_database_changes_and_deletes_nothing(world, raise_as, acting, statement):
    one, other = raise_as(world.ben, world.nadia), raise_as(world.dev)
    with acting(world.petra):
        CALLS["acknowledge"](one.pk, world.petra)
        services.declare_conflict(concern_id=other.pk, by=world.petra)
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
    assert (Concern.objects.count(), ConcernEntry.objects.count()) == (2, 1)


def test_the_trigger_is_installed_again_and_again():
    assert triggers.is_installed()
    triggers.install()
    assert triggers.is_installed()


def test_every_state_has_its_steps_and_its_words():
    assert set(TRANSITIONS) == set(REPORTER_WORDS) == set(State)
    assert {(o.value, s): g.value for o, steps in TRANSITIONS.items() for s, g in steps.items()} == EXPECTED
    assert INITIAL is State.RECEIVED


def test_the_diagram_in_the_docs_is_current():
    call_command("concern_states", "--check", stdout=StringIO())
    assert "received --> acknowledged: acknowledge" in concern_states.page().read_text(encoding="utf-8")


def test_the_diagram_command_notices_an_old_page_and_writes_a_new_one(tmp_path, settings):
    settings.BASE_DIR = tmp_path
    (tmp_path / "docs").mkdir()
    with pytest.raises(CommandError, match="not current"):
        call_command("concern_states", "--check")
    call_command("concern_states")
    call_command("concern_states", "--check")


@pytest.mark.req("SEC-34")
def test_the_story_is_not_in_the_rows(world, raise_as):
    raise_as(world.ben, names="Somebody Particular")
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM incidents_concern")
        raw = b" ".join(bytes(v) if isinstance(v, bytes | memoryview) else str(v).encode() for v in cursor.fetchone())
    for canary in (STORY, "Somebody Particular", str(world.ben.id), world.ben.id.hex):
        assert canary.encode() not in raw
