"""What a ceremony leaves behind besides its answer: the yes to a screen, what was understood, what was asked, the kiosk."""

import uuid
from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from consent.models.promises import Capacity, DocumentVersion
from groupcare.audit.models import AppendOnly
from groupcare.vault import EncryptedTextField, Owner, Purpose


class EsignConsent(AppendOnly, models.Model):
    """What a person answered when asked whether they read and sign on a screen; the latest row counts.

    ``sha256`` names the version of the words by which they were asked, ``shown_sha256`` the words with the name of the
    practice put in, as the person read them. Source: 15 USC 7001(c).
    """

    class Answer(models.TextChoices):
        """What was said."""

        AGREED = "agreed", _("Agreed to sign on a screen")
        REFUSED = "refused", _("Would rather have paper")
        WITHDRAWN = "withdrawn", _("Took it back")

    class DeviceTest(models.TextChoices):
        """Whether the code in the sample line was read on this device."""

        PASSED = "passed", _("Passed: the code was typed")
        NOT_DONE = "not_done", _("Not done")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    person = models.ForeignKey("accounts.Person", on_delete=models.PROTECT, related_name="+")
    answer = models.CharField(max_length=16, choices=Answer.choices)
    sha256 = models.CharField(max_length=64)
    shown_sha256 = models.CharField(max_length=64)
    language = models.CharField(max_length=8)
    device_test = models.CharField(max_length=16, choices=DeviceTest.choices)
    at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["person", "-at"], name="consent_latest_screen_answer")]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=~Q(answer="agreed") | Q(device_test="passed"), name="consent_screen_only_after_the_test"
            ),
        ]

    def __str__(self) -> str:
        """Return the id only, so that a log line names nobody."""
        return str(self.id)


class TeachBack(AppendOnly, models.Model):
    """One try at one question about a text, in one line of answers: what was chosen, and whether it was right."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    version = models.ForeignKey(DocumentVersion, on_delete=models.PROTECT, related_name="+")
    subject = models.ForeignKey("accounts.Person", on_delete=models.PROTECT, related_name="+")
    signer = models.ForeignKey("accounts.Person", on_delete=models.PROTECT, related_name="+")
    capacity = models.CharField(max_length=16, choices=Capacity.choices)
    question = models.CharField(max_length=64)
    chosen = models.CharField(max_length=64)
    is_right = models.BooleanField()
    attempt = models.PositiveSmallIntegerField()
    at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["version", "signer", "at"], name="consent_tries_of_signer")]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(attempt__gte=1), name="consent_tries_start_at_one"),
        ]

    def __str__(self) -> str:
        """Return the id only, so that a log line names nobody."""
        return str(self.id)


class AgreementQuestion(AppendOnly, models.Model):
    """What somebody asked about a text, or about one part of it, before they decided."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    version = models.ForeignKey(DocumentVersion, on_delete=models.PROTECT, related_name="+")
    group = models.ForeignKey("groups.TherapyGroup", on_delete=models.PROTECT, related_name="+")
    person = models.ForeignKey("accounts.Person", on_delete=models.PROTECT, related_name="+")
    # The key of the part; empty asks about the whole.
    clause = models.CharField(max_length=64, blank=True)
    words = EncryptedTextField(
        bound_as="consent.agreement_question.words",
        owner=Owner.PERSON,
        owner_from="person_id",
        purpose=Purpose.AGREEMENTS,
        max_length=1000,
    )
    at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["group", "-at"], name="consent_questions_of_group")]

    def __str__(self) -> str:
        """Return the id only, so that a log line names nobody."""
        return str(self.id)


class AgreementReply(AppendOnly, models.Model):
    """What those who lead answered; a row of its own, since the question is never changed. One for each question."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    question = models.OneToOneField(AgreementQuestion, on_delete=models.PROTECT, related_name="reply")
    # Who asked, under whose key the words lie.
    person = models.ForeignKey("accounts.Person", on_delete=models.PROTECT, related_name="+")
    words = EncryptedTextField(
        bound_as="consent.agreement_reply.words",
        owner=Owner.PERSON,
        owner_from="person_id",
        purpose=Purpose.AGREEMENTS,
        max_length=2000,
    )
    replied_by = models.ForeignKey("accounts.Person", on_delete=models.PROTECT, related_name="+")
    replied_at = models.DateTimeField(default=timezone.now, editable=False)

    def __str__(self) -> str:
        """Return the id only, so that a log line names nobody."""
        return str(self.id)


class KioskHandover(models.Model):
    """A device of the practice in the hands of one member, to read and answer agreements; it ends by itself."""

    class End(models.TextChoices):
        """How it ended before its time."""

        GIVEN_BACK = "given_back", _("Given back")
        HANDED_ON = "handed_on", _("Handed to somebody else")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    staff = models.ForeignKey("accounts.Person", on_delete=models.PROTECT, related_name="+")
    person = models.ForeignKey("accounts.Person", on_delete=models.PROTECT, related_name="+")
    group = models.ForeignKey("groups.TherapyGroup", on_delete=models.PROTECT, related_name="+")
    began_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_how = models.CharField(max_length=16, choices=End.choices, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(expires_at__gt=F("began_at")), name="consent_handover_has_a_time"),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True, ended_how="") | (Q(ended_at__isnull=False) & ~Q(ended_how="")),
                name="consent_handover_ends_in_one_way",
            ),
        ]

    def __str__(self) -> str:
        """Return the id only, so that a log line names nobody."""
        return str(self.id)
