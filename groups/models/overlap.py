"""Whom a person wants to avoid, that two people of one group may know each other, and what was done about it."""

import uuid
from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from groupcare.audit.models import AppendOnly
from groupcare.vault import EncryptedJSONField, Owner, Purpose
from groups.models.group import TherapyGroup


class AvoidList(AppendOnly, models.Model):
    """People and places that somebody does not want to meet in a group. The newest counts; only the check reads it."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    person = models.ForeignKey("accounts.Person", on_delete=models.PROTECT, related_name="+")
    # {"people": [...], "places": [...]}, one line each.
    entries = EncryptedJSONField(
        bound_as="groups.avoid_list.entries",
        owner=Owner.PERSON,
        owner_from="person_id",
        # A key that no page for those who work here opens.
        purpose=Purpose.SECRETS,
    )
    written_at = models.DateTimeField(default=timezone.now)

    class Meta:
        default_permissions = ()
        indexes: ClassVar = [models.Index(fields=["person", "-written_at"], name="groups_avoid_of_person")]

    def __str__(self) -> str:
        return str(self.pk)


class OverlapCheck(models.Model):
    """That the groups of a person must be looked through again; done by the clock, so that no page takes longer."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    person = models.ForeignKey("accounts.Person", on_delete=models.PROTECT, related_name="+")
    due_at = models.DateTimeField(default=timezone.now)
    done_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        default_permissions = ()
        indexes: ClassVar = [
            models.Index(fields=["due_at"], condition=Q(done_at__isnull=True), name="groups_overlap_check_due")
        ]

    def __str__(self) -> str:
        return str(self.pk)


class OverlapFinding(AppendOnly, models.Model):
    """Two people of one group may know each other. It says neither why nor which of them named the other."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    group = models.ForeignKey(TherapyGroup, on_delete=models.PROTECT, related_name="overlaps")
    # In the order of their ids, so that the order tells nothing.
    one = models.ForeignKey("accounts.Person", on_delete=models.PROTECT, related_name="+")
    other = models.ForeignKey("accounts.Person", on_delete=models.PROTECT, related_name="+")
    number = models.PositiveSmallIntegerField(default=1)
    # A keyed hash of what matched: the same match is one finding, another one is a new one.
    basis = models.CharField(max_length=64)
    found_at = models.DateTimeField(default=timezone.now)

    class Meta:
        default_permissions = ()
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["group", "one", "other", "number"], name="groups_overlap_once"),
            models.CheckConstraint(condition=Q(one__lt=F("other")), name="groups_overlap_in_order"),
        ]

    def __str__(self) -> str:
        return str(self.pk)


class OverlapStep(AppendOnly, models.Model):
    """What was done about a possible overlap: each side was talked to alone, then it was decided."""

    class Kind(models.TextChoices):
        """What was done."""

        TALKED = "talked", _("Talked with one of the two, alone")
        LETS_IN = "lets_in", _("Both can be in this group")
        KEEPS_APART = "keeps_apart", _("They do not come together in this group")
        GONE = "gone", _("It no longer stands")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    finding = models.ForeignKey(OverlapFinding, on_delete=models.PROTECT, related_name="steps")
    kind = models.CharField(max_length=12, choices=Kind)
    side = models.ForeignKey("accounts.Person", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    # Empty when the check took it.
    taken_by = models.ForeignKey("accounts.Person", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    taken_at = models.DateTimeField(default=timezone.now)

    class Meta:
        default_permissions = ()
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["finding", "side"], condition=Q(kind="talked"), name="groups_overlap_talked_once"
            ),
            models.UniqueConstraint(
                fields=["finding"], condition=Q(kind__in=["lets_in", "keeps_apart"]), name="groups_overlap_decided_once"
            ),
            # What was decided is gone too, once one of the two is.
            models.UniqueConstraint(fields=["finding"], condition=Q(kind="gone"), name="groups_overlap_gone_once"),
            models.CheckConstraint(
                condition=Q(kind="talked", side__isnull=False) | (~Q(kind="talked") & Q(side__isnull=True)),
                name="groups_overlap_side_with_its_talk",
            ),
        ]

    def __str__(self) -> str:
        return str(self.pk)
