"""What became of asking somebody: told in person where no message reaches them, and passed on where nothing came."""

import uuid

from django.db import models
from django.utils import timezone

from consent.models.promises import ReconsentPrompt
from groupcare.audit.models import AppendOnly


class PromptTold(AppendOnly, models.Model):
    """A person whom no message reaches was told in person that something waits for them."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    prompt = models.OneToOneField(ReconsentPrompt, on_delete=models.PROTECT, related_name="told")
    told_by = models.ForeignKey("accounts.Person", on_delete=models.PROTECT, related_name="+")
    told_at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        """Return the id only, so that a log line names nobody."""
        return str(self.id)


class Escalation(AppendOnly, models.Model):
    """Somebody was asked, nothing came, and those who lead were told: once for each time of asking."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    prompt = models.OneToOneField(ReconsentPrompt, on_delete=models.PROTECT, related_name="escalation")
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    def __str__(self) -> str:
        """Return the id only, so that a log line names nobody."""
        return str(self.id)
