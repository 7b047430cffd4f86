"""The trail's tables: events, the head of their chain, and signed checkpoints."""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from groupcare.audit.append_only import AppendOnly, AppendOnlyError

__all__ = ["AppendOnly", "AppendOnlyError", "ChainHead", "Checkpoint", "TrailEvent"]

# 64 characters: the hex of a SHA-256, and room for a UUID with a prefix.
_KEY = 64


class TrailEvent(AppendOnly):
    """One thing that happened: ids and key words only, chained to the event before it."""

    sequence = models.BigIntegerField(primary_key=True)
    at = models.DateTimeField()
    actor = models.CharField(max_length=_KEY)
    role = models.CharField(max_length=_KEY, blank=True)
    action = models.CharField(max_length=_KEY)
    object_type = models.CharField(max_length=_KEY)
    object_id = models.CharField(max_length=_KEY, blank=True)
    purpose = models.CharField(max_length=_KEY, blank=True)
    result = models.CharField(max_length=_KEY)
    request = models.CharField(max_length=_KEY, blank=True)
    mac = models.CharField(max_length=_KEY)
    previous = models.CharField(max_length=_KEY)

    class Meta:
        verbose_name = _("trail event")
        verbose_name_plural = _("trail events")
        ordering: ClassVar[list[str]] = ["sequence"]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["object_type", "object_id"], name="audit_event_object"),
            models.Index(fields=["actor", "sequence"], name="audit_event_actor"),
        ]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            # A fork would give one event two followers.
            models.UniqueConstraint(fields=["previous"], name="audit_event_one_follower"),
        ]

    def __str__(self) -> str:
        return f"{self.sequence} {self.action}"


class ChainHead(models.Model):
    """The one row that every flush locks: where the chain ends."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    sequence = models.BigIntegerField()
    mac = models.CharField(max_length=_KEY)

    class Meta:
        verbose_name = _("head of the trail")
        verbose_name_plural = _("head of the trail")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(condition=models.Q(id=1), name="audit_head_is_one_row"),
        ]

    def __str__(self) -> str:
        return str(self.sequence)


class Checkpoint(AppendOnly):
    """A signed statement of how far the chain reached at a time; a copy lies in a file."""

    id = models.BigAutoField(primary_key=True)
    sequence = models.BigIntegerField()
    mac = models.CharField(max_length=_KEY)
    at = models.DateTimeField()
    public_key = models.CharField(max_length=_KEY)
    signature = models.CharField(max_length=2 * _KEY)

    class Meta:
        verbose_name = _("checkpoint")
        verbose_name_plural = _("checkpoints")
        ordering: ClassVar[list[str]] = ["id"]

    def __str__(self) -> str:
        return str(self.sequence)
