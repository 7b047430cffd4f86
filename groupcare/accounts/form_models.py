"""What keeps typed text from being lost when a session ends (SEC-46), and a form from being taken in twice."""

import uuid
from typing import ClassVar

from django.db import models
from django.utils import timezone

from groupcare.vault import EncryptedJSONField, EncryptedTextField, Owner, Purpose


class KeptText(models.Model):
    """What somebody had typed into a form when their session was over; theirs alone, and for a day."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    person = models.ForeignKey("accounts.Person", on_delete=models.CASCADE, related_name="+")
    # Person and path under a key of the vault: one row for each form, and no path in clear.
    path_index = models.CharField(max_length=64, unique=True)
    content = EncryptedJSONField(
        bound_as="accounts.kept_text.content",
        owner=Owner.PERSON,
        owner_from="person_id",
        purpose=Purpose.SECRETS,
    )
    kept_at = models.DateTimeField(default=timezone.now, editable=False)
    expires_at = models.DateTimeField(db_index=True)

    class Meta:
        default_permissions = ()
        ordering: ClassVar[list[str]] = ["-kept_at"]

    def __str__(self) -> str:
        """Return the id only."""
        return str(self.pk)


class UsedForm(models.Model):
    """A form that was taken in: written in the transaction of what it brought about, and cleared after a day."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    person = models.ForeignKey("accounts.Person", on_delete=models.CASCADE, related_name="+")
    # Person, path, the form's one-time key and what was typed, under a key of the vault.
    form_index = models.CharField(max_length=64, unique=True)
    # The random id of the request that was taken in: the units of one request do not stand in each other's way.
    request = models.CharField(max_length=36)
    onward = EncryptedTextField(
        bound_as="accounts.used_form.onward",
        owner=Owner.PERSON,
        owner_from="person_id",
        purpose=Purpose.SECRETS,
        blank=True,
    )
    used_at = models.DateTimeField(default=timezone.now, editable=False, db_index=True)

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        """Return the id only."""
        return str(self.pk)
