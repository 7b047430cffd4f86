"""What belongs to an agreement made aloud, beyond the act: how it was made, who signed for it, and what follows."""

import uuid
from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from consent.models.promises import Act
from groupcare.audit.models import AppendOnly
from groupcare.vault import EncryptedJSONField, Owner, Purpose


class Modality(models.TextChoices):
    """Where the two were when it was said. Source: consent reference, b.6 (room, phone, video)."""

    ROOM = "room", _("In one room")
    PHONE = "phone", _("By telephone")
    VIDEO = "video", _("By video")


class SpokenAgreement(AppendOnly, models.Model):
    """The record of one agreement made aloud. Source of the fields: consent reference, b.6; REQ-2.

    ``said`` holds what was said and by whom it was heard: witness, interpreter, the member's own words, why it was
    not in writing, the guardian's name and relationship, and the attestation that the facilitator signed.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    act = models.OneToOneField(Act, on_delete=models.PROTECT, related_name="spoken")
    person = models.ForeignKey("accounts.Person", on_delete=models.PROTECT, related_name="+")
    modality = models.CharField(max_length=8, choices=Modality.choices)
    # The check sum of the very text that was read out.
    script_sha256 = models.CharField(max_length=64)
    said = EncryptedJSONField(
        bound_as="consent.spoken_agreement.said",
        owner=Owner.PERSON,
        owner_from="person_id",
        purpose=Purpose.AGREEMENTS,
    )
    follow_up_on = models.DateField()
    attested_by = models.ForeignKey("accounts.Person", on_delete=models.PROTECT, related_name="+")
    attested_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=~Q(script_sha256=""), name="consent_spoken_says_what_was_read"),
        ]

    def __str__(self) -> str:
        """Return the id only, so that a log line names nobody."""
        return str(self.id)


class FollowUp(AppendOnly, models.Model):
    """That an agreement made aloud was followed up in writing in another way than by a signature."""

    class How(models.TextChoices):
        """What the person was given."""

        HANDED = "handed", _("A written copy was handed over")
        SENT = "sent", _("A written copy was sent")
        READ_BACK = "read_back", _("Nothing in writing helps them; it was read to them once more")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    spoken = models.OneToOneField(SpokenAgreement, on_delete=models.PROTECT, related_name="followed_up")
    how = models.CharField(max_length=16, choices=How.choices)
    done_by = models.ForeignKey("accounts.Person", on_delete=models.PROTECT, related_name="+")
    done_at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        """Return the id only, so that a log line names nobody."""
        return str(self.id)
