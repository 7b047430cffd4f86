"""The professional will of a facilitator: versions, and what was done to open one. Nothing is changed in place."""

import uuid

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from groupcare.audit.models import AppendOnly
from groupcare.vault import EncryptedJSONField, EncryptedTextField, Owner, Purpose


class ProfessionalWill(AppendOnly, models.Model):
    """One version of who takes over from a facilitator, when, and with which rights. The newest counts."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    facilitator = models.ForeignKey("accounts.Person", on_delete=models.PROTECT, related_name="wills")
    # Ids of the two delegates and of the groups, keys of conditions, and whether notes may be read.
    terms = EncryptedJSONField(
        bound_as="groups.professional_will.terms",
        owner=Owner.PERSON,
        owner_from="facilitator_id",
        purpose=Purpose.IDENTITY,
    )
    instructions = EncryptedTextField(
        bound_as="groups.professional_will.instructions",
        owner=Owner.PERSON,
        owner_from="facilitator_id",
        purpose=Purpose.IDENTITY,
        blank=True,
        max_length=5000,
    )
    # Writing a version, also an unchanged one, is the review.
    reviewed_at = models.DateTimeField(default=timezone.now)

    class Meta:
        default_permissions = ()
        indexes = [models.Index(fields=["facilitator", "reviewed_at"], name="groups_will_newest")]

    def __str__(self) -> str:
        return str(self.pk)


class WillOpening(AppendOnly, models.Model):
    """That somebody says a condition of a will is met, and how they checked it."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    will = models.ForeignKey(ProfessionalWill, on_delete=models.PROTECT, related_name="openings")
    facilitator = models.ForeignKey("accounts.Person", on_delete=models.PROTECT, related_name="+")
    condition = models.CharField(max_length=16)
    how_checked = EncryptedTextField(
        bound_as="groups.will_opening.how_checked",
        owner=Owner.PERSON,
        owner_from="facilitator_id",
        purpose=Purpose.IDENTITY,
        max_length=2000,
    )
    asked_by = models.ForeignKey("accounts.Person", on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField(default=timezone.now)

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return str(self.pk)


class WillStep(AppendOnly, models.Model):
    """One step of an opening; ``groups.wills.stage_of`` folds them."""

    class Kind(models.TextChoices):
        """What was done."""

        CONFIRMED = "confirmed", _("Confirmed by a second person")
        STOPPED = "stopped", _("Stopped")
        OPENED = "opened", _("Opened")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    opening = models.ForeignKey(WillOpening, on_delete=models.PROTECT, related_name="steps")
    kind = models.CharField(max_length=12, choices=Kind)
    # Empty when the clock opened it.
    actor = models.ForeignKey("accounts.Person", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    taken_at = models.DateTimeField(default=timezone.now)

    class Meta:
        default_permissions = ()
        constraints = [models.UniqueConstraint(fields=["opening", "kind"], name="groups_will_step_once")]

    def __str__(self) -> str:
        return str(self.pk)
