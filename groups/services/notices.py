"""Who is told when a session does not take place as planned: each person once, neutrally, and at once."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from django.db.models import Q
from django.utils import timezone

from groupcare.outbox.models import Message
from groupcare.outbox.selectors import reachable
from groupcare.outbox.services import Draft, Link, drop_overtaken, queue_many
from groups.models import Facilitation, GroupSession, Membership

#: What a change makes wrong, or says better.
_OVERTAKEN = ("session_reminder", "visit_changed", "plan_changed")


def withdraw(object_ids: Iterable[UUID]) -> list[Message]:
    """Drop and return what waits to be sent about the plan of these sessions or series."""
    return drop_overtaken(object_ids=object_ids, kinds=_OVERTAKEN)


def members_coming(group_id: UUID) -> list[UUID]:
    """Return who has a place in the group and may come, and can be written to; longest first."""
    coming = Membership.objects.filter(group_id=group_id, state__in=Membership.COMING)
    people = list(coming.order_by("created_at", "pk").values_list("person_id", flat=True))
    told = reachable(people)
    return [one for one in people if one in told]


def staff_then(group_id: UUID, start: datetime, end: datetime) -> set[UUID]:
    """Return whoever runs the group between these moments, or watches, learns or interprets in it."""
    then = Facilitation.objects.filter(
        Q(valid_until__isnull=True) | Q(valid_until__gt=start), group_id=group_id, valid_from__lt=end
    )
    return set(then.values_list("person_id", flat=True))


def staff_now(group_id: UUID) -> set[UUID]:
    """Return who leads the group now."""
    now = timezone.now()
    running = Facilitation.objects.filter(
        Q(valid_until__isnull=True) | Q(valid_until__gt=now),
        group_id=group_id,
        valid_from__lte=now,
        role__in=(Facilitation.Role.LEAD, Facilitation.Role.CO),
    )
    return set(running.values_list("person_id", flat=True))


def tell_cancelled(session: GroupSession) -> None:
    """Queue one notice for everyone with a place that a session does not take place, and no other word of it."""
    withdraw([session.pk])
    queue_many(
        [
            Draft(
                recipient_id=person_id,
                kind="visit_cancelled",
                key=f"cancelled:{session.pk}:{person_id}",
                link=Link("session", session.pk, 0),
                when=session.starts_at,
                expires_at=session.ends_at,
            )
            for person_id in members_coming(session.group_id)
        ]
    )


def tell_changed(people: Iterable[UUID], key: str, link: Link, until: datetime) -> None:
    """Queue for each of these people that their appointments have changed; they look where ``link`` leads."""
    queue_many(
        [
            Draft(
                recipient_id=person_id,
                kind="visit_changed",
                key=f"{key}:{person_id}",
                link=link,
                expires_at=until,
            )
            for person_id in people
        ]
    )


def tell_staff(people: Iterable[UUID], session: GroupSession, key: str, *, link: str = "work") -> None:
    """Queue for each of these people who can be written to that their plan for this session has changed."""
    queue_many(
        [
            Draft(
                recipient_id=person_id,
                kind="plan_changed",
                key=f"plan:{key}:{person_id}",
                link=Link(link, session.pk, 0),
                when=session.starts_at,
                expires_at=session.ends_at,
            )
            for person_id in sorted(reachable(people))
        ]
    )
