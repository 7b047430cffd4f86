"""Who decides for a young person: the basis, and the guardians with what was seen of their authority."""

import uuid
from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from consent.models.promises import SignersPolicy
from groupcare.audit.models import AppendOnly
from groupcare.vault import EncryptedTextField, Owner, Purpose
from groupcare.web.initials import initials


class ConsentBasis(AppendOnly, models.Model):
    """Who decides about taking part for one person; a later row replaces it. Nobody has one: they decide themselves.

    Source: domain reference, section 2.8, row ``who_consents`` (guardian, minor alone under a statute, or both; the
    evidence; court orders on custody).
    """

    class Decides(models.TextChoices):
        """Whose answers are asked for."""

        ADULT = "adult", _("The person, who is of age")
        GUARDIAN = "guardian", _("A guardian permits, the young person assents")
        YOUNG = "young", _("The young person alone, as the law of the place allows")
        BOTH = "both", _("The young person and a guardian, both")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    person = models.ForeignKey("accounts.Person", on_delete=models.PROTECT, related_name="consent_bases")
    decides = models.CharField(max_length=8, choices=Decides.choices)
    # How the answers of several guardians are joined.
    guardians = models.CharField(max_length=16, choices=SignersPolicy.choices, default=SignersPolicy.ALL_REQUIRED)
    # The law it rests on, and what was seen: the age, a court order, how mature the person is and who found so.
    grounds = EncryptedTextField(
        bound_as="consent.consent_basis.grounds",
        owner=Owner.PERSON,
        owner_from="person_id",
        purpose=Purpose.AGREEMENTS,
        max_length=2000,
    )
    decided_by = models.ForeignKey("accounts.Person", on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField(default=timezone.now)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["person", "-decided_at"], name="consent_latest_basis")]

    def __str__(self) -> str:
        """Return the id only, so that a log line names nobody."""
        return str(self.id)


class GuardianLink(models.Model):
    """That one person may answer for a young one, by which authority, and who saw the proof of it."""

    class Relationship(models.TextChoices):
        """What the guardian is to the young person."""

        PARENT = "parent", _("Parent")
        STEP_PARENT = "step_parent", _("Step-parent")
        GRANDPARENT = "grandparent", _("Grandparent")
        RELATIVE = "relative", _("Other relative")
        FOSTER = "foster", _("Foster parent")
        AGENCY = "agency", _("Agency or office")
        OTHER = "other", _("Other")

    class Authority(models.TextChoices):
        """Why this person may decide."""

        PARENTAL = "parental", _("Parental responsibility")
        COURT = "court", _("Named by a court order")
        APPOINTED = "appointed", _("Appointed legal guardian")
        DELEGATED = "delegated", _("Written delegation by who has the responsibility")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    person = models.ForeignKey("accounts.Person", on_delete=models.PROTECT, related_name="guardian_links")
    guardian = models.ForeignKey("accounts.Person", on_delete=models.PROTECT, related_name="guardian_of")
    # The name as whoever named the guardian wrote it. Those who run the group read this one, never the name that the
    # practice knows by an address: else whoever types an address would learn whose it is. Older rows have none.
    named_as = EncryptedTextField(
        bound_as="consent.guardian_link.named_as",
        owner=Owner.PERSON,
        owner_from="person_id",
        purpose=Purpose.AGREEMENTS,
        max_length=120,
        null=True,
    )
    relationship = models.CharField(max_length=16, choices=Relationship.choices)
    authority = models.CharField(max_length=16, choices=Authority.choices)
    evidence = EncryptedTextField(
        bound_as="consent.guardian_link.evidence",
        owner=Owner.PERSON,
        owner_from="person_id",
        purpose=Purpose.AGREEMENTS,
        max_length=2000,
    )
    checked_by = models.ForeignKey("accounts.Person", on_delete=models.PROTECT, related_name="+")
    valid_from = models.DateTimeField(default=timezone.now)
    valid_until = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.ForeignKey("accounts.Person", on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["person", "guardian"], condition=Q(ended_at__isnull=True), name="consent_one_open_guardian_link"
            ),
            models.CheckConstraint(condition=~Q(person=F("guardian")), name="consent_nobody_is_their_own_guardian"),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True, ended_by__isnull=True)
                | Q(ended_at__isnull=False, ended_by__isnull=False),
                name="consent_guardian_link_ended_by_whom_and_when",
            ),
            models.CheckConstraint(
                condition=Q(valid_until__isnull=True) | Q(valid_until__gte=F("valid_from")),
                name="consent_guardian_link_period",
            ),
        ]

    def __str__(self) -> str:
        """Return the id only, so that a log line names nobody."""
        return str(self.id)

    @property
    def name(self) -> str:
        """Return what those who run the group call the guardian: the name that was written down.

        Where an older row has none, it is the used name of a guardian without an account, whom somebody of the group
        entered; of whoever signs in, the relationship alone.
        """
        if self.named_as:
            return self.named_as
        return str(self.get_relationship_display()) if self.guardian.login else self.guardian.used_name

    @property
    def initials(self) -> str:
        """Return at most two letters of that name."""
        return initials(self.name)
