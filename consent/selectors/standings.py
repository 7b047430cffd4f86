"""Who may come in: one query for a whole roster, folded by :mod:`consent.standing` (foundation F12)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import F, FilteredRelation, OuterRef, Q, QuerySet, Subquery, Window
from django.db.models.functions import RowNumber
from django.utils import timezone

from consent.kinds import load_kind
from consent.models import ActKind, Capacity, Gate, GracePeriod, Requirement, SignersPolicy, Who
from consent.selectors.papers import in_force
from consent.standing import ActFact, Grace, Rule, Slot, Standing, State, fold, worst
from groupcare.access import Right
from groupcare.accounts.merge_models import as_one, kept_for
from groupcare.accounts.models import Person
from groups.permissions import groups_with

# Nobody has this id; it stands for an empty list, for which the join would otherwise drop the requirements too.
_NOBODY = UUID(int=0)


@dataclass(frozen=True, slots=True)
class Answer:
    """The standing of one person under one rule."""

    rule: Rule
    standing: Standing


@dataclass(frozen=True, slots=True)
class PersonStanding:
    """The standing of one person in one group: the worst of what its gate asks for."""

    person_id: UUID
    group_id: UUID
    answers: tuple[Answer, ...]

    @property
    def standing(self) -> Standing:
        """Return the worst standing; ``missing`` where the group has published nothing (fail closed)."""
        return worst(answer.standing for answer in self.answers)

    @property
    def worst(self) -> Answer | None:
        """Return the answer that decides; None where the group has published nothing."""
        return min(self.answers, key=lambda one: one.standing.rank, default=None)

    @property
    def state(self) -> State:
        """Return the state of the worst standing."""
        return self.standing.state

    @property
    def cleared(self) -> bool:
        """Return whether the gate opens for this person by what they promised."""
        return self.standing.cleared

    def grace_for(self, joined: datetime, now: datetime | None = None) -> Grace | None:
        """Return the grace period that lets this person in without a promise; None if none does, or need not.

        Args:
            joined: from when on the person has belonged to the group.
            now: the moment asked about; the present if not given.
        """
        now = now or timezone.now()
        owed = [one for one in self.answers if not one.standing.cleared]
        found = [
            one.rule.grace
            for one in owed
            if one.rule.grace is not None and one.rule.grace.covers(one.standing.state, joined, now)
        ]
        return found[0] if owed and len(found) == len(owed) else None


def standings(
    viewer: Person | None, group_ids: Iterable[UUID], person_ids: Iterable[UUID], now: datetime | None = None
) -> dict[tuple[UUID, UUID], PersonStanding]:
    """Return the standing of each person in each group, by ``(group id, person id)``, in one query.

    Args:
        viewer: who asks. None is the gate itself and the sweeps, which see every group. Somebody who asks about
            others must see the group; otherwise everything looks missing.
        group_ids: the groups.
        person_ids: the people; each is looked up in each group.
        now: the moment asked about; the present if not given.
    """
    groups, people, now = list(group_ids), list(person_ids), now or timezone.now()
    rules, acts = _read(viewer, groups, people)
    found = {}
    for group_id in groups:
        for person_id in people:
            answers = tuple(
                Answer(rule, fold(acts.get((rule.document_id, person_id), ()), rule, now, slots_of(person_id)))
                for rule in rules.get(group_id, ())
            )
            found[group_id, person_id] = PersonStanding(person_id, group_id, answers)
    return found


def slots_of(person_id: UUID) -> tuple[Slot, ...]:
    """Return who signs for a person: until guardians are recorded, the person alone."""
    return (Slot(person_id, Capacity.SELF),)


def _read(
    viewer: Person | None, groups: list[UUID], people: list[UUID]
) -> tuple[dict[UUID, list[Rule]], dict[tuple[UUID, UUID], list[ActFact]]]:
    """Return the rules by group and the latest acts by (document, subject)."""
    rules: dict[UUID, dict[UUID, Rule]] = {}
    acts: dict[tuple[UUID, UUID], list[ActFact]] = {}
    for row in latest_rows(viewer, groups, people):
        rules.setdefault(row["document__group_id"], {})[row["pk"]] = _rule(row)
        if row["answer__id"] is not None:
            for fact in _as_read(_fact(row), row["answer_kept"]):
                acts.setdefault((fact.document_id, fact.subject_id), []).append(fact)
    return {group: list(found.values()) for group, found in rules.items()}, acts


def _as_read(fact: ActFact, kept: UUID | None) -> tuple[ActFact, ...]:
    """Return an act as it stands, and for an entry merged into another one also as that one's.

    The two lines of one human are so folded as the answers of one signer, by their times.
    """
    if kept is None:
        return (fact,)
    signer = kept if fact.signer_id == fact.subject_id else fact.signer_id
    return (fact, replace(fact, subject_id=kept, signer_id=signer))


def latest_rows(viewer: Person | None, groups: list[UUID], people: list[UUID]) -> QuerySet[Requirement, dict[str, Any]]:
    """Return one row per requirement and signer: the newest version and the signer's latest answer, if any.

    An act of an entry merged into one of ``people`` comes with ``answer_kept``, the id of that one.

    Groups and people are filtered inside the window: outside of it the database numbers the whole ledger first.
    Source: foundation F12 (1,052 ms against 6 ms on SQLite).
    """
    newest = in_force().filter(document=OuterRef("document"), material=True)
    grace = GracePeriod.objects.filter(group=OuterRef("document__group")).order_by("-set_at", "-pk")
    answered = as_one("document__acts__subject", people or [_NOBODY]) & ~Q(document__acts__act=ActKind.PRESENTED)
    asked = Requirement.objects.filter(
        gate=Gate.SESSION,
        who__in=(Who.MEMBER, Who.ADULT_MEMBER),
        document__group__in=groups,
        document__retired_at__isnull=True,
    )
    if viewer is not None and set(people) != {viewer.pk}:
        asked = asked.filter(document__group__in=groups_with(viewer, Right.SEE_GROUP))
    return (
        asked.annotate(
            answer=FilteredRelation("document__acts", condition=answered),
            answer_kept=kept_for("answer__subject"),
            number=Subquery(newest.values("number")[:1]),
            published_at=Subquery(newest.values("published_at")[:1]),
            grace_since=Subquery(grace.values("since")[:1]),
            grace_until=Subquery(grace.values("until")[:1]),
            grace_last_day=Subquery(grace.values("last_day")[:1]),
            place=Window(
                RowNumber(),
                partition_by=[F("pk"), F("answer__subject"), F("answer__signer"), F("answer__capacity")],
                order_by=[F("answer__at").desc(), F("answer__id").desc()],
            ),
        )
        .filter(place=1)
        .values(*_COLUMNS)
    )


_COLUMNS = (
    "pk",
    "document_id",
    "document__group_id",
    "document__kind",
    "signers",
    "notice_days",
    "number",
    "published_at",
    "grace_since",
    "grace_until",
    "grace_last_day",
    "answer__id",
    "answer__act",
    "answer__subject_id",
    "answer_kept",
    "answer__signer_id",
    "answer__capacity",
    "answer__version__number",
    "answer__at",
    "answer__valid_until",
)


def _rule(row: Mapping[str, Any]) -> Rule:
    return Rule(
        requirement_id=row["pk"],
        document_id=row["document_id"],
        group_id=row["document__group_id"],
        kind=row["document__kind"],
        number=row["number"],
        published_at=row["published_at"],
        signers=SignersPolicy(row["signers"]),
        notice_days=row["notice_days"],
        spoken_allowed=load_kind(row["document__kind"]).spoken_allowed,
        grace=Grace(row["grace_since"], row["grace_until"], row["grace_last_day"]) if row["grace_until"] else None,
    )


def _fact(row: Mapping[str, Any]) -> ActFact:
    return ActFact(
        id=row["answer__id"],
        act=ActKind(row["answer__act"]),
        document_id=row["document_id"],
        subject_id=row["answer__subject_id"],
        signer_id=row["answer__signer_id"],
        capacity=Capacity(row["answer__capacity"]),
        number=row["answer__version__number"],
        at=row["answer__at"],
        valid_until=row["answer__valid_until"],
    )
