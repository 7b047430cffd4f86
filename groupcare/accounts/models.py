"""Persons, those of them who sign in, and what proves who they are.

A person is not an account (foundation F8): every record of the practice points to ``Person``, and
a person has no ``User`` or one. Names are vaulted; the sign-in address is not, because signing in
must find it (see docs/security.md).
"""

import uuid
from typing import Any, ClassVar

from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.db import models
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from groupcare.accounts.form_models import KeptText as KeptText
from groupcare.accounts.form_models import UsedForm as UsedForm
from groupcare.accounts.merge_models import PersonMerge as PersonMerge
from groupcare.accounts.merge_models import PersonMergeUndo as PersonMergeUndo
from groupcare.accounts.recovery_models import Recovery as Recovery
from groupcare.accounts.recovery_models import RecoveryStep as RecoveryStep
from groupcare.vault import EncryptedTextField, Owner, Purpose
from groupcare.web.initials import initials


class Person(models.Model):
    """Somebody the practice knows: staff, member, guardian or one who signs on paper."""

    class Language(models.TextChoices):
        """The languages that pages and messages are written in."""

        ENGLISH = "en", _("English")
        SPANISH = "es", _("Spanish")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    used_name = EncryptedTextField(
        bound_as="accounts.person.used_name",
        owner=Owner.PERSON,
        owner_from="id",
        purpose=Purpose.IDENTITY,
        max_length=120,
    )
    legal_name = EncryptedTextField(
        bound_as="accounts.person.legal_name",
        owner=Owner.PERSON,
        owner_from="id",
        purpose=Purpose.IDENTITY,
        blank=True,
        max_length=200,
    )
    pronouns = EncryptedTextField(
        bound_as="accounts.person.pronouns",
        owner=Owner.PERSON,
        owner_from="id",
        purpose=Purpose.IDENTITY,
        blank=True,
        max_length=60,
    )
    date_of_birth = EncryptedTextField(
        bound_as="accounts.person.date_of_birth",
        owner=Owner.PERSON,
        owner_from="id",
        purpose=Purpose.IDENTITY,
        blank=True,
        max_length=10,
    )
    language = models.CharField(max_length=8, choices=Language, default=Language.ENGLISH)
    time_zone = models.CharField(max_length=64, default="UTC")
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    def __str__(self) -> str:
        """Return the id only: a name must not slip into a log or a title."""
        return str(self.pk)

    @property
    def initials(self) -> str:
        """Return at most two letters of the used name, for a seat."""
        return initials(self.used_name)

    @property
    def login(self) -> "User | None":
        """Return the account of this person, or None for somebody who does not sign in."""
        try:
            return self.user
        except User.DoesNotExist:
            return None


class UserManager(BaseUserManager["User"]):
    """Makes accounts; an address is kept in lower case."""

    def create_user(self, email: str, password: str | None = None, *, person: Person, **fields: Any) -> "User":
        """Return a new account of ``person``; without a password it can sign in by passkey only."""
        user = self.model(email=self.normalize_email(email).lower(), person=person, **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, *, person: Person, **fields: Any) -> "User":
        """Return a new account with Django's superuser mark, which opens no record (foundation F4)."""
        return self.create_user(email, password, person=person, is_superuser=True, **fields)

    def get_by_natural_key(self, username: str | None) -> "User":
        """Return the account of an address, whatever its letter case."""
        return self.get(email=(username or "").lower())


class User(AbstractBaseUser, PermissionsMixin):
    """The account of a person: how they sign in, and nothing else about them."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    person = models.OneToOneField(Person, on_delete=models.PROTECT, related_name="user")
    email = models.EmailField(unique=True)
    is_active = models.BooleanField(default=True)
    demo_exempt = models.BooleanField(
        default=False, help_text=_("Works without a second factor, and only while the database is a demo.")
    )
    date_joined = models.DateTimeField(default=timezone.now, editable=False)

    # No page of Django's own admin exists; the attribute is asked for by libraries.
    is_staff = False
    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["person"]

    objects: ClassVar[UserManager] = UserManager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(email=Lower("email")), name="user_email_is_lower_case")
        ]

    def __str__(self) -> str:
        """Return the id only."""
        return str(self.pk)


class InvitationQuerySet(models.QuerySet["Invitation"]):
    """Invitations by what can still happen to them."""

    def open(self) -> "InvitationQuerySet":
        """Return those that can still be accepted now."""
        return self.filter(accepted_at=None, revoked_at=None, expires_at__gt=timezone.now())

    def latest_or_none(self) -> "Invitation | None":
        """Return the newest of them, if there is one."""
        return self.order_by("-created_at", "-pk").first()


class Invitation(models.Model):
    """A way in for one person, bound to one address; the token is derived, only its hash is kept (F10)."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="invitations")
    address = models.ForeignKey("outbox.Address", on_delete=models.PROTECT, related_name="+")
    # The staff role given at acceptance, a value of access.Role; empty for a member.
    role = models.CharField(max_length=32, blank=True)
    issue = models.PositiveIntegerField(default=1)
    token_hash = models.CharField(max_length=64)
    expires_at = models.DateTimeField()
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    invited_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    accepted_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    objects = InvitationQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["person"],
                condition=models.Q(accepted_at=None, revoked_at=None),
                name="one_waiting_invitation_a_person",
            ),
            models.CheckConstraint(
                condition=models.Q(accepted_at=None) | models.Q(revoked_at=None), name="accepted_or_revoked"
            ),
        ]

    def __str__(self) -> str:
        """Return the id only."""
        return str(self.pk)

    @property
    def is_open(self) -> bool:
        """Return whether it can still be accepted."""
        return self.accepted_at is None and self.revoked_at is None and self.expires_at > timezone.now()


class StepUpCode(models.Model):
    """A six-digit code sent by e-mail to prove who sits at the keyboard; used once (foundation F9)."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    code_hash = models.CharField(max_length=64)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    expires_at = models.DateTimeField()
    tries = models.PositiveSmallIntegerField(default=0)
    used_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        """Return the id only."""
        return str(self.pk)


class UsedFactorStep(models.Model):
    """A time step of an authenticator app that was taken, so that its code never counts twice (RFC 6238, 5.2)."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    step = models.BigIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "step"], name="a_factor_step_counts_once")]

    def __str__(self) -> str:
        """Return the id only."""
        return str(self.pk)


class SessionRecord(models.Model):
    """Which account a session belongs to, so that it can be listed and ended.

    The last use stands in the session itself, to the minute; no network address is kept. Ending a
    session deletes Django's row, and this one goes with it.
    """

    session = models.OneToOneField(
        "sessions.Session", on_delete=models.CASCADE, primary_key=True, related_name="record"
    )
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="session_records")
    # A name of its own for the page: the session's key must not stand in HTML.
    handle = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    started_at = models.DateTimeField(default=timezone.now, editable=False)

    def __str__(self) -> str:
        """Return the handle only."""
        return str(self.handle)
