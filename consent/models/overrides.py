"""That one who leads lets a person in for some days although something is missing at the gate."""

import uuid
from typing import ClassVar

from django.db import models
from django.utils import timezone

from groupcare.audit.models import AppendOnly
from groupcare.vault import EncryptedTextField, Owner, Purpose


class GateOverride(AppendOnly, models.Model):
    """Until when one person may come to one group's sessions without what is missing; a later row replaces it.

    One that ends at once (``until`` not after ``at``) is how it is ended early. Nobody's standing changes by it, and
    against a no it opens nothing.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    person = models.ForeignKey("accounts.Person", on_delete=models.PROTECT, related_name="+")
    group = models.ForeignKey("groups.TherapyGroup", on_delete=models.PROTECT, related_name="+")
    reason = EncryptedTextField(
        bound_as="consent.gate_override.reason",
        owner=Owner.PERSON,
        owner_from="person_id",
        purpose=Purpose.AGREEMENTS,
        max_length=500,
    )
    until = models.DateTimeField()
    by = models.ForeignKey("accounts.Person", on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["group", "person", "-at"], name="consent_latest_override")]

    def __str__(self) -> str:
        """Return the id only, so that a log line names nobody."""
        return str(self.id)
