"""Two lines of answers of one human, read as one: whatever the order, and exactly two again afterwards."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from consent.models import Act, ActKind, Capacity, SignersPolicy
from consent.selectors import standings
from consent.selectors.standings import PersonStanding, _as_read
from consent.standing import ActFact, Rule, Slot, Standing, fold
from groupcare.access import acting_as_system
from groupcare.accounts.models import Person
from groupcare.accounts.services import merge_persons, unmerge_persons
from tests.factories import make_person
from tests.world import World, at_work

START = datetime(2026, 1, 1, tzinfo=UTC)
KEPT, DUPLICATE = UUID(int=1), UUID(int=2)
RULE = Rule(
    requirement_id=UUID(int=9),
    document_id=UUID(int=3),
    group_id=UUID(int=8),
    kind="group_confidentiality_agreement",
    number=2,
    published_at=START,
    signers=SignersPolicy.ALL_REQUIRED,
    notice_days=30,
    spoken_allowed=True,
)
KINDS = (
    ActKind.SIGNED,
    ActKind.SIGNED_ON_PAPER,
    ActKind.AGREED_ALOUD,
    ActKind.DECLINED,
    ActKind.TALK_FIRST,
    ActKind.WITHDRAWN,
    ActKind.INVALIDATED,
)
PROMISED = KINDS[:3]

#: One answer: on the duplicate's entry or not, what, under which version, how many days it holds.
answers = st.tuples(st.booleans(), st.sampled_from(KINDS), st.integers(1, 2), st.integers(1, 400))


def facts(story: list[Any], *, one_line: bool) -> list[ActFact]:
    """Return the acts of a story, an hour apart; in one line, or each on the entry where it was given."""
    found = []
    for hours, (elsewhere, kind, number, days) in enumerate(story):
        person = DUPLICATE if elsewhere and not one_line else KEPT
        at = START + timedelta(hours=hours)
        until = at + timedelta(days=days) if kind in PROMISED else None
        found.append(
            ActFact(UUID(int=100 + hours), kind, RULE.document_id, person, person, Capacity.SELF, number, at, until)
        )
    return found


def newest(acts: list[ActFact], person: UUID) -> list[ActFact]:
    """Return the last act in the line of one entry, as the one query does."""
    return [act for act in acts if act.subject_id == person][-1:]


def said(one: Standing) -> tuple[Any, ...]:
    """Return what a standing says, whoever's line it rests on."""
    return (one.state, one.act and one.act.id)


@given(story=st.lists(answers, max_size=12), days=st.integers(0, 500))
def test_two_lines_read_as_one_stand_as_one_line_of_the_same_answers(story: list[Any], days: int) -> None:
    now, split = START + timedelta(days=days), facts(story, one_line=False)
    read = newest(split, KEPT) + [
        fact for act in newest(split, DUPLICATE) for fact in _as_read(act, KEPT) if fact.subject_id == KEPT
    ]
    merged = fold(read, RULE, now, [Slot(KEPT)])
    assert said(merged) == said(fold(facts(story, one_line=True), RULE, now, [Slot(KEPT)]))
    # An entry that is asked for by itself still has its own line, merged or not.
    alone = [fact for act in newest(split, DUPLICATE) for fact in _as_read(act, KEPT)]
    own = fold([fact for fact in alone if fact.subject_id == DUPLICATE], RULE, now, [Slot(DUPLICATE)])
    assert own == fold(newest(split, DUPLICATE), RULE, now, [Slot(DUPLICATE)])


def write(world: World, story: list[Any], here: Person, elsewhere: Person) -> None:
    """Write a story into the ledger, each act in its own entry's line."""
    version = world.version_of_thursday
    before: dict[UUID, Act] = {}
    start = timezone.now() - timedelta(days=30)
    for hours, (is_elsewhere, kind, _number, days) in enumerate(story):
        person = elsewhere if is_elsewhere else here
        at = start + timedelta(hours=hours)
        recorded = {"route": "paper", "dated_on": at.date(), "recorded_by_id": world.ids["nadia"][1]}
        act = Act(
            act=kind,
            document_id=version.document_id,
            version=version,
            group_id=version.group_id,
            subject=person,
            signer=person,
            meaning="promise" if kind in PROMISED else "",
            evidence={},
            at=at,
            valid_until=at + timedelta(days=days) if kind in PROMISED else None,
            supersedes=before.get(person.pk),
            **recorded,
        )
        act.save()
        before[person.pk] = act


def stand(world: World, *people: Person) -> list[PersonStanding]:
    with acting_as_system("tests"):
        found = standings(None, [world.thursday.pk], [one.pk for one in people])
    return [found[world.thursday.pk, one.pk] for one in people]


def state_and_moment(one: PersonStanding) -> list[Any]:
    return [(answer.standing.state, answer.standing.act and answer.standing.act.at) for answer in one.answers]


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(story=st.lists(answers, max_size=5))
def test_in_the_database_too_and_taking_it_back_gives_the_two_standings_of_before(
    world: World, story: list[Any]
) -> None:
    kept, duplicate, single = (make_person(name) for name in ("Ana Ruiz", "Ana R.", "Ana Only"))
    write(world, story, kept, duplicate)
    write(world, story, single, single)
    apart = stand(world, kept, duplicate)
    with at_work(world.ada) as ada:
        row = merge_persons(kept_id=kept.pk, duplicate_id=duplicate.pk, by=ada)
    together, one_line = stand(world, kept, single)
    expected = state_and_moment(one_line)
    found = state_and_moment(together)
    assert [state for state, _at in found] == [state for state, _at in expected]
    assert [bool(at) for _state, at in found] == [bool(at) for _state, at in expected]
    with at_work(world.ada) as ada:
        unmerge_persons(merge_id=row.pk, by=ada)
    assert stand(world, kept, duplicate) == apart
