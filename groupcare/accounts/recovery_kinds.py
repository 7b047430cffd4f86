"""Ways back in, as data: the kinds of ``recoveries.toml``, and where one stands after its steps."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from functools import cache
from pathlib import Path

from django.db import models
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

FILE = Path(__file__).with_name("recoveries.toml")
SELF = "self"
# Our choice, because what nobody took further in a week was a mistake, or somebody's try.
LIVES = timedelta(days=7)


class Step(models.TextChoices):
    """What can happen to a request, each at most once; the last two end it."""

    APPROVED = "approved", _("A second person agreed")
    CONFIRMED = "confirmed", _("The new address was confirmed")
    CARRIED_OUT = "carried_out", _("Carried out")
    STOPPED = "stopped", _("Stopped")


ENDS = (Step.CARRIED_OUT, Step.STOPPED)


class Check(models.TextChoices):
    """How somebody made sure who is asking."""

    IN_PERSON = "in_person", _("In person, with photo identification")
    CALL_BACK = "call_back", _("Called back on the number on file")
    KNOWN_FACE = "known_face", _("By video, and I know the face")
    SIGNED_IN = "signed_in", _("Signed in, and proved it again")


class State(StrEnum):
    """Where a request stands."""

    OPEN = "open"
    WAITING = "waiting"
    READY = "ready"
    DONE = "done"
    STOPPED = "stopped"
    EXPIRED = "expired"


GOING_ON = frozenset({State.OPEN, State.WAITING, State.READY})


@dataclass(frozen=True, slots=True)
class Kind:
    """One way back in."""

    key: str
    opened_by: frozenset[str]
    approved_by: frozenset[str]
    stands_in: frozenset[str]
    needs: frozenset[str]
    checks: tuple[str, ...]
    wait: timedelta
    does: str
    words: Mapping[str, Mapping[str, str]]

    @property
    def name(self) -> str:
        """Return how it is called, in the reader's language."""
        return self._said("name")

    @property
    def explains(self) -> str:
        """Return in a sentence or two what it does, in the reader's language."""
        return self._said("explains")

    @property
    def needs_address(self) -> bool:
        """Return whether it is about a new address."""
        return Step.CONFIRMED in self.needs

    def _said(self, what: str) -> str:
        return self.words[(get_language() or "en").split("-")[0]][what]


@cache
def kinds() -> dict[str, Kind]:
    """Return every kind by its key, in the order of the file."""
    return {key: _kind(key, data) for key, data in tomllib.loads(FILE.read_text(encoding="utf-8")).items()}


def _kind(key: str, data: dict[str, object]) -> Kind:
    listed = {name: frozenset(data[name]) for name in ("opened_by", "approved_by", "stands_in", "needs")}  # type: ignore[call-overload]
    hours, checks = data["wait_hours"], data["checks"]
    assert isinstance(hours, int)  # noqa: S101 - for the type checker
    assert isinstance(checks, list)  # noqa: S101
    words = {code: dict(found) for code, found in data.items() if isinstance(found, dict)}
    return Kind(
        key=key, checks=tuple(checks), wait=timedelta(hours=hours), does=str(data["does"]), words=words, **listed
    )


def due_at(kind: Kind, steps: Mapping[str, datetime]) -> datetime | None:
    """Return when it may take effect: the waiting time after the last needed step, or None while one is missing."""
    if kind.needs - steps.keys():
        return None
    return max(steps[step] for step in kind.needs) + kind.wait


def state_of(kind: Kind, *, opened_at: datetime, steps: Mapping[str, datetime], now: datetime) -> State:
    """Return where a request stands.

    Args:
        kind: what it is about.
        opened_at: when it was asked for.
        steps: when each step was taken.
        now: the moment asked about.
    """
    if Step.CARRIED_OUT in steps:
        return State.DONE
    if Step.STOPPED in steps:
        return State.STOPPED
    due = due_at(kind, steps)
    if now >= (due or opened_at) + LIVES:
        return State.EXPIRED
    if due is None:
        return State.OPEN
    return State.READY if now >= due else State.WAITING
