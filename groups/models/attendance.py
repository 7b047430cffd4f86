"""Who was there: append-only revisions, one chain for each place and session."""

import uuid

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from groupcare.audit.models import AppendOnly
from groups.models.group import Membership
from groups.models.session import GroupSession


class AttendanceEntry(AppendOnly, models.Model):
    """One revision of whether one member was at one session. Codes: ``groups/attendance``."""

    class Source(models.TextChoices):
        """How it came to us."""

        CONSOLE = "console", _("Ticked during the session")
        PAPER = "paper", _("Typed in from paper")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    session = models.ForeignKey(GroupSession, on_delete=models.PROTECT, related_name="attendance")
    membership = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="attendance")
    code = models.CharField(max_length=4)
    minutes = models.PositiveSmallIntegerField(null=True, blank=True)
    source = models.CharField(max_length=12, choices=Source)
    written_by = models.ForeignKey("accounts.Person", on_delete=models.PROTECT, related_name="+")
    written_at = models.DateTimeField(default=timezone.now)
    supersedes = models.OneToOneField(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="superseded_by"
    )

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                fields=["session", "membership"],
                condition=Q(supersedes__isnull=True),
                name="groups_attendance_one_chain",
            ),
        ]

    def __str__(self) -> str:
        return str(self.pk)
