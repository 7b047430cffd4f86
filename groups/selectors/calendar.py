"""Sessions between two moments: of those who run groups over all of theirs, and of a member over their own time."""

from datetime import datetime
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet, Value
from django.db.models.lookups import LessThanOrEqual
from django.utils import timezone

from groupcare.accounts.models import Person
from groups.models import GroupSession, Membership
from groups.selectors.sessions import visible_sessions


def run_between(viewer: Person, first: datetime, after: datetime) -> QuerySet[GroupSession]:
    """Return the sessions between two moments that the viewer may see at work, earliest first, each with its group."""
    return visible_sessions(viewer).filter(starts_at__lt=after, ends_at__gt=first)


def own_between(viewer: Person, first: datetime, after: datetime) -> QuerySet[GroupSession]:
    """Return the sessions between two moments of the viewer's own time in a group, earliest first.

    A place counts from when it was given until it ended: of what a group did before or after, nothing is shown. One
    that a mistake gave counts never, and one on leave has no sessions to come.
    """
    comes = Q(ended_at__isnull=True, state__in=Membership.COMING)
    is_over: LessThanOrEqual[Any] = LessThanOrEqual(OuterRef("ends_at"), Value(timezone.now()))
    came = Q(ended_at__isnull=True, state=Membership.State.ON_LEAVE) & Q(is_over)
    open_then = comes | came | Q(ended_at__gt=OuterRef("starts_at"))
    spells = Membership.objects.filter(
        open_then,
        person=viewer,
        group=OuterRef("group"),
        created_at__lt=OuterRef("ends_at"),
        mistake__isnull=True,
    )
    return (
        GroupSession.objects.filter(Exists(spells), starts_at__lt=after, ends_at__gt=first)
        .select_related("site", "room")
        .annotate(is_mine=Exists(spells.filter(ended_at__isnull=True)))
        .order_by("starts_at", "pk")
    )
