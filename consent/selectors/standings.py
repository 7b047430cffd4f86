"""Who may come in: one query for a whole roster, folded by :mod:`consent.standing` (foundation F12)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from django.utils import timezone

from consent.kinds import load_kind
from consent.models import ActKind, Capacity, ConsentBasis, Gate, GuardianLink, Requirement, SignersPolicy, Who
from consent.selectors.roster import BASIS, FOR_MEMBERS, LINK, OVERRIDE, Row, roster_rows
from consent.standing import (
    ActFact,
    Grace,
    Override,
    Rule,
    Signed,
    Slot,
    Standing,
    State,
    contradict,
    joined,
    lines,
    owed,
    worst,
)
from groupcare.access import Right
from groupcare.accounts.models import Person
from groups.permissions import groups_with

Decides = ConsentBasis.Decides
#: Of whom something is asked, by who decides; who has no basis decides alone. Source: domain reference, section 2.8.
ASKED: dict[str, frozenset[Who]] = {
    Decides.ADULT: frozenset({Who.MEMBER, Who.ADULT_MEMBER}),
    Decides.YOUNG: frozenset({Who.MEMBER, Who.ADULT_MEMBER, Who.YOUNG_MEMBER}),
    Decides.GUARDIAN: frozenset({Who.MEMBER, Who.YOUNG_MEMBER, Who.GUARDIAN}),
    Decides.BOTH: frozenset({Who.MEMBER, Who.ADULT_MEMBER, Who.YOUNG_MEMBER, Who.GUARDIAN}),
}
# What an override does not pass over: a no, and two answers of which one is a no.
_NO = frozenset({State.CONFLICTING, State.WITHDRAWN, State.DECLINED})


@dataclass(frozen=True, slots=True)
class Answer:
    """The standing of one person under one rule, and of each signature line under it."""

    rule: Rule
    standing: Standing
    slots: tuple[Signed, ...] = ()

    @property
    def owed(self) -> tuple[Slot, ...]:
        """Return whose signature would bring it in order; nobody where it is, or where somebody chose otherwise."""
        return owed(self.slots, self.rule) if self.standing.state != State.CONFLICTING else ()

    @property
    def by_themselves(self) -> "Answer":
        """Return the answer as its own signature lines have it, without what others answered beside it."""
        return replace(self, standing=joined(self.slots, self.rule.signers))

    @property
    def said_no(self) -> bool:
        """Return whether anybody who is asked said no, whatever the rest said."""
        return self.standing.state in _NO or any(one.standing.state in _NO for one in self.slots)


@dataclass(frozen=True, slots=True)
class PersonStanding:
    """The standing of one person in one group: the worst of what its gate asks for.

    ``answers`` holds all that is asked of or for the person, ``at_gate`` what a session waits for.

    ``lacks_permission``: guardians decide, and the group has published nothing in force that they could answer. A
    permission that nobody could give is there for nobody, so the gate stays shut (fail closed); no grace period and no
    override passes over it (our choice, because nobody said yes for the young person).
    """

    person_id: UUID
    group_id: UUID
    answers: tuple[Answer, ...]
    override: Override | None = None
    lacks_permission: bool = False

    @property
    def at_gate(self) -> tuple[Answer, ...]:
        """Return the answers that a session waits for."""
        return tuple(one for one in self.answers if one.rule.gate == Gate.SESSION)

    @property
    def standing(self) -> Standing:
        """Return the worst standing; ``missing`` where nothing, or no permission, is published (fail closed)."""
        found = [answer.standing for answer in self.at_gate]
        return worst([*found, Standing(State.MISSING)] if self.lacks_permission else found)

    @property
    def worst(self) -> Answer | None:
        """Return the answer that decides; None where the group has published nothing, or no permission."""
        found = min(self.at_gate, key=lambda one: one.standing.rank, default=None)
        return None if found is not None and self.standing.rank < found.standing.rank else found

    @property
    def own_answers(self) -> tuple[Answer, ...]:
        """Return what the person answers themselves, without what guardians answered: that is not theirs to read."""
        return tuple(one.by_themselves for one in self.answers if one.rule.who != Who.GUARDIAN)

    @property
    def own_state(self) -> State:
        """Return the state of what the person answers themselves; ``missing`` where nothing is asked of them."""
        return worst(one.standing for one in self.own_answers if one.rule.gate == Gate.SESSION).state

    @property
    def state(self) -> State:
        """Return the state of the worst standing."""
        return self.standing.state

    @property
    def cleared(self) -> bool:
        """Return whether the gate opens for this person by what was promised."""
        return self.standing.cleared

    @property
    def can_be_overridden(self) -> bool:
        """Return whether one who leads may let the person in: something is missing, and nobody said no.

        Our choice: a no is an answer, and nobody else's to pass over; nor is a permission that nobody could give.
        """
        asked = bool(self.at_gate) and not self.lacks_permission
        return asked and not self.cleared and not any(one.said_no for one in self.at_gate)

    @property
    def let_in(self) -> Override | None:
        """Return the override that lets this person in now; None if none does, or need not."""
        return self.override if self.can_be_overridden else None

    def grace_for(self, joined: datetime, now: datetime | None = None) -> Grace | None:
        """Return the grace period that lets this person in without a promise; None if none does, or need not.

        Args:
            joined: from when on the person has belonged to the group.
            now: the moment asked about; the present if not given.
        """
        if self.lacks_permission:
            return None
        now = now or timezone.now()
        missing = [one for one in self.at_gate if not one.standing.cleared]
        found = [
            one.rule.grace
            for one in missing
            if one.rule.grace is not None and one.rule.grace.covers(one.standing.state, joined, now)
        ]
        return found[0] if missing and len(found) == len(missing) else None


@dataclass(slots=True)
class Facts:
    """What the query found, ready to be folded."""

    rules: dict[UUID | None, dict[UUID, Rule]] = field(default_factory=dict)
    acts: dict[tuple[UUID, UUID], list[ActFact]] = field(default_factory=dict)
    bases: dict[UUID, Row] = field(default_factory=dict)
    guardians: dict[UUID, dict[UUID, bool]] = field(default_factory=dict)
    overrides: dict[tuple[UUID | None, UUID], Row] = field(default_factory=dict)

    def slots(self, person_id: UUID, rule: Rule) -> tuple[Slot, ...]:
        """Return who signs for a person under a rule: the person, or each of their guardians."""
        if rule.who != Who.GUARDIAN:
            return (Slot(person_id, rule.capacity),)
        named = sorted(self.guardians.get(person_id, {}).items())
        return tuple(Slot(guardian, rule.capacity, by_order) for guardian, by_order in named)

    def asked_for(self, person_id: UUID) -> frozenset[Who]:
        """Return of whom something is asked for a person, by who decides."""
        basis = self.bases.get(person_id)
        return ASKED[basis.said if basis and basis.said else Decides.ADULT]

    def rules_for(self, person_id: UUID, group_id: UUID) -> list[Rule]:
        """Return the rules of a group that apply to a person, guardians' joined as that person's basis says."""
        basis, asked = self.bases.get(person_id), self.asked_for(person_id)
        found = [rule for rule in self.rules.get(group_id, {}).values() if rule.who in asked]
        policy = SignersPolicy(basis.policy) if basis and basis.policy else None
        return [replace(rule, signers=policy) if policy and rule.who == Who.GUARDIAN else rule for rule in found]


def standings(
    viewer: Person | None, group_ids: Iterable[UUID], person_ids: Iterable[UUID], now: datetime | None = None
) -> dict[tuple[UUID, UUID], PersonStanding]:
    """Return the standing of each person in each group, by ``(group id, person id)``, in one query.

    What is asked of guardians for a young person stands with the young person.

    Args:
        viewer: who asks. None is the gate itself and the sweeps, which see every group. Somebody who asks about
            others must see the group; otherwise everything looks missing.
        group_ids: the groups.
        person_ids: the people; each is looked up in each group.
        now: the moment asked about; the present if not given.
    """
    groups, people, now = list(group_ids), list(person_ids), now or timezone.now()
    asked = Requirement.objects.filter(
        who__in=FOR_MEMBERS,
        document__group__in=groups,
        document__person__isnull=True,
        document__retired_at__isnull=True,
    )
    if viewer is not None and set(people) != {viewer.pk}:
        asked = asked.filter(document__group__in=groups_with(viewer, Right.SEE_GROUP))
    facts = gathered(roster_rows(asked, groups, people, now))
    return {(group, person): _standing(facts, group, person, now) for group in groups for person in people}


def _standing(facts: Facts, group_id: UUID, person_id: UUID, now: datetime) -> PersonStanding:
    """Return the standing of one person in one group."""
    answers = [answered(facts, rule, person_id, now) for rule in facts.rules_for(person_id, group_id)]
    permitted = any(one.rule.who == Who.GUARDIAN and one.rule.gate == Gate.SESSION for one in answers)
    return PersonStanding(
        person_id,
        group_id,
        tuple(_with_conflict(answers)),
        _override(facts, group_id, person_id, now),
        lacks_permission=Who.GUARDIAN in facts.asked_for(person_id) and not permitted,
    )


def answered(facts: Facts, rule: Rule, person_id: UUID, now: datetime) -> Answer:
    """Return how a person stands under one rule."""
    signed = lines(facts.acts.get((rule.document_id, person_id), ()), rule, now, facts.slots(person_id, rule))
    return Answer(rule, joined(signed, rule.signers), signed)


def _with_conflict(answers: Sequence[Answer]) -> list[Answer]:
    """Return the answers, those of a young person and their guardians as conflicting where one said yes and one no."""
    pair: dict[Who, list[Answer]] = {
        who: [one for one in answers if one.rule.who == who and one.rule.gate == Gate.SESSION]
        for who in (Who.YOUNG_MEMBER, Who.GUARDIAN)
    }
    young, guardians = ([one.standing for one in found] for found in pair.values())
    conflict = contradict(young, guardians)
    if conflict is None:
        return list(answers)
    both = {one.rule.requirement_id for found in pair.values() for one in found}
    return [replace(one, standing=conflict) if one.rule.requirement_id in both else one for one in answers]


def _override(facts: Facts, group_id: UUID, person_id: UUID, now: datetime) -> Override | None:
    """Return the override that runs for a person in a group, whether or not it opens anything."""
    row = facts.overrides.get((group_id, person_id))
    if row is None or row.row_id is None or row.at is None or row.until is None or row.until <= now:
        return None
    return Override(row.row_id, row.at, row.until)


def gathered(rows: Iterable[Row]) -> Facts:
    """Return the facts of the query's rows, each also as the kept entry's where an entry is merged into another."""
    facts = Facts()
    for row in rows:
        if row.part == BASIS:
            for person_id in _entries(row):
                _keep_latest(facts.bases, person_id, row)
        elif row.part == OVERRIDE:
            for person_id in _entries(row):
                _keep_latest(facts.overrides, (row.group_id, person_id), row)
        elif row.part == LINK:
            _add_guardian(facts, row)
        else:
            _add_rule(facts, row)
    return facts


def _entries(row: Row) -> tuple[UUID, ...]:
    """Return the entries of the human a row is about: its own, and the one it is merged into."""
    return tuple(one for one in (row.subject_id, row.subject_kept) if one is not None)


def _keep_latest(found: dict[Any, Row], key: Any, row: Row) -> None:
    known = found.get(key)
    if known is None or (known.at or _NEVER, str(known.row_id)) < (row.at or _NEVER, str(row.row_id)):
        found[key] = row


def _add_guardian(facts: Facts, row: Row) -> None:
    guardian = row.signer_kept or row.signer_id
    if guardian is None:
        return
    for person_id in _entries(row):
        named = facts.guardians.setdefault(person_id, {})
        named[guardian] = named.get(guardian, False) or row.said == GuardianLink.Authority.COURT


def _add_rule(facts: Facts, row: Row) -> None:
    """Add a rule and the answer that stands beside it; a document of which nothing counts yet asks nobody."""
    if row.number is None or row.requirement_id is None:
        return
    facts.rules.setdefault(row.group_id, {})[row.requirement_id] = _rule(row)
    if row.row_id is not None:
        fact = _fact(row)
        for one in _as_read(fact, row.subject_kept, row.signer_kept):
            facts.acts.setdefault((one.document_id, one.subject_id), []).append(one)


def _as_read(fact: ActFact, kept: UUID | None, signer_kept: UUID | None = None) -> tuple[ActFact, ...]:
    """Return an act as it stands, and for an entry merged into another one also as that one's.

    The two lines of one human are so folded as the answers of one signer, by their times. Who signs for somebody else
    is always read as the entry that is kept: the links to guardians are read so too.
    """
    if fact.signer_id != fact.subject_id and signer_kept is not None:
        fact = replace(fact, signer_id=signer_kept)
    if kept is None:
        return (fact,)
    signer = kept if fact.signer_id == fact.subject_id else fact.signer_id
    return (fact, replace(fact, subject_id=kept, signer_id=signer))


_NEVER = datetime.min.replace(tzinfo=UTC)


def _rule(row: Row) -> Rule:
    kind, who = load_kind(str(row.kind)), Who(str(row.who))
    signer = kind.signed_by(who)
    usual = Capacity.GUARDIAN if who == Who.GUARDIAN else Capacity.SELF
    return Rule(
        requirement_id=row.requirement_id,  # type: ignore[arg-type]
        document_id=row.document_id,  # type: ignore[arg-type]
        group_id=row.group_id,
        kind=kind.key,
        number=row.number or 0,
        published_at=row.published_at or _NEVER,
        signers=SignersPolicy(str(row.policy)),
        notice_days=row.notice_days or 0,
        spoken_allowed=kind.spoken_allowed,
        grace=Grace(row.grace_since, row.grace_until, row.grace_last_day)  # type: ignore[arg-type]
        if row.grace_until
        else None,
        who=who,
        capacity=signer.capacity if signer else usual,
        gate=Gate(str(row.gate)),
    )


def _fact(row: Row) -> ActFact:
    return ActFact(
        id=row.row_id,  # type: ignore[arg-type]
        act=ActKind(str(row.said)),
        document_id=row.document_id,  # type: ignore[arg-type]
        subject_id=row.subject_id,  # type: ignore[arg-type]
        signer_id=row.signer_id,  # type: ignore[arg-type]
        capacity=Capacity(str(row.capacity)),
        number=row.act_number or 0,
        at=row.at,  # type: ignore[arg-type]
        valid_until=row.until,
    )
