"""That a group comes to its end: the plan, as it was made and changed. The newest row counts."""

import uuid
from typing import ClassVar

from django.db import models
from django.utils import timezone

from groupcare.audit.models import AppendOnly
from groups.models.group import TherapyGroup


class GroupClosing(AppendOnly, models.Model):
    """The last day of a group and how many sessions are for parting; no day means that the plan was taken back."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    group = models.ForeignKey(TherapyGroup, on_delete=models.PROTECT, related_name="closings")
    number = models.PositiveSmallIntegerField()
    last_day = models.DateField(null=True, blank=True)
    parting = models.PositiveSmallIntegerField(default=0)
    planned_by = models.ForeignKey("accounts.Person", on_delete=models.PROTECT, related_name="+")
    planned_at = models.DateTimeField(default=timezone.now)

    class Meta:
        default_permissions = ()
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["group", "number"], name="groups_closing_once"),
        ]

    def __str__(self) -> str:
        return str(self.pk)
