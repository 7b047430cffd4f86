"""How long a group that goes live lets its people in before they have signed."""

import uuid
from typing import ClassVar

from django.db import models
from django.utils import timezone

from groupcare.audit.models import AppendOnly
from groupcare.vault import EncryptedTextField, Owner, Purpose


class GracePeriod(AppendOnly, models.Model):
    """Until when the gate of a group lets those in who belonged to it before; a later row replaces this one.

    One that ends at once (``until`` not after ``at``) is how a period is ended early. Nobody's standing changes by it.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    group = models.ForeignKey("groups.TherapyGroup", on_delete=models.PROTECT, related_name="+")
    # By the clocks of the practice when it was chosen; ``until`` is the first moment after it.
    last_day = models.DateField()
    until = models.DateTimeField()
    # Who belonged to the group at this moment is let in; it stays the same when a running period is changed.
    since = models.DateTimeField()
    reason = EncryptedTextField(
        bound_as="consent.grace_period.reason",
        owner=Owner.GROUP,
        owner_from="group_id",
        purpose=Purpose.AGREEMENTS,
        max_length=300,
    )
    set_by = models.ForeignKey("accounts.Person", on_delete=models.PROTECT, related_name="+")
    set_at = models.DateTimeField(default=timezone.now)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["group", "-set_at"], name="consent_latest_grace")]

    def __str__(self) -> str:
        """Return the id only, so that a log line names nobody."""
        return str(self.id)
