"""Whatever steps people try in whatever order, nothing leaves unchecked, unapproved or twice."""

from datetime import timedelta

import pytest
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from groups.models import RecordStep
from groups.record_states import ASKED, TRANSITIONS, current_round, ends_at, in_order, may_follow, state_of

Kind = RecordStep.Kind


def walked(tries: list[str], *, for_member: bool) -> list[RecordStep]:
    """Return the steps that the table let through."""
    steps: list[RecordStep] = []
    for kind in tries:
        if may_follow(state_of(steps), kind, for_member=for_member):
            before = steps[-1] if steps else None
            steps.append(RecordStep(kind=kind, supersedes=before, taken_at=timezone.now()))
    return steps


@given(tries=st.lists(st.sampled_from(list(Kind)), max_size=30), for_member=st.booleans())
def test_nothing_is_released_unchecked_or_without_a_second_person_and_each_release_is_taken_at_most_once(
    tries: list[str], for_member: bool
) -> None:
    steps = walked(tries, for_member=for_member)
    since: list[str] = []
    for step in steps:
        since = [] if step.kind == Kind.PREPARED else [*since, step.kind]
        if step.kind == Kind.RELEASED:
            assert Kind.CHECKED in since
            assert for_member or Kind.APPROVED in since
        assert since.count(Kind.RELEASED) <= 1
        assert since.count(Kind.DOWNLOADED) <= since.count(Kind.RELEASED)
    assert [one.kind for one in steps[:-1]].count(Kind.CANCELLED) == 0
    assert set(current_round(steps)) <= set(Kind)


@given(tries=st.lists(st.sampled_from(list(Kind)), max_size=12), seed=st.randoms())
def test_steps_are_in_order_whatever_order_they_are_read_in(tries: list[str], seed: object) -> None:
    steps = walked(tries, for_member=True)
    mixed = list(steps)
    seed.shuffle(mixed)  # type: ignore[attr-defined]
    assert [one.pk for one in in_order(mixed)] == [one.pk for one in steps]


@pytest.mark.parametrize(
    ("kinds", "lasts"),
    [
        ([], None),
        ([Kind.PREPARED], timedelta(days=7)),
        ([Kind.PREPARED, Kind.CHECKED], timedelta(days=7)),
        ([Kind.PREPARED, Kind.CHECKED, Kind.RELEASED], timedelta(hours=24)),
        ([Kind.PREPARED, Kind.CHECKED, Kind.RELEASED, Kind.DOWNLOADED], None),
        ([Kind.CANCELLED], None),
    ],
)
def test_a_draft_lasts_a_week_from_its_making_and_a_copy_a_day(kinds: list[str], lasts: timedelta | None) -> None:
    now = timezone.now()
    steps = [RecordStep(kind=kind, taken_at=now) for kind in kinds]
    assert ends_at(steps) == (None if lasts is None else now + lasts)


def test_the_table_names_every_state_and_only_cancelling_is_for_good() -> None:
    assert set(TRANSITIONS) == {ASKED, *Kind}
    assert [state for state, after in TRANSITIONS.items() if not after] == [Kind.CANCELLED]
