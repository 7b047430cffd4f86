"""Addresses with safe contact, messages with one recipient each, and the heartbeats of sweeps."""

import uuid
from typing import Any

from django.db import models
from django.db.models import Q
from django.utils import timezone

from groupcare.audit.models import AppendOnly
from groupcare.vault import EncryptedTextField, Owner, Purpose


class Channel(models.TextChoices):
    """How a person can be reached. ``proposed`` is a new mail address that its owner has not confirmed yet."""

    EMAIL = "email"
    PROPOSED = "proposed"


class Klass(models.TextChoices):
    """What a message is worth when its delivery is in doubt (foundation F10)."""

    CODE = "code"
    SAFETY = "safety"
    NOTICE = "notice"
    REMINDER = "reminder"


class State(models.TextChoices):
    """Where a message stands. ``may_have_been_sent``: it was handed over and no answer was kept."""

    QUEUED = "queued"
    CLAIMED = "claimed"
    SENT = "sent"
    MAY_HAVE_BEEN_SENT = "may_have_been_sent"
    DROPPED = "dropped"
    FAILED = "failed"


# A code or a safety message is sent again when in doubt: two are harmless, none is not.
SENT_AGAIN = frozenset({Klass.CODE, Klass.SAFETY})

# From -> to. A late answer of a slow worker may still settle a message in doubt.
TRANSITIONS: dict[State, frozenset[State]] = {
    State.QUEUED: frozenset({State.CLAIMED, State.DROPPED}),
    State.CLAIMED: frozenset(
        {State.QUEUED, State.SENT, State.MAY_HAVE_BEEN_SENT, State.FAILED, State.DROPPED},
    ),
    State.MAY_HAVE_BEEN_SENT: frozenset({State.SENT}),
    State.SENT: frozenset(),
    State.DROPPED: frozenset(),
    State.FAILED: frozenset(),
}


# What an update sets when the secret has served or come too late.
WITHOUT_SECRET: dict[str, Any] = {"secret": None, "holds_secret": False}


class AddressQuerySet(models.QuerySet["Address"]):
    """Addresses."""

    def current(self) -> "AddressQuerySet":
        """Return those still in use."""
        return self.filter(ended_at__isnull=True)


class Address(models.Model):
    """Where a person is written to. A new one ends the old one; none is overwritten."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    person = models.ForeignKey("accounts.Person", on_delete=models.PROTECT, related_name="addresses")
    channel = models.CharField(max_length=10, choices=Channel.choices, default=Channel.EMAIL)
    value = EncryptedTextField(
        bound_as="outbox.address.value",
        owner=Owner.PERSON,
        owner_from="person_id",
        purpose=Purpose.CONTACT,
        max_length=254,  # Source: RFC 5321 section 4.5.3.1.3, less the angle brackets.
    )
    lookup = models.CharField(max_length=64, db_index=True, editable=False)
    is_safe = models.BooleanField(default=True)
    verified_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    ended_at = models.DateTimeField(null=True, blank=True)

    objects = AddressQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["person", "channel"], condition=Q(ended_at__isnull=True), name="outbox_address_one_current"
            ),
        ]

    def __str__(self) -> str:
        return str(self.pk)


class MessageQuerySet(models.QuerySet["Message"]):
    """Messages."""

    def due(self) -> "MessageQuerySet":
        """Return the waiting messages whose time has come and not passed, oldest first."""
        now = timezone.now()
        return self.filter(state=State.QUEUED, due_at__lte=now).exclude(expires_at__lte=now).order_by("due_at", "id")

    def unsettled(self) -> "MessageQuerySet":
        """Return what a person should look at: failed, or perhaps sent."""
        open_ = self.filter(state__in=(State.FAILED, State.MAY_HAVE_BEEN_SENT), settlement__isnull=True)
        return open_.order_by("-created_at", "id")


class Message(models.Model):
    """One neutral text to one person. The row is the queue; text and link are made at delivery."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    recipient = models.ForeignKey("accounts.Person", on_delete=models.PROTECT, related_name="messages")
    address = models.ForeignKey(Address, null=True, blank=True, on_delete=models.PROTECT, related_name="messages")
    kind = models.CharField(max_length=40)
    klass = models.CharField(max_length=10, choices=Klass.choices)
    idempotence_key = models.CharField(max_length=200, unique=True)
    link_kind = models.CharField(max_length=40, blank=True)
    link_object = models.UUIDField(null=True, blank=True)
    link_issue = models.PositiveIntegerField(default=0)
    secret = EncryptedTextField(
        bound_as="outbox.message.secret",
        owner=Owner.PERSON,
        owner_from="recipient_id",
        purpose=Purpose.SECRETS,
        null=True,
        blank=True,
    )
    # The encrypted column cannot be asked, so whether there is something to destroy stands beside it.
    holds_secret = models.BooleanField(default=False, editable=False)
    when = models.DateTimeField(null=True, blank=True)
    due_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField(null=True, blank=True)
    state = models.CharField(max_length=20, choices=State.choices, default=State.QUEUED)
    reason = models.CharField(max_length=40, blank=True)
    # What the mail server answered, as its number alone: the words beside it could hold anything.
    answer = models.CharField(max_length=3, blank=True)
    claim = models.UUIDField(null=True, blank=True, editable=False)
    claimed_at = models.DateTimeField(null=True, blank=True, editable=False)
    sending_at = models.DateTimeField(null=True, blank=True, editable=False)
    sent_at = models.DateTimeField(null=True, blank=True, editable=False)
    attempts = models.PositiveIntegerField(default=0, editable=False)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    objects = MessageQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["state", "due_at"], name="outbox_message_due")]
        constraints = [
            models.CheckConstraint(
                condition=Q(link_kind="", link_object__isnull=True) | (~Q(link_kind="") & Q(link_object__isnull=False)),
                name="outbox_message_link_whole",
            ),
            models.CheckConstraint(
                condition=~Q(state=State.CLAIMED) | Q(claim__isnull=False, claimed_at__isnull=False),
                name="outbox_message_claim_whole",
            ),
            models.CheckConstraint(
                condition=~Q(state=State.SENT) | Q(sent_at__isnull=False, holds_secret=False),
                name="outbox_message_sent_keeps_no_secret",
            ),
        ]

    def __str__(self) -> str:
        return str(self.pk)


class AddressTrouble(AppendOnly):
    """Mail to an address was refused for good, or somebody said that it works again; the last row counts.

    The server's words are never kept: they may quote the mail.
    """

    class Source(models.TextChoices):
        """How it is known."""

        DELIVERY = "delivery"
        BOUNCE = "bounce"
        OVER = "over"

    id = models.BigAutoField(primary_key=True)
    address = models.ForeignKey(Address, on_delete=models.PROTECT, related_name="troubles")
    source = models.CharField(max_length=10, choices=Source.choices)
    code = models.CharField(max_length=12, blank=True)
    at = models.DateTimeField(default=timezone.now, editable=False)
    by = models.ForeignKey("accounts.Person", on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return str(self.pk)


class Settlement(AppendOnly):
    """What a person did about a message that failed or may have been sent; the first one counts."""

    class How(models.TextChoices):
        """What was done."""

        SENT_AGAIN = "sent_again"
        BY_PHONE = "by_phone"

    message = models.OneToOneField(Message, on_delete=models.PROTECT, primary_key=True, related_name="settlement")
    how = models.CharField(max_length=10, choices=How.choices)
    by = models.ForeignKey("accounts.Person", on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return str(self.pk)


class Heartbeat(models.Model):
    """When a sweep last finished well."""

    name = models.CharField(primary_key=True, max_length=60)
    beat_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.name
