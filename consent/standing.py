"""Standing: what the ledger says at one moment. Pure functions; no database, no clock of their own.

Source: foundation F12 (the ten states, their precedence, the policies for several signers).
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import StrEnum
from uuid import UUID

from consent.models import PROMISES, ActKind, Capacity, Gate, SignersPolicy, Who


class State(StrEnum):
    """The ten states, worst first: this order is their precedence."""

    CONFLICTING = "conflicting"
    INVALIDATED = "invalidated"
    WITHDRAWN = "withdrawn"
    DECLINED = "declined"
    TALK_FIRST = "talk_first"
    MISSING = "missing"
    SUPERSEDED = "superseded"
    EXPIRED = "expired"
    DUE = "due"
    CURRENT = "current"


PRECEDENCE: tuple[State, ...] = tuple(State)
# The gate opens for these two only: a promise that is due still holds until its last day.
CLEARED = frozenset({State.CURRENT, State.DUE})
# A person who chose, or asked to talk, gets a talk and no reminder.
CHOSEN = frozenset({State.WITHDRAWN, State.DECLINED, State.TALK_FIRST})
# A reminder helps only where something simply has not been done yet.
ASKS = frozenset({State.MISSING, State.SUPERSEDED, State.EXPIRED, State.DUE})

_RANK = {state: place for place, state in enumerate(PRECEDENCE)}
_SAID_YES = CLEARED | {State.SUPERSEDED, State.EXPIRED}
_SAID_NO = frozenset({State.WITHDRAWN, State.DECLINED})
_PROMISES = frozenset(PROMISES)
_ANSWERED = {
    ActKind.INVALIDATED: State.INVALIDATED,
    ActKind.WITHDRAWN: State.WITHDRAWN,
    ActKind.DECLINED: State.DECLINED,
    ActKind.TALK_FIRST: State.TALK_FIRST,
}


# While a grace period runs, the gate opens for these too: nothing was refused, it has just not been done yet.
GRACED = frozenset({State.MISSING, State.SUPERSEDED, State.EXPIRED})


@dataclass(frozen=True, slots=True)
class ActFact:
    """What the fold needs of one act; ``number`` is the version number it answers."""

    id: UUID
    act: ActKind
    document_id: UUID
    subject_id: UUID
    signer_id: UUID
    capacity: Capacity
    number: int
    at: datetime
    valid_until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Grace:
    """Until when a group lets those in who belonged to it ``since``."""

    since: datetime
    until: datetime
    last_day: date

    def covers(self, state: State, joined: datetime, now: datetime) -> bool:
        """Return whether the gate opens for a standing that it would not open for; the standing stays as it is.

        Args:
            state: the person's standing.
            joined: from when on the person has belonged to the group.
            now: the moment asked about.
        """
        return state in GRACED and joined <= self.since and now < self.until


@dataclass(frozen=True, slots=True)
class Rule:
    """What is asked now: the newest ``number`` of a document, and how answers are joined and run out."""

    requirement_id: UUID
    document_id: UUID
    group_id: UUID | None
    kind: str
    number: int
    published_at: datetime
    signers: SignersPolicy
    notice_days: int
    spoken_allowed: bool
    grace: Grace | None = None
    who: Who = Who.MEMBER
    capacity: Capacity = Capacity.SELF
    gate: Gate = Gate.SESSION


@dataclass(frozen=True, slots=True)
class Slot:
    """One signature line: who, as what, and whether a court named this person."""

    signer_id: UUID
    capacity: Capacity = Capacity.SELF
    by_order: bool = False


@dataclass(frozen=True, slots=True)
class Override:
    """That one who leads lets a person in until a day, and when that was decided; never against a no."""

    id: UUID
    at: datetime
    until: datetime


@dataclass(frozen=True, slots=True)
class Standing:
    """A state, and the act it rests on (none where nobody answered)."""

    state: State
    act: ActFact | None = None

    @property
    def cleared(self) -> bool:
        """Return whether the gate opens."""
        return self.state in CLEARED

    @property
    def rank(self) -> int:
        """Return the place in the precedence; smaller is worse."""
        return _RANK[self.state]


@dataclass(frozen=True, slots=True)
class Signed:
    """How one signature line stands."""

    slot: Slot
    standing: Standing


def fold(acts: Iterable[ActFact], rule: Rule, now: datetime, slots: Sequence[Slot]) -> Standing:
    """Return the standing of one subject under one rule at ``now``.

    Args:
        acts: acts of that subject, in any order; those of other documents or signers do not count.
        rule: what is required.
        now: the moment asked about; the only thing that moves.
        slots: who must answer. Nobody means that the promise is missing.
    """
    return joined(lines(acts, rule, now, slots), rule.signers)


def lines(acts: Iterable[ActFact], rule: Rule, now: datetime, slots: Sequence[Slot]) -> tuple[Signed, ...]:
    """Return how each signature line that counts stands; under a court order those alone whom it names."""
    mine = [act for act in acts if act.document_id == rule.document_id and act.act != ActKind.PRESENTED]
    if rule.signers == SignersPolicy.COURT_ORDER:
        slots = [slot for slot in slots if slot.by_order]
    return tuple(Signed(slot, _of_signer([act for act in mine if _signs(act, slot)], rule, now)) for slot in slots)


def owed(signed: Sequence[Signed], rule: Rule) -> tuple[Slot, ...]:
    """Return whose signature would bring the promise in order; nobody where it is, or where somebody chose otherwise.

    Where any one is enough, those who stand as the whole does; otherwise everybody who has not simply done it yet.
    """
    state = joined(signed, rule.signers).state
    if state not in ASKS:
        return ()
    if rule.signers == SignersPolicy.ANY_ONE:
        return tuple(one.slot for one in signed if one.standing.state == state)
    return tuple(one.slot for one in signed if one.standing.state in ASKS)


def contradict(assent: Sequence[Standing], permission: Sequence[Standing]) -> Standing | None:
    """Return the conflict between a young person and their guardians, if one side says yes and the other no.

    Assent and permission are separate acts by separate people, and neither stands for the other.

    Args:
        assent: how the young person's own answers stand.
        permission: how the guardians' answers stand.
    """
    for said, other in ((assent, permission), (permission, assent)):
        no = [one for one in other if one.state in _SAID_NO]
        if no and any(one.state in _SAID_YES for one in said):
            return replace(worst(no), state=State.CONFLICTING)
    return None


def worst(standings: Iterable[Standing]) -> Standing:
    """Return the standing that comes first in the precedence; ``missing`` if there is none."""
    return min(standings, key=lambda one: one.rank, default=Standing(State.MISSING))


def _signs(act: ActFact, slot: Slot) -> bool:
    return act.signer_id == slot.signer_id and act.capacity == slot.capacity


def _of_signer(acts: Sequence[ActFact], rule: Rule, now: datetime) -> Standing:
    """Return the standing by the latest act; of two at the same instant the worse one, so order never matters."""
    if not acts:
        return Standing(State.MISSING)
    last = max(act.at for act in acts)
    return worst(Standing(_state(act, rule, now), act) for act in acts if act.at == last)


def _state(act: ActFact, rule: Rule, now: datetime) -> State:
    if act.act not in _PROMISES:
        return _ANSWERED[act.act]
    if act.act == ActKind.AGREED_ALOUD and not rule.spoken_allowed:
        return State.MISSING
    if act.number < rule.number:
        return State.SUPERSEDED
    if act.valid_until is None:
        return State.CURRENT
    if now >= act.valid_until:
        return State.EXPIRED
    if now >= act.valid_until - timedelta(days=rule.notice_days):
        return State.DUE
    return State.CURRENT


def joined(signed: Sequence[Signed], policy: SignersPolicy) -> Standing:
    """Return one standing of several signers; ``missing`` where nobody is there to answer.

    One says yes and another says no: conflicting, whatever the policy. Otherwise the worst counts. Under
    ``any_one`` the silence of others, and what of theirs ran out, is no obstacle to the one who signed; a
    choice (withdrawn, declined, talk first) is never passed over.
    """
    found = [one.standing for one in signed]
    yes = any(one.state in _SAID_YES for one in found)
    no = [one for one in found if one.state in _SAID_NO]
    if yes and no:
        return Standing(State.CONFLICTING, worst(no).act)
    if policy != SignersPolicy.ANY_ONE:
        return worst(found)
    chosen = [one for one in found if one.state in CHOSEN]
    return worst(chosen) if chosen else max(found, key=lambda one: one.rank, default=Standing(State.MISSING))
