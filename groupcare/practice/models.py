"""The practice, its sites, and the fact whether this database is a demo."""

import uuid
from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils import timezone

from groupcare.practice.law_models import LawDecision as LawDecision
from groupcare.practice.law_models import LawNotice as LawNotice
from groupcare.practice.law_models import LawOverride as LawOverride
from groupcare.practice.law_models import LawReceipt as LawReceipt
from groupcare.practice.law_models import LawTold as LawTold
from groupcare.practice.law_models import LawVersion as LawVersion


class OneRow(models.Model):
    """A table that holds at most one row."""

    only = models.PositiveSmallIntegerField(default=1, unique=True, editable=False)

    class Meta:
        abstract = True
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(only=1), name="%(app_label)s_%(class)s_only_one"),
        ]


class Practice(OneRow):
    """The practice itself: how it is called, where its clock stands, and who watches from outside."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    name = models.CharField(max_length=200)
    # Shown to members, in mail and in the browser's tab: names no kind of care.
    public_name = models.CharField(max_length=100)
    time_zone = models.CharField(max_length=64)
    language = models.CharField(max_length=5, default="en")
    contact = models.TextField(blank=True)
    crisis_text = models.TextField(blank=True)
    external_reviewer = models.ForeignKey(
        "accounts.Person", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    def __str__(self) -> str:
        return str(self.id)


class Site(models.Model):
    """A place where people meet in a room."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    name = models.CharField(max_length=200, unique=True)
    address_text = models.TextField(blank=True)
    # A code of places.toml: whose law holds here.
    place = models.CharField(max_length=10)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        ordering: ClassVar = ["name"]

    def __str__(self) -> str:
        return str(self.id)


class Installation(OneRow):
    """Whether this database was made as a demo: a fact that no setting can change (foundation F11)."""

    is_demo = models.BooleanField()
    made_at = models.DateTimeField(default=timezone.now, editable=False)

    def __str__(self) -> str:
        return "demo" if self.is_demo else "real"
