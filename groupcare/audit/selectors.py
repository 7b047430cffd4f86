"""Reads of the trail."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db.models import Max, Q, QuerySet
from django.db.models.functions import TruncDate

from groupcare.audit.models import TrailEvent


def events_about(object_type: str, object_id: object) -> QuerySet[TrailEvent]:
    """Return the events about one object, newest first; who may see them is the caller's to check.

    Pages built on it show no sequence numbers (foundation F5).
    """
    return TrailEvent.objects.filter(object_type=object_type, object_id=str(object_id)).order_by("-sequence")


def last_done(object_type: str, ids: Iterable[object], *, action: str, actor: object) -> dict[str, datetime]:
    """Return when one actor last did something with each of these objects, by id; one query.

    Who may see it is the caller's to check: it is made for people who look at what they did themselves.
    """
    rows = TrailEvent.objects.filter(
        object_type=object_type, object_id__in=[str(one) for one in ids], action=action, actor=str(actor), result="done"
    )
    return dict(rows.order_by().values_list("object_id").annotate(Max("at")))


def days_opened(
    objects: Mapping[str, Sequence[str]], *, actions: Iterable[str], without: str, start: int, most: int
) -> list[dict[str, Any]]:
    """Return ``day``, ``actor`` and ``action`` of what was done with objects, newest day first, each once a day.

    Neither a time nor a number of the trail is returned (foundation F5). Who may see it is the caller's to check.

    Args:
        objects: ids by type of object.
        actions: only these are told of.
        without: an actor who is left out.
        start: how many rows to pass over.
        most: how many to return.
    """
    wanted = Q(pk__in=())
    for object_type, ids in objects.items():
        wanted |= Q(object_type=object_type, object_id__in=list(ids))
    rows = (
        TrailEvent.objects.filter(wanted, action__in=list(actions), result="done")
        .exclude(actor=without)
        .exclude(actor__startswith="system:")
        .annotate(day=TruncDate("at"))
        .order_by("-day", "action", "actor")
        .values("day", "actor", "action")
        .distinct()
    )
    return list(rows[start : start + most])
