"""Reminders: rows that are due are found again by every run; nothing is kept in a queue of its own."""

from datetime import timedelta
from uuid import UUID

from django.db.models import Q
from django.utils import timezone

from groupcare.accounts.models import PersonMerge
from groupcare.audit import record, unit_of_work
from groupcare.outbox.models import Address, Message
from groupcare.outbox.services import Draft, Link, queue_many
from groups.models import GroupSession, Membership
from groups.permissions import SESSION

#: How long before the start a reminder goes out. Our choice, because a day leaves time to sign or to call.
REMIND_BEFORE = timedelta(hours=24)
#: The trail is flushed once per batch of at most this many rows. Source: foundation F1.
BATCH = 500


def reminder_key(session: GroupSession, person_id: object) -> str:
    """Return the key under which one reminder exists once, however often the sweep runs; each move has its own."""
    return f"reminder:{session.pk}:{person_id}" + (f":{session.moves}" if session.moves else "")


def queue_due_reminders() -> int:
    """Queue a neutral reminder for everyone with a place in a session that starts within a day.

    Safe to run twice, late, or beside itself: a reminder that exists is not due, and the outbox keeps
    one message for each key. A place that has ended is not due.

    Returns:
        How many were queued by this run.
    """
    total = 0
    for session in list(_due_sessions()):
        while made := _remind(session):
            total += made
            if made < BATCH:
                break
    return total


def _due_sessions() -> "list[GroupSession]":
    """Return scheduled sessions that start within a day and have not begun, earliest first."""
    now = timezone.now()
    return list(
        GroupSession.objects.filter(
            state=GroupSession.State.SCHEDULED, starts_at__gt=now, starts_at__lte=now + REMIND_BEFORE
        ).order_by("starts_at", "pk")
    )


def _reminded(session: GroupSession, keys: dict[str, UUID]) -> set[str]:
    """Return those of ``keys`` whose person was reminded, also while their place was on another entry of theirs."""
    moved = PersonMerge.objects.standing().filter(kept__in=keys.values()).values_list("duplicate_id", "kept_id")
    also = {reminder_key(session, one): reminder_key(session, kept) for one, kept in moved}
    known = Message.objects.filter(idempotence_key__in=[*keys, *also]).values_list("idempotence_key", flat=True)
    return {also.get(key, key) for key in known}


@unit_of_work()
def _remind(session: GroupSession) -> int:
    """Queue at most one batch of missing reminders of one session; returns how many."""
    held = GroupSession.objects.select_for_update(no_key=True).get(pk=session.pk)
    if held.state != GroupSession.State.SCHEDULED:
        return 0
    # Somebody without sign-in and address is told by voice; nothing is queued that could never go.
    reached = Q(person__user__isnull=False) | Q(person__in=Address.objects.current().values("person_id"))
    places = Membership.objects.filter(reached, group_id=held.group_id, state__in=Membership.COMING).order_by("pk")
    # Ids only: a reminder needs no name, and reading one costs more than all the rest.
    keys = {reminder_key(held, person_id): person_id for person_id in places.values_list("person_id", flat=True)}
    known = _reminded(held, keys)
    missing = [(key, person_id) for key, person_id in keys.items() if key not in known][:BATCH]
    queue_many(
        [
            Draft(
                recipient_id=person_id,
                kind="session_reminder",
                key=key,
                link=Link("session", held.pk, 0),
                when=held.starts_at,
                expires_at=held.starts_at,
            )
            for key, person_id in missing
        ]
    )
    if missing:
        record("session.remind", object_type=SESSION, object_id=held.pk)
    return len(missing)
