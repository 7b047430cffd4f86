"""Which step of a records request may follow which: one pure table and one fold."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from groups.models.record import RecordStep

ASKED = "asked"
_Kind = RecordStep.Kind

#: state -> steps that may follow
TRANSITIONS: dict[str, frozenset[str]] = {
    ASKED: frozenset({_Kind.PREPARED, _Kind.CANCELLED}),
    _Kind.PREPARED: frozenset({_Kind.PREPARED, _Kind.CHECKED, _Kind.EXPIRED, _Kind.CANCELLED}),
    _Kind.CHECKED: frozenset({_Kind.PREPARED, _Kind.APPROVED, _Kind.RELEASED, _Kind.EXPIRED, _Kind.CANCELLED}),
    _Kind.APPROVED: frozenset({_Kind.PREPARED, _Kind.RELEASED, _Kind.EXPIRED, _Kind.CANCELLED}),
    _Kind.RELEASED: frozenset({_Kind.DOWNLOADED, _Kind.EXPIRED, _Kind.CANCELLED}),
    _Kind.DOWNLOADED: frozenset({_Kind.PREPARED}),
    _Kind.EXPIRED: frozenset({_Kind.PREPARED, _Kind.CANCELLED}),
    _Kind.CANCELLED: frozenset(),
}
#: A released copy is there for a day. Source: SEC-69.
COPY_LASTS = timedelta(hours=24)
#: A draft waits this long for the name check and the second person. Our choice: a week has a working day for both.
DRAFT_LASTS = timedelta(days=7)
#: A person's own request is answered within this time. Source: 45 CFR 164.524(b)(2), not confirmed by counsel.
DUE_AFTER = timedelta(days=30)


def may_follow(state: str, kind: str, *, for_member: bool) -> bool:
    """Tell whether a step of ``kind`` may follow ``state``; to others nothing is released without a second person."""
    if kind == _Kind.RELEASED and state == _Kind.CHECKED and not for_member:
        return False
    return kind in TRANSITIONS[state]


def in_order(steps: Iterable[RecordStep]) -> list[RecordStep]:
    """Return the steps of one request as they followed each other, whatever their clocks say."""
    by_before = {step.supersedes_id: step for step in steps}
    found: list[RecordStep] = []
    following = by_before.get(None)
    while following is not None:
        found.append(following)
        following = by_before.get(following.pk)
    return found


def state_of(steps: list[RecordStep]) -> str:
    """Return where a request stands after ``steps`` in order."""
    return steps[-1].kind if steps else ASKED


def current_round(steps: list[RecordStep]) -> dict[str, RecordStep]:
    """Return the steps since the record was last prepared, by kind."""
    found: dict[str, RecordStep] = {}
    for step in steps:
        if step.kind == _Kind.PREPARED:
            found = {}
        found[step.kind] = step
    return found


def ends_at(steps: list[RecordStep]) -> datetime | None:
    """Return when the draft or the copy is destroyed; None when there is none."""
    held = current_round(steps)
    state = state_of(steps)
    if state == _Kind.RELEASED:
        return held[_Kind.RELEASED].taken_at + COPY_LASTS
    if state in (_Kind.PREPARED, _Kind.CHECKED, _Kind.APPROVED):
        return held[_Kind.PREPARED].taken_at + DRAFT_LASTS
    return None
