"""Who read a shipped translation and said that it may be used."""

import uuid
from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils import timezone

from groupcare.audit.models import AppendOnly
from groupcare.vault import EncryptedTextField, Owner, Purpose


class TextReview(AppendOnly, models.Model):
    """A native clinician read one shipped text; it holds for exactly these words, and ends when we ship others."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    kind = models.CharField(max_length=64)
    language = models.CharField(max_length=8)
    text_sha256 = models.CharField(max_length=64)
    reviewer = models.ForeignKey("accounts.Person", on_delete=models.PROTECT, related_name="+")
    qualification = EncryptedTextField(
        bound_as="consent.text_review.qualification",
        owner=Owner.PERSON,
        owner_from="reviewer_id",
        purpose=Purpose.AGREEMENTS,
        max_length=300,
    )
    recorded_by = models.ForeignKey("accounts.Person", on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["kind", "language", "text_sha256"], name="consent_reviews_of_a_text"),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(condition=~Q(text_sha256=""), name="consent_review_names_its_text"),
        ]

    def __str__(self) -> str:
        """Return the id only, so that a log line names nobody."""
        return str(self.id)
