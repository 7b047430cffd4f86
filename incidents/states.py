"""The life of a concern as a table: states, the steps between them, and the words for each.

One table feeds the services, the database constraints, the pages and docs/concern-states.md.
"""

from dataclasses import dataclass

from django.db import models
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class State(models.TextChoices):
    """Where a concern stands, in the order in which it gets there."""

    RECEIVED = "received", _("Received")
    ACKNOWLEDGED = "acknowledged", _("Being looked at")
    ASSESSED = "assessed", _("Looked into")
    CLOSED = "closed", _("Closed")


INITIAL = State.RECEIVED

# What each step leads to. A state without a step out of it is read-only for ever.
TRANSITIONS: dict[State, dict[str, State]] = {
    State.RECEIVED: {"acknowledge": State.ACKNOWLEDGED},
    State.ACKNOWLEDGED: {"assess": State.ASSESSED},
    State.ASSESSED: {"close": State.CLOSED},
    State.CLOSED: {},
}


class Outcome(models.TextChoices):
    """What was found, as one key for the register (our choice: the determinations of the incident workflow)."""

    PRIVACY_BREACH = "privacy_breach", _("Private information got out")
    AGREEMENT_BROKEN = "agreement_broken", _("A promise of the group was broken")
    BOUNDARY_UNCLEAR = "boundary_unclear", _("A boundary was unclear and is clear now")
    REQUIRED_DISCLOSURE = "required_disclosure", _("The law required what was told")
    NOTHING_FOUND = "nothing_found", _("We found no breach")
    ELSEWHERE = "elsewhere", _("It belongs somewhere else, and we said where")


@dataclass(frozen=True)
class Words:
    """What the reporter reads about a state: how it stands and what happens next."""

    standing: str | Promise
    next: str | Promise


REPORTER_WORDS: dict[State, Words] = {
    State.RECEIVED: Words(
        _("We have your concern. Nobody has opened it yet."),
        _("Somebody who is not named in it reads it and says so here, within three working days."),
    ),
    State.ACKNOWLEDGED: Words(
        _("Somebody who is not named in it has read it."),
        _("They look into what happened. You do not have to do anything."),
    ),
    State.ASSESSED: Words(
        _("We have looked into it."),
        _("You read here what we decided, when the concern is closed."),
    ),
    State.CLOSED: Words(
        _("It is closed. Nothing in it can be changed any more."),
        _("If something new happens, raise a new concern."),
    ),
}


def target(state: State, step: str) -> State | None:
    """Return where ``step`` leads from ``state``, or None when the table has no such step."""
    return TRANSITIONS[state].get(step)


def pairs() -> list[tuple[str, str]]:
    """Return every legal (from, to) pair, in the order of the table."""
    return [(origin.value, goal.value) for origin, steps in TRANSITIONS.items() for goal in steps.values()]


def diagram() -> str:
    """Return docs/concern-states.md: the table as a Mermaid state diagram with one line for each state."""
    lines = [
        "# The life of a concern",
        "",
        "Made from `incidents/states.py` by `manage.py concern_states`. Do not edit it by hand.",
        "",
        "```mermaid",
        "stateDiagram-v2",
        f"    [*] --> {INITIAL.value}",
    ]
    for origin, steps in TRANSITIONS.items():
        lines += [f"    {origin.value} --> {goal.value}: {step}" for step, goal in steps.items()]
        if not steps:
            lines.append(f"    {origin.value} --> [*]")
    lines += ["```", "", "| State | The reporter reads | Next |", "|---|---|---|"]
    lines += [f"| {state.value} | {words.standing} | {words.next} |" for state, words in REPORTER_WORDS.items()]
    return "\n".join([*lines, ""])
