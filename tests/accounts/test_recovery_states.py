"""No way through the steps skips the second person, the link to the new address, or the waiting time."""

from datetime import UTC, datetime, timedelta

import pytest
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from groupcare.access import Role
from groupcare.accounts.recovery_kinds import GOING_ON, LIVES, SELF, Check, State, Step, kinds, state_of
from groupcare.accounts.services.effects import EFFECTS

BEGIN = datetime(2026, 3, 1, 8, 0, tzinfo=UTC)
moments = st.integers(0, 40 * 24 * 60).map(lambda minutes: BEGIN + timedelta(minutes=minutes))
histories = st.dictionaries(st.sampled_from(list(Step)), moments)


@given(kind=st.sampled_from(list(kinds().values())), steps=histories, now=moments)
def test_nothing_is_ready_before_everything_needed_and_the_whole_wait_after_the_last_of_it(kind, steps, now):
    state = state_of(kind, opened_at=BEGIN, steps=steps, now=now)
    if state is State.READY:
        assert kind.needs <= steps.keys()
        assert all(now - steps[needed] >= kind.wait for needed in kind.needs)
        assert Step.STOPPED not in steps
        assert Step.CARRIED_OUT not in steps
    if state in GOING_ON:
        assert now < max([BEGIN, *(steps[needed] for needed in kind.needs & steps.keys())]) + kind.wait + LIVES


@given(kind=st.sampled_from(list(kinds().values())), steps=histories, now=moments)
def test_what_ended_stays_ended_whatever_the_clock_says(kind, steps, now):
    ended = {Step.CARRIED_OUT: State.DONE, Step.STOPPED: State.STOPPED}
    for step, state in ended.items():
        taken = {key: at for key, at in steps.items() if key not in ended} | {step: now}
        for later in (now, now + timedelta(days=1), now + timedelta(days=400)):
            assert state_of(kind, opened_at=BEGIN, steps=taken, now=later) is state


@given(kind=st.sampled_from(list(kinds().values())), steps=histories, now=moments, more=st.integers(1, 100_000))
def test_time_alone_never_opens_what_is_over(kind, steps, now, more):
    order = [State.OPEN, State.WAITING, State.READY, State.EXPIRED]
    before = state_of(kind, opened_at=BEGIN, steps=steps, now=now)
    after = state_of(kind, opened_at=BEGIN, steps=steps, now=now + timedelta(minutes=more))
    if before in order:
        assert order.index(after) >= order.index(before)
    else:
        assert after is before


@pytest.mark.parametrize("kind", kinds().values(), ids=lambda kind: kind.key)
def test_every_kind_waits_names_what_it_does_and_takes_a_second_person_or_the_new_mailbox(kind):
    assert kind.wait >= timedelta(hours=24)
    assert kind.does in EFFECTS
    assert kind.needs <= {Step.APPROVED, Step.CONFIRMED}
    assert (Step.APPROVED in kind.needs) == (kind.opened_by != {SELF})
    assert bool(kind.approved_by) == (Step.APPROVED in kind.needs)
    assert (kind.opened_by | kind.approved_by | kind.stands_in) - {SELF} <= set(Role.values)
    assert set(kind.checks) <= set(Check.values)
    for language in ("en", "es"):
        with translation.override(language):
            assert kind.name
            assert kind.explains.endswith(".")
