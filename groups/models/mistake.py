"""What was put right: a place at the wrong person, a note on the wrong member, a person entered twice."""

import uuid

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from groupcare.audit.models import AppendOnly
from groups.models.group import Membership, TherapyGroup
from groups.models.note import ProgressNote


class MistakenPlace(AppendOnly, models.Model):
    """A place that a message to the wrong address gave to somebody else, and the place that took its stead."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    group = models.ForeignKey(TherapyGroup, on_delete=models.PROTECT, related_name="+")
    # One row for each place: sent twice, the form gives one correction.
    place = models.OneToOneField(Membership, on_delete=models.PROTECT, related_name="mistake")
    instead = models.OneToOneField(Membership, on_delete=models.PROTECT, related_name="corrects")
    found_by = models.ForeignKey("accounts.Person", on_delete=models.PROTECT, related_name="+")
    found_at = models.DateTimeField(default=timezone.now)

    class Meta:
        default_permissions = ()
        constraints = [
            models.CheckConstraint(condition=~Q(place=F("instead")), name="groups_mistaken_place_is_another"),
        ]

    def __str__(self) -> str:
        return str(self.pk)


class NoteCorrection(AppendOnly, models.Model):
    """One revision of a progress note that belongs to nobody's record: its words stay sealed as they are.

    Every revision of the mistaken note has a row of its own, so that one filter leaves all of them out.
    """

    class Reason(models.TextChoices):
        """Why the words do not belong where they stand."""

        WRONG_PERSON = "wrong_person", _("Written about the wrong person")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    note = models.OneToOneField(ProgressNote, on_delete=models.PROTECT, related_name="correction")
    moved_to = models.ForeignKey(ProgressNote, on_delete=models.PROTECT, related_name="corrects")
    reason = models.CharField(max_length=16, choices=Reason)
    corrected_by = models.ForeignKey("accounts.Person", on_delete=models.PROTECT, related_name="+")
    corrected_at = models.DateTimeField(default=timezone.now)

    class Meta:
        default_permissions = ()
        constraints = [
            models.CheckConstraint(condition=~Q(note=F("moved_to")), name="groups_correction_is_another_note"),
        ]

    def __str__(self) -> str:
        return str(self.pk)


class MovedPlace(AppendOnly, models.Model):
    """An open place that went from one entry of a person to the other when the two were put together."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    merge = models.ForeignKey("accounts.PersonMerge", on_delete=models.PROTECT, related_name="+")
    place = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+")
    moved_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["merge", "place"], name="groups_place_moved_once_a_merge"),
        ]

    def __str__(self) -> str:
        return str(self.pk)
