"""Reads of the trail."""

from django.db.models import QuerySet

from groupcare.audit.models import TrailEvent


def events_about(object_type: str, object_id: object) -> QuerySet[TrailEvent]:
    """Return the events about one object, newest first; who may see them is the caller's to check.

    Pages built on it show no sequence numbers (foundation F5).
    """
    return TrailEvent.objects.filter(object_type=object_type, object_id=str(object_id)).order_by("-sequence")
