"""The scan of a paper that was signed by hand."""

import uuid
from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils import timezone

from consent.models.promises import Act
from groupcare.audit.models import AppendOnly

#: 10 MB: our choice, because a page scanned at 300 dpi in colour stays far below it.
LARGEST_SCAN = 10 * 1024 * 1024


class PaperScan(AppendOnly, models.Model):
    """Where the scan of a signed paper lies, encrypted under the key of the person it is about."""

    class Type(models.TextChoices):
        """What it is, found by looking into it and not by its name."""

        PDF = "application/pdf", "PDF"
        JPEG = "image/jpeg", "JPEG"
        PNG = "image/png", "PNG"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    act = models.OneToOneField(Act, on_delete=models.PROTECT, related_name="scan")
    file = models.CharField(max_length=160, unique=True)
    content_type = models.CharField(max_length=16, choices=Type.choices)
    size = models.PositiveIntegerField()
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(size__gte=1, size__lte=LARGEST_SCAN), name="consent_scan_size"),
        ]

    def __str__(self) -> str:
        """Return the id only, so that a log line names nobody."""
        return str(self.id)
