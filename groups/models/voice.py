"""What was told to people who get no message."""

import uuid

from django.db import models
from django.utils import timezone

from groupcare.audit.models import AppendOnly
from groups.models.session import GroupSession


class SessionCall(AppendOnly, models.Model):
    """Somebody without an address was told of a session by voice: whom, when and by whom."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    session = models.ForeignKey(GroupSession, on_delete=models.PROTECT, related_name="calls")
    person = models.ForeignKey("accounts.Person", on_delete=models.PROTECT, related_name="+")
    told_by = models.ForeignKey("accounts.Person", on_delete=models.PROTECT, related_name="+")
    # How often the session had been moved then: who was told of the old time is told again.
    moves = models.PositiveSmallIntegerField(default=0)
    told_at = models.DateTimeField(default=timezone.now)

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["session", "person", "moves"], name="groups_told_once"),
        ]

    def __str__(self) -> str:
        return str(self.pk)
