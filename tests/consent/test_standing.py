"""The fold: ten states, their precedence, several signers; nothing but the clock moves."""

from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from consent.models import PROMISES, ActKind, Capacity, SignersPolicy
from consent.standing import CLEARED, PRECEDENCE, ActFact, Rule, Slot, Standing, State, fold, worst

DOCUMENT, SUBJECT, MOTHER, FATHER = (UUID(int=number) for number in (1, 2, 3, 4))
DAY = timedelta(days=1)
START = datetime(2026, 1, 1, tzinfo=UTC)
RULE = Rule(
    requirement_id=UUID(int=9),
    document_id=DOCUMENT,
    group_id=UUID(int=8),
    kind="group_confidentiality_agreement",
    number=2,
    published_at=START,
    signers=SignersPolicy.ALL_REQUIRED,
    notice_days=30,
    spoken_allowed=True,
)
ALONE = (Slot(SUBJECT),)
PARENTS = (Slot(MOTHER, Capacity.GUARDIAN), Slot(FATHER, Capacity.GUARDIAN))


def rule(**changes):
    return Rule(**{**{name: getattr(RULE, name) for name in RULE.__slots__}, **changes})


def act(kind=ActKind.SIGNED, *, at=START, number=2, signer=SUBJECT, capacity=Capacity.SELF, days=365, id=None):
    promise = kind in {ActKind.SIGNED, ActKind.AGREED_ALOUD}
    return ActFact(
        id=id or uuid4(),
        act=kind,
        document_id=DOCUMENT,
        subject_id=SUBJECT,
        signer_id=signer,
        capacity=capacity,
        number=number,
        at=at,
        valid_until=at + days * DAY if promise and days else None,
    )


def parent(signer, kind=ActKind.SIGNED, **more):
    return act(kind, signer=signer, capacity=Capacity.GUARDIAN, **more)


def state(acts, at=START + DAY, slots=ALONE, **changes):
    return fold(acts, rule(**changes), at, slots).state


def test_the_precedence_is_the_one_of_the_foundations():
    # Foundations F12: "conflicting, invalidated, withdrawn, declined, talk first, missing, superseded, expired, due,
    # current".
    assert [str(one) for one in PRECEDENCE] == [
        "conflicting",
        "invalidated",
        "withdrawn",
        "declined",
        "talk_first",
        "missing",
        "superseded",
        "expired",
        "due",
        "current",
    ]
    assert {str(one) for one in CLEARED} == {"current", "due"}


@pytest.mark.parametrize("place", range(len(PRECEDENCE) - 1))
def test_of_two_states_the_earlier_in_the_precedence_counts(place):
    earlier, later = Standing(PRECEDENCE[place]), Standing(PRECEDENCE[place + 1])
    assert worst([later, earlier]).state == worst([earlier, later]).state == PRECEDENCE[place]


def test_nothing_at_all_is_missing():
    assert worst([]).state == State.MISSING
    assert state([]) == State.MISSING
    assert state([act()], slots=()) == State.MISSING


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        (ActKind.INVALIDATED, State.INVALIDATED),
        (ActKind.WITHDRAWN, State.WITHDRAWN),
        (ActKind.DECLINED, State.DECLINED),
        (ActKind.TALK_FIRST, State.TALK_FIRST),
    ],
)
def test_the_latest_answer_of_a_person_counts(kind, expected):
    assert state([act(), act(kind, at=START + DAY)], START + 2 * DAY) == expected
    assert state([act(kind), act(at=START + DAY)], START + 2 * DAY) == State.CURRENT


def test_having_read_it_is_no_answer():
    assert state([act(ActKind.PRESENTED, days=0)]) == State.MISSING
    assert state([act(), act(ActKind.PRESENTED, at=START + DAY, days=0)], START + 2 * DAY) == State.CURRENT


def test_only_the_clock_moves_and_the_same_rows_give_another_standing():
    # Signed on day 0 for 365 days with 30 days of notice: due from day 335, run out from day 365.
    rows = [act()]
    moments = {
        0: State.CURRENT,
        334: State.CURRENT,
        335: State.DUE,
        364: State.DUE,
        365: State.EXPIRED,
        9000: State.EXPIRED,
    }
    assert {day: state(rows, START + day * DAY) for day in moments} == moments
    assert state(rows, START + 335 * DAY - timedelta(microseconds=1)) == State.CURRENT
    assert state(rows, START + 365 * DAY - timedelta(microseconds=1)) == State.DUE


def test_a_promise_without_an_end_stays_current():
    assert state([act(days=0)], START + 9000 * DAY) == State.CURRENT


def test_a_new_version_supersedes_even_what_ran_out():
    assert state([act(number=1)]) == State.SUPERSEDED
    assert state([act(number=1)], START + 400 * DAY) == State.SUPERSEDED


def test_a_spoken_promise_counts_only_where_the_kind_allows_it():
    aloud = [act(ActKind.AGREED_ALOUD)]
    assert state(aloud) == State.CURRENT
    assert state(aloud, spoken_allowed=False) == State.MISSING


def test_acts_of_another_document_signer_or_capacity_do_not_count():
    other = ActFact(**{**{name: getattr(act(), name) for name in ActFact.__slots__}, "document_id": UUID(int=77)})
    assert state([other]) == State.MISSING
    assert state([act(signer=MOTHER)]) == State.MISSING
    assert state([act(capacity=Capacity.GUARDIAN)]) == State.MISSING


@pytest.mark.parametrize("policy", [SignersPolicy.ALL_REQUIRED, SignersPolicy.ANY_ONE])
@pytest.mark.parametrize("no", [ActKind.DECLINED, ActKind.WITHDRAWN])
def test_one_yes_and_one_no_are_conflicting(policy, no):
    acts = [parent(MOTHER), parent(FATHER, no, at=START + DAY)]
    assert state(acts, START + 2 * DAY, PARENTS, signers=policy) == State.CONFLICTING


def test_when_all_are_required_the_worst_counts():
    assert state([parent(MOTHER)], slots=PARENTS) == State.MISSING
    assert state([parent(MOTHER), parent(FATHER)], slots=PARENTS) == State.CURRENT
    assert state([parent(MOTHER), parent(FATHER, number=1)], slots=PARENTS) == State.SUPERSEDED
    both = [parent(MOTHER, ActKind.DECLINED), parent(FATHER, ActKind.TALK_FIRST)]
    assert state(both, slots=PARENTS) == State.DECLINED


def test_when_any_one_is_enough_silence_is_no_obstacle_but_a_choice_is():
    any_one = {"slots": PARENTS, "signers": SignersPolicy.ANY_ONE}
    assert state([parent(MOTHER)], **any_one) == State.CURRENT
    assert state([parent(MOTHER), parent(FATHER, number=1)], **any_one) == State.CURRENT
    assert state([parent(MOTHER), parent(FATHER, ActKind.TALK_FIRST)], **any_one) == State.TALK_FIRST
    assert state([], **any_one) == State.MISSING


def test_under_a_court_order_only_the_named_person_counts():
    named = (Slot(MOTHER, Capacity.GUARDIAN, by_order=True), Slot(FATHER, Capacity.GUARDIAN))
    acts = [parent(MOTHER), parent(FATHER, ActKind.DECLINED)]
    assert state(acts, slots=named, signers=SignersPolicy.COURT_ORDER) == State.CURRENT
    assert state(acts, slots=PARENTS, signers=SignersPolicy.COURT_ORDER) == State.MISSING


# --- properties ---------------------------------------------------------------------------------------------

KINDS = st.sampled_from(list(ActKind))
ACTS = st.builds(
    lambda kind, hours, number, who, days: act(
        kind, at=START + hours * timedelta(hours=1), number=number, signer=who[0], capacity=who[1], days=days
    ),
    KINDS,
    st.integers(0, 24 * 400),
    st.integers(1, 2),
    st.sampled_from([(SUBJECT, Capacity.SELF), (MOTHER, Capacity.GUARDIAN), (FATHER, Capacity.GUARDIAN)]),
    st.sampled_from([0, 1, 30, 365]),
)
SLOTS = st.sampled_from([ALONE, PARENTS, (*ALONE, *PARENTS), (Slot(MOTHER, Capacity.GUARDIAN, by_order=True),)])
POLICIES = st.sampled_from(list(SignersPolicy))
MOMENTS = st.integers(0, 24 * 800).map(lambda hours: START + hours * timedelta(hours=1))


@given(st.lists(ACTS, max_size=8), st.randoms(use_true_random=False), SLOTS, POLICIES, MOMENTS)
def test_the_order_of_the_rows_changes_nothing(acts, random, slots, policy, now):
    shuffled = list(acts)
    random.shuffle(shuffled)
    assert state(acts, now, slots, signers=policy) == state(shuffled, now, slots, signers=policy)


@given(st.lists(ACTS, max_size=8), SLOTS, POLICIES, MOMENTS)
def test_only_the_latest_answer_of_each_signer_is_needed(acts, slots, policy, now):
    latest = {}
    for one in acts:
        if one.act != ActKind.PRESENTED:
            key = (one.signer_id, one.capacity)
            latest[key] = max(latest.get(key, one.at), one.at)
    kept = [one for one in acts if one.act != ActKind.PRESENTED and latest[one.signer_id, one.capacity] == one.at]
    assert state(acts, now, slots, signers=policy) == state(kept, now, slots, signers=policy)


@given(st.lists(ACTS, max_size=8), SLOTS, POLICIES, MOMENTS, st.integers(0, 24 * 800))
def test_time_alone_never_opens_the_gate(acts, slots, policy, now, later):
    # The ledger does not change; whoever is not cleared now is not cleared at any later moment either.
    if state(acts, now, slots, signers=policy) not in CLEARED:
        assert state(acts, now + later * timedelta(hours=1), slots, signers=policy) not in CLEARED


@given(st.lists(ACTS, max_size=8), MOMENTS)
def test_a_newer_version_never_opens_the_gate(acts, now):
    assert state(acts, now, number=3) not in CLEARED


@given(st.lists(ACTS, max_size=8), SLOTS, MOMENTS)
def test_all_required_is_never_better_than_any_one(acts, slots, now):
    strict = fold(acts, rule(signers=SignersPolicy.ALL_REQUIRED), now, slots)
    mild = fold(acts, rule(signers=SignersPolicy.ANY_ONE), now, slots)
    assert strict.rank <= mild.rank


@given(st.lists(ACTS, max_size=8), st.lists(ACTS, min_size=1, max_size=8), SLOTS, MOMENTS)
def test_clearance_always_rests_on_a_promise_to_the_newest_version(acts, more, slots, now):
    found = fold([*acts, *more], RULE, now, slots)
    if found.cleared:
        assert found.act is not None
        assert found.act.number == RULE.number
        assert found.act.act in PROMISES
