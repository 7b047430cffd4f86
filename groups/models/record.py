"""Requests for one member's record, step by step, and a member's wish to leave. Every table only grows.

A request is for one place: one person in one group. So whoever leads that group may read every part of it.
"""

import secrets
import uuid
from typing import ClassVar

from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from groupcare.audit.models import AppendOnly
from groupcare.vault import EncryptedJSONField, EncryptedTextField, Owner, Purpose
from groups.models.group import Membership, TherapyGroup

# As a concern's number: five of twenty consonants, never sequential. Source: foundation F5.
_CONSONANTS = "BCDFGHJKLMNPQRSTVWXZ"
_NUMBER_LENGTH = 5


def random_number() -> str:
    """Return a new random number such as R-TRMVK; it says nothing about how many requests there are."""
    return "R-" + "".join(secrets.choice(_CONSONANTS) for _ in range(_NUMBER_LENGTH))


class RecordRequest(AppendOnly, models.Model):
    """Somebody asks for the record of one member's place in one group: who gets it, and why."""

    class Recipient(models.TextChoices):
        """Who gets the copy."""

        SELF = "self", _("The person themselves")
        CLINICIAN = "clinician", _("Another clinician, with a signed release")
        COURT = "court", _("A court, by order")
        INSURER = "insurer", _("An insurer, with a signed release")
        OTHER = "other", _("Somebody else")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    number = models.CharField(
        max_length=7, unique=True, default=random_number, validators=[RegexValidator(r"^R-[B-Z]{5}$")]
    )
    group = models.ForeignKey(TherapyGroup, on_delete=models.PROTECT, related_name="record_requests")
    membership = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="record_requests")
    about = models.ForeignKey("accounts.Person", on_delete=models.PROTECT, related_name="+")
    recipient_kind = models.CharField(max_length=12, choices=Recipient)
    recipient = EncryptedTextField(
        bound_as="groups.record_request.recipient",
        owner=Owner.PERSON,
        owner_from="about_id",
        purpose=Purpose.AGREEMENTS,
        blank=True,
        max_length=300,
    )
    reason = EncryptedTextField(
        bound_as="groups.record_request.reason",
        owner=Owner.PERSON,
        owner_from="about_id",
        purpose=Purpose.AGREEMENTS,
        blank=True,
        max_length=2000,
    )
    asked_by = models.ForeignKey("accounts.Person", on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField(default=timezone.now)

    class Meta:
        default_permissions = ()
        indexes: ClassVar = [
            models.Index(fields=["membership", "-asked_at"], name="groups_record_of_place"),
            models.Index(fields=["about", "-asked_at"], name="groups_record_of_person"),
        ]

    def __str__(self) -> str:
        return str(self.pk)

    @property
    def is_for_member(self) -> bool:
        """Whether the copy goes to the person it is about."""
        return self.recipient_kind == self.Recipient.SELF


class RecordStep(AppendOnly, models.Model):
    """One step of a request. Each names the step before it, and no step is followed twice."""

    class Kind(models.TextChoices):
        """Where the step led."""

        PREPARED = "prepared", _("Prepared")
        CHECKED = "checked", _("Names checked")
        APPROVED = "approved", _("Approved by a second person")
        RELEASED = "released", _("Released")
        DOWNLOADED = "downloaded", _("Downloaded")
        EXPIRED = "expired", _("Expired")
        CANCELLED = "cancelled", _("Cancelled")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    request = models.ForeignKey(RecordRequest, on_delete=models.PROTECT, related_name="steps")
    about = models.ForeignKey("accounts.Person", on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=12, choices=Kind)
    # Empty when the sweep ended it.
    taken_by = models.ForeignKey("accounts.Person", null=True, on_delete=models.PROTECT, related_name="+")
    taken_at = models.DateTimeField(default=timezone.now)
    # The name of the encrypted file: of the draft when prepared, of the copy when released.
    file = models.CharField(max_length=160, blank=True)
    sha256 = models.CharField(max_length=64, blank=True)
    # What was decided about each name that was found, and why a step was taken again.
    decisions = EncryptedJSONField(
        bound_as="groups.record_step.decisions",
        owner=Owner.PERSON,
        owner_from="about_id",
        purpose=Purpose.CLINICAL,
        null=True,
    )
    supersedes = models.OneToOneField("self", null=True, on_delete=models.PROTECT, related_name="superseded_by")

    class Meta:
        default_permissions = ()
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["request"], condition=Q(supersedes__isnull=True), name="groups_record_one_first_step"
            ),
            models.CheckConstraint(
                condition=Q(taken_by__isnull=False) | Q(kind="expired"), name="groups_record_only_expiry_takes_nobody"
            ),
            models.CheckConstraint(
                condition=(Q(kind__in=["prepared", "released"]) & ~Q(file="") & ~Q(sha256=""))
                | (~Q(kind__in=["prepared", "released"]) & Q(file="", sha256="")),
                name="groups_record_file_with_its_step",
            ),
        ]

    def __str__(self) -> str:
        return str(self.pk)


class LeaveWish(AppendOnly, models.Model):
    """A member says that they want to leave the group, or that they stay after all. It ends nothing by itself."""

    class Kind(models.TextChoices):
        """What the member said."""

        LEAVE = "leave", _("Wants to leave")
        STAY = "stay", _("Stays")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    membership = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="leave_wishes")
    person = models.ForeignKey("accounts.Person", on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=8, choices=Kind)
    said_at = models.DateTimeField(default=timezone.now)

    class Meta:
        default_permissions = ()
        indexes: ClassVar = [models.Index(fields=["membership", "-said_at"], name="groups_wish_of_place")]

    def __str__(self) -> str:
        return str(self.pk)
