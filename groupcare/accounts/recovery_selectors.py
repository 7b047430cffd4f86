"""Reads of ways back in: who sees which, and what they may do with it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet

from groupcare.access import Person as Actor
from groupcare.access import Role, holder_ids, roles_of
from groupcare.accounts import permissions
from groupcare.accounts.models import Person, Recovery, RecoveryStep, User
from groupcare.accounts.recovery_kinds import GOING_ON, Kind, State, Step, kinds
from groupcare.exceptions import Refused
from groupcare.vault import unlock


@dataclass(frozen=True)
class Entry:
    """One request, ready to show, with what the reader may do."""

    recovery: Recovery
    state: State
    due_at: datetime | None
    may_approve: bool
    may_stop: bool
    may_carry_out: bool

    @property
    def kind(self) -> Kind:
        """Return what it is about."""
        return self.recovery.about

    @property
    def missing(self) -> list[str]:
        """Return the steps that are still needed before the waiting time begins."""
        return sorted(self.kind.needs - self.recovery.taken().keys())


def recoveries(viewer: Actor) -> QuerySet[Recovery]:
    """Return the requests that the viewer may see, newest first: by the kinds their roles work on, and their own."""
    held = roles_of(viewer)
    opens = [key for key, kind in kinds().items() if held & kind.opened_by]
    seen = Q(kind__in=opens) | Q(opened_by=viewer.id) | _agrees(viewer)
    rows = Recovery.objects.filter(seen).select_related("person", "opened_by", "missing").prefetch_related("steps__by")
    return rows.order_by("-opened_at", "id")


def _agrees(viewer: Actor) -> Q:
    """Return ``permissions.may_approve`` as a condition, so that what is forbidden is never fetched."""
    held = roles_of(viewer)
    mine = Q(kind__in=[key for key, kind in kinds().items() if held & kind.approved_by])
    for key, kind in kinds().items():
        if held & kind.stands_in:
            mine |= Q(kind=key) & _nobody_left(kind)
    return mine & ~_about(viewer) & ~Q(opened_by=viewer.id)


def _stops(viewer: Actor) -> Q:
    """Return ``permissions.may_stop`` as a condition."""
    taken = RecoveryStep.objects.filter(recovery=OuterRef("pk"), by=viewer.id)
    return _about(viewer) | Q(opened_by=viewer.id) | Q(Exists(taken))


def _about(viewer: Actor) -> Q:
    return Q(person=viewer.id) | Q(missing=viewer.id)


def _nobody_left(kind: Kind) -> Q:
    """Return the condition that everybody who might agree asked for it, or is the one it is about."""
    taken = Q()
    for one in {one for role in kind.approved_by for one in holder_ids(Role(role))}:
        taken &= Q(opened_by=one) | Q(person=one) | Q(missing=one)
    return taken


def entries(viewer: Actor, rows: Sequence[Recovery]) -> list[Entry]:
    """Return requests ready to show: names unlocked, state and what the viewer may do; no query grows with them."""
    acted = [step.by for row in rows for step in row.steps.all() if step.by is not None]
    unlock([*acted, *(one for row in rows for one in (row.person, row.opened_by))])
    return [_entry(viewer, row) for row in rows]


def _entry(viewer: Actor, row: Recovery) -> Entry:
    state = row.state
    on = state in GOING_ON
    open_step = Step.APPROVED in row.about.needs and Step.APPROVED not in row.taken()
    return Entry(
        recovery=row,
        state=state,
        due_at=row.due_at,
        may_approve=on and open_step and permissions.may_approve(viewer, row),
        may_stop=on and permissions.may_stop(viewer, row),
        may_carry_out=state is State.READY and permissions.may_carry_out(viewer, row),
    )


def get_recovery(viewer: Actor, pk: UUID) -> Recovery:
    """Return a request that the viewer may see.

    Raises:
        Refused: absent, or not theirs to see.
    """
    found = recoveries(viewer).filter(pk=pk).first()
    if found is None:
        raise Refused("recovery.read", "recovery", pk)
    return found


_MAY: dict[str, Callable[[Actor], Q]] = {
    "approve": lambda viewer: (
        _agrees(viewer) & Q(kind__in=[key for key, kind in kinds().items() if Step.APPROVED in kind.needs])
    ),
    "stop": _stops,
    "carry_out": lambda viewer: ~_about(viewer),
}


def recoveries_to(viewer: Actor, act: str) -> QuerySet[Recovery]:
    """Return the requests that the viewer may see and ``approve``, ``stop`` or ``carry_out``; nothing for other acts."""
    return recoveries(viewer).filter(_MAY[act](viewer)) if act in _MAY else Recovery.objects.none()


def recovery_to(viewer: Actor, act: str, pk: UUID) -> Recovery:
    """Return one of ``recoveries_to``.

    Raises:
        Refused: absent, not theirs to see, or not theirs to do this with; all look the same.
    """
    found = recoveries_to(viewer, act).filter(pk=pk).first()
    if found is None:
        raise Refused(f"recovery.{act}" if act in _MAY else "recovery.act", "recovery", pk)
    return found


def own_recovery(viewer: Person, pk: UUID) -> Recovery:
    """Return a request about the viewer.

    Raises:
        Refused: absent, or about somebody else.
    """
    about = Q(person=viewer) | Q(missing=viewer)
    found = Recovery.objects.filter(about, pk=pk).first()
    if found is None:
        raise Refused("recovery.read", "recovery", pk)
    return found


def own_waiting(viewer: Person) -> Recovery | None:
    """Return what goes on about the viewer, newest first, or None."""
    about = Q(person=viewer) | Q(missing=viewer)
    rows = Recovery.objects.not_ended().filter(about).prefetch_related("steps").order_by("-opened_at")
    return next((row for row in rows if row.state in GOING_ON), None)


def openable(viewer: Actor) -> list[Kind]:
    """Return the kinds that the viewer may ask for on somebody's behalf."""
    held = roles_of(viewer)
    return [kind for kind in kinds().values() if held & kind.opened_by]


def account_by_address(viewer: Actor, email: str) -> Person | None:
    """Return the person who signs in with this address; for those who may ask for a way back in.

    Raises:
        Refused: the viewer may not.
    """
    if not openable(viewer):
        raise Refused("recovery.open", "person")
    user = User.objects.select_related("person").filter(email=email.strip().lower()).first()
    return user.person if user is not None else None
