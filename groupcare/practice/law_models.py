"""What the practice decides about the law of a place, and whom a change was told to. Every row is written once.

A reason is about law, read by every colleague who works with it, and names nobody; so it is plain. The form says so.
"""

import uuid
from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from groupcare.audit.models import AppendOnly


class _About(AppendOnly):
    """One act about one value of one pack. Of two at the same moment the unique number lets one in."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    # A code of places.toml, and a path in its pack, for example "structured.child_hours".
    pack = models.CharField(max_length=10)
    path = models.CharField(max_length=80)
    number = models.PositiveIntegerField()
    reason = models.TextField(max_length=2000)
    by = models.ForeignKey("accounts.Person", on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        abstract = True
        default_permissions = ()
        ordering: ClassVar = ["number"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["pack", "path", "number"], name="%(app_label)s_%(class)s_number"),
            models.CheckConstraint(condition=~Q(reason=""), name="%(app_label)s_%(class)s_reason"),
        ]

    def __str__(self) -> str:
        """Return the id only."""
        return str(self.pk)


class LawOverride(_About):
    """The practice's own value, on its counsel's advice; a later row replaces it, and ``is_back`` ends it."""

    value = models.JSONField(null=True, blank=True)
    is_back = models.BooleanField(default=False)
    # What the pack said at that time: a new pack that says something else is shown beside the override.
    said = models.CharField(max_length=64)

    class Meta(_About.Meta):
        abstract = False


class LawDecision(_About):
    """What was decided about a value that nobody's counsel confirmed (foundation F13).

    One person accepts it. Switching it off takes two: one proposes, another confirms; until then it runs. One
    person switches it on again, for that is the safe side.
    """

    class Kind(models.TextChoices):
        """What was done."""

        ACCEPTED = "accepted", _("Accepted")
        OFF_PROPOSED = "off_proposed", _("Switching off proposed")
        OFF_CONFIRMED = "off_confirmed", _("Switched off")
        ON = "on", _("Switched on")

    kind = models.CharField(max_length=16, choices=Kind)
    # What the value said at that time: what says something else now was not accepted.
    said = models.CharField(max_length=64)
    answers = models.OneToOneField("self", on_delete=models.PROTECT, null=True, blank=True, related_name="answered_by")
    proposed_by = models.ForeignKey(
        "accounts.Person", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    class Meta(_About.Meta):
        abstract = False
        constraints: ClassVar = [
            *_About.Meta.constraints,
            models.CheckConstraint(
                condition=(
                    Q(kind="off_confirmed", answers__isnull=False, proposed_by__isnull=False)
                    | (~Q(kind="off_confirmed") & Q(answers__isnull=True, proposed_by__isnull=True))
                ),
                name="practice_lawdecision_answers",
            ),
            models.CheckConstraint(
                condition=Q(proposed_by__isnull=True) | ~Q(proposed_by=F("by")), name="practice_lawdecision_two_people"
            ),
        ]


class LawVersion(AppendOnly):
    """What a pack said from a moment on: the memory by which a changed file is noticed once."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    pack = models.CharField(max_length=10)
    digest = models.CharField(max_length=64)
    contents = models.JSONField()
    follows = models.OneToOneField("self", on_delete=models.PROTECT, null=True, blank=True, related_name="followed_by")
    at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        default_permissions = ()
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["pack"], condition=Q(follows__isnull=True), name="practice_lawversion_one_first"
            ),
        ]

    def __str__(self) -> str:
        """Return the id only."""
        return str(self.pk)


class LawNotice(AppendOnly):
    """The law of a place changed: what, from what, to what."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    pack = models.CharField(max_length=10)
    # The row that it tells of, so that nothing is told twice: "version:<id>", "override:<id>" or "decision:<id>".
    cause = models.CharField(max_length=60, unique=True)
    # A list of {"path", "old", "new"}.
    changes = models.JSONField()
    at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        default_permissions = ()
        ordering: ClassVar = ["-at", "pk"]

    def __str__(self) -> str:
        """Return the id only."""
        return str(self.pk)


class LawTold(AppendOnly):
    """One colleague was told of one change, by one message."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    notice = models.ForeignKey(LawNotice, on_delete=models.PROTECT, related_name="told")
    person = models.ForeignKey("accounts.Person", on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        default_permissions = ()
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["notice", "person"], name="practice_lawtold_once"),
        ]

    def __str__(self) -> str:
        """Return the id only."""
        return str(self.pk)


class LawReceipt(AppendOnly):
    """The colleague said that they have read the change."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    told = models.OneToOneField(LawTold, on_delete=models.PROTECT, related_name="receipt")
    at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        """Return the id only."""
        return str(self.pk)
