"""Writes docs/standing.md from the code: ``python -m tests.consent.standing_table``. A test compares the two."""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

PAGE = Path(__file__).resolve().parents[2] / "docs" / "standing.md"
NOW = datetime(2026, 6, 1, tzinfo=UTC)
DOCUMENT, YOUNG, MOTHER, FATHER = (UUID(int=number) for number in (1, 2, 3, 4))

HEAD = """# Standing: what the ledger says at one moment

Written by `python -m tests.consent.standing_table`; a test compares it with the code. Change the code, not this page.

Nothing stores a standing. One query reads what is asked, the latest answer in each signature line, who decides, the
guardians and the overrides (`consent/selectors/roster.py`); a pure function folds it (`consent/standing.py`).
The first state in this list that applies counts, and of several promises the worst: {states}.
The gate opens for {cleared}.

Who is asked follows from who decides about taking part (`ConsentBasis`); nobody is "missing" what is not asked of them.
Guardians who are asked and of whom none is recorded are missing: the gate stays shut. Where guardians are asked and
the group has nothing in force for them to answer at its gate, the permission is missing too (fail closed): a permission
that nobody could give is there for nobody, so neither a grace period nor an override passes over it (our choice).

{asked}

What others decide beside it: a grace period of the group lets in who belonged to it before, and an **override** lets in
one person for at most seven days with a reason (our choices). Neither changes a standing. An override opens nothing
against a no: whoever declined or withdrew, or whose guardian did, is not let in by anybody else (our choice, because a
no is an answer).

A no and a talk are answers to a question that is open. While a promise holds and its notice time has not begun, both
are refused: it is taken back instead, which first shows what that means, and a question is asked beside it (our choice,
because nobody should lose their place by asking). Of what guardians answer the young person and the other guardians see
only that a permission is missing or needs a talk.

Whether those who lead have signed is shown to the administrator; the gate does not shut on the group for it (our choice,
because members would pay for a leader's delay).
"""
#: The last answer of one signer, and what has happened since.
CASES: dict[str, tuple[str | None, int, int | None]] = {
    "nothing": (None, 2, None),
    "a yes": ("signed", 2, 300),
    "a yes in the month before it ends": ("signed", 2, 10),
    "a yes that ran out": ("signed", 2, -1),
    "a yes to an older version": ("signed", 1, 300),
    "wants to talk": ("talk_first", 2, None),
    "a no": ("declined", 2, None),
    "taken back": ("withdrawn", 2, None),
    "found not valid": ("invalidated", 2, None),
}


def facts(case: str, signer: UUID, capacity: str = "guardian") -> list[object]:
    """Return the acts of one signer in one case."""
    from consent.models import ActKind, Capacity
    from consent.standing import ActFact

    act, number, days = CASES[case]
    if act is None:
        return []
    until = None if days is None else NOW + timedelta(days=days)
    at = NOW - timedelta(days=30)
    return [ActFact(signer, ActKind(act), DOCUMENT, YOUNG, signer, Capacity(capacity), number, at, until)]


def rule(policy: str) -> object:
    """Return the rule of the tables: version 2, a month of notice."""
    from consent.models import SignersPolicy
    from consent.standing import Rule

    return Rule(DOCUMENT, DOCUMENT, None, "any", 2, NOW, SignersPolicy(policy), 30, True)


def fold_two(mother: str, father: str, policy: str) -> str:
    """Return the state of two guardians' permission; under a court order the mother is the one named."""
    from consent.models import Capacity
    from consent.standing import Slot, fold

    slots = [Slot(MOTHER, Capacity.GUARDIAN, by_order=True), Slot(FATHER, Capacity.GUARDIAN)]
    acts = facts(mother, MOTHER) + facts(father, FATHER)
    return str(fold(acts, rule(policy), NOW, slots).state)  # type: ignore[arg-type]


def fold_one(case: str) -> str:
    """Return the state of one signer."""
    from consent.standing import Slot, fold

    return str(fold(facts(case, YOUNG, "self"), rule("all_required"), NOW, [Slot(YOUNG)]).state)  # type: ignore[arg-type]


def fold_pair(young: str, guardians: str) -> str:
    """Return the state of assent and permission together."""
    from consent.standing import Standing, State, contradict, worst

    both = [Standing(State(young))], [Standing(State(guardians))]
    return str((contradict(*both) or worst([*both[0], *both[1]])).state)


def without_permission(decides: str) -> str:
    """Return the state of a member who signed, in a group that has published nothing for guardians."""
    from dataclasses import replace

    from consent.models import Capacity, Who
    from consent.selectors.roster import BASIS, Row
    from consent.selectors.standings import _standing, gathered

    blank = dict.fromkeys(Row._fields)
    who = {"part": BASIS, "said": decides, "policy": "any_one", "subject_id": YOUNG, "at": NOW}
    found = gathered([Row(**{**blank, **who})])
    found.rules[DOCUMENT] = {DOCUMENT: replace(rule("all_required"), who=Who.MEMBER, capacity=Capacity.SELF)}  # type: ignore[type-var]
    found.acts[DOCUMENT, YOUNG] = facts("a yes", YOUNG, "self")  # type: ignore[assignment]
    return str(_standing(found, DOCUMENT, YOUNG, NOW).state)


def _table(head: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    lines = [list(head)]
    lines += [["---"] * len(lines[0]), *map(list, rows)]
    return "\n".join("| " + " | ".join(cells) + " |" for cells in lines)


def _asked() -> Iterator[list[str]]:
    from consent.models import ConsentBasis
    from consent.selectors.standings import ASKED

    for decides in ConsentBasis.Decides:
        yield [str(decides), ", ".join(sorted(ASKED[decides])), without_permission(str(decides))]


def page() -> str:
    """Return the page as the code has it."""
    from consent.standing import CLEARED, PRECEDENCE

    states = ", ".join(str(one) for one in PRECEDENCE)
    parts = [
        HEAD.format(
            states=states,
            cleared=" and ".join(sorted(str(one) for one in CLEARED)),
            asked=_table(["decides", "asked of", "a yes, and no permission published"], _asked()),
        ),
        "## One signer: the latest answer\n",
        _table(["answer", "state"], ([case, fold_one(case)] for case in CASES)),
    ]
    names = {
        "all_required": "all of them",
        "any_one": "any one of them",
        "court_order": "the one in the row is named by a court order",
    }
    for policy, words in names.items():
        parts.append(f"\n## Two guardians: {words} (`{policy}`)\n")
        rows = ([one, *(fold_two(one, other, policy) for other in CASES)] for one in CASES)
        parts.append(_table(["one / other", *CASES], rows))
    parts.append("\n## Assent of the young person and permission of the guardians\n")
    parts.append("Two acts by separate people: a yes of one beside a no of the other is conflicting, for both.\n")
    rows = ([str(one), *(fold_pair(str(one), str(other)) for other in PRECEDENCE)] for one in PRECEDENCE)
    parts.append(_table(["assent / permission", *map(str, PRECEDENCE)], rows))
    return "\n".join(parts) + "\n"


if __name__ == "__main__":
    import django

    from tests import environment  # noqa: F401

    django.setup()
    PAGE.write_text(page(), encoding="utf-8")
