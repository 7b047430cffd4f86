"""A session that somebody else calls off, or takes over for one evening."""

import uuid

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from groupcare.audit.models import AppendOnly
from groups.models.session import GroupSession


class Cancellation(AppendOnly, models.Model):
    """That a session was called off, by whom, and for which of the fixed reasons. It is not taken back."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    session = models.OneToOneField(GroupSession, on_delete=models.PROTECT, related_name="cancellation")
    # A key of groups/absence/reasons.toml: nobody writes a reason in words.
    reason = models.CharField(max_length=24)
    called_off_by = models.ForeignKey("accounts.Person", on_delete=models.PROTECT, related_name="+")
    called_off_at = models.DateTimeField(default=timezone.now)

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return str(self.pk)


class Substitution(AppendOnly, models.Model):
    """That a colleague was asked to run one session; the rights are on the session alone (foundation F4)."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    session = models.ForeignKey(GroupSession, on_delete=models.PROTECT, related_name="substitutions")
    person = models.ForeignKey("accounts.Person", on_delete=models.PROTECT, related_name="substitutions")
    asked_by = models.ForeignKey("accounts.Person", on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField(default=timezone.now)
    # First moment without any right on the session.
    until = models.DateTimeField()

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return str(self.pk)


class SubstitutionStep(AppendOnly, models.Model):
    """What came of asking: accepted, declined, or taken back because somebody else was asked."""

    class Kind(models.TextChoices):
        """The steps; all but the first end it."""

        ACCEPTED = "accepted", _("Accepted")
        DECLINED = "declined", _("Declined")
        REPLACED = "replaced", _("Somebody else was asked")
        MOVED = "moved", _("The session was moved to another time")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    substitution = models.ForeignKey(Substitution, on_delete=models.PROTECT, related_name="steps")
    kind = models.CharField(max_length=12, choices=Kind)
    taken_by = models.ForeignKey("accounts.Person", on_delete=models.PROTECT, related_name="+")
    taken_at = models.DateTimeField(default=timezone.now)

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["substitution", "kind"], name="groups_substitution_step_once"),
        ]

    def __str__(self) -> str:
        return str(self.pk)
