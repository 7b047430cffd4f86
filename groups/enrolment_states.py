"""Which step of an enrolment may follow which, and who may take it: one pure table and its folds.

Source: domain reference 7.3. ``cleared`` is no step: the gate computes it. From ``preparing`` on the place itself
(``Membership.TRANSITIONS``) says what may follow.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from enum import StrEnum

from groups.models.enrolment import EnrolmentStep
from groups.screening import priorities

State = EnrolmentStep.State


class Who(StrEnum):
    """Who may take a step."""

    LEAD = "lead"
    PERSON = "person"
    CLOCK = "clock"


_LEAD = frozenset({Who.LEAD})
_ALL = frozenset({Who.LEAD, Who.PERSON, Who.CLOCK})
_ENDS: dict[str, frozenset[Who]] = {State.WITHDRAWN: frozenset({Who.LEAD, Who.CLOCK})}
_LOOKS: dict[str, frozenset[Who]] = {State.SCREENING_SCHEDULED: _LEAD, State.SCREENED: _LEAD}

#: state -> step that may follow -> who may take it. "" is before the first step.
TABLE: dict[str, dict[str, frozenset[Who]]] = {
    "": {State.INQUIRY: _LEAD, State.REFERRED: _LEAD, State.SUITABLE: _LEAD},
    State.INQUIRY: {State.REFERRED: _LEAD, **_LOOKS, **_ENDS},
    State.REFERRED: {**_LOOKS, **_ENDS},
    State.SCREENING_SCHEDULED: {**_LOOKS, **_ENDS},
    State.SCREENED: {State.SUITABLE: _LEAD, State.NOT_SUITABLE: _LEAD, State.DEFER: _LEAD, **_ENDS},
    State.DEFER: {**_LOOKS, State.SUITABLE: _LEAD, State.NOT_SUITABLE: _LEAD, **_ENDS},
    State.SUITABLE: {State.WAITLISTED: _LEAD, State.OFFERED: _LEAD, State.NOT_SUITABLE: _LEAD, **_ENDS},
    # On the list again with another priority is a step too.
    State.WAITLISTED: {
        State.WAITLISTED: _LEAD,
        State.OFFERED: _LEAD,
        State.DEFER: _LEAD,
        State.NOT_SUITABLE: _LEAD,
        **_ENDS,
    },
    # Those who do not sign in answer by telephone: whoever leads writes it down.
    State.OFFERED: {
        State.PREPARING: frozenset({Who.LEAD, Who.PERSON}),
        State.WAITLISTED: _ALL,
        State.WITHDRAWN: _ALL,
    },
    State.PREPARING: {},
    State.NOT_SUITABLE: {},
    State.WITHDRAWN: {},
}

#: Nothing follows these.
OVER: frozenset[str] = frozenset(state for state, following in TABLE.items() if not following)
#: Those who wait for something from the group, in the order of the list.
OPEN: tuple[str, ...] = tuple(state for state in State.values if state not in OVER)
#: Those whom the overlap check compares. From the decision on: a mere enquiry is a name that anybody can give.
COMPARED = (State.SUITABLE, State.WAITLISTED, State.OFFERED)
#: An offer stands this long unless another day is chosen. Our choice: a week has a working day and a weekend to think.
OFFER_LASTS = timedelta(days=7)
#: No offer stands longer. Our choice: a place that waits a month is a place that nobody has.
OFFER_LASTS_AT_MOST = timedelta(days=30)


def may_follow(state: str, to: str, who: Who) -> bool:
    """Tell whether ``who`` may take the step to ``to`` from ``state``."""
    return who in TABLE[state].get(to, frozenset())


def next_steps(state: str, who: Who) -> list[str]:
    """Return the steps that ``who`` may take from ``state``, in the order of the table."""
    return [to for to, allowed in TABLE[state].items() if who in allowed]


def in_order(steps: Iterable[EnrolmentStep]) -> list[EnrolmentStep]:
    """Return the steps of one enrolment as they followed each other."""
    return sorted(steps, key=lambda step: step.number)


def waits_since(steps: Sequence[EnrolmentStep]) -> datetime | None:
    """Return since when the person waits for a place: the first time on the list, or of an offer; None before.

    An offer that came to nothing takes nobody's rank: it counts from the same moment again.
    """
    waits = (State.WAITLISTED, State.OFFERED)
    return next((step.taken_at for step in in_order(steps) if step.state in waits), None)


def priority_of(steps: Sequence[EnrolmentStep]) -> str:
    """Return the code of the priority that was last given on the waiting list, or ""."""
    given = [step.code for step in in_order(steps) if step.state == State.WAITLISTED and step.code in priorities()]
    return given[-1] if given else ""
