"""One neutral message to those who lead, when something about a promise waits for them."""

from uuid import UUID

from consent.models import Act
from consent.selectors import leaders_of
from groupcare.outbox.ports import Link
from groupcare.outbox.services import Draft, queue_many


def tell_those_who_lead(act: Act, key: str, *, besides: UUID) -> None:
    """Queue one neutral message to each who leads the group of ``act``; it names nobody and leads to their own day.

    Args:
        act: what happened.
        key: names the occasion; the same one again sends nothing more.
        besides: who knows already.
    """
    tell_leaders_of(act.group_id, key, besides=besides)


def tell_leaders_of(group_id: UUID | None, key: str, *, besides: UUID) -> None:
    """Queue one neutral message to each who leads a group, as ``tell_those_who_lead`` does; nobody without a group."""
    if group_id is None:
        return
    people = sorted(set(leaders_of([group_id])[group_id]) - {besides})
    queue_many(
        [
            Draft(recipient_id=one, kind="work_waiting", key=f"{key}:{one}", link=Link("work", group_id))
            for one in people
        ]
    )
