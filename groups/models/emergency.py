"""Whom to call in an emergency: what a member keeps with us, and where they are tonight."""

import uuid

from django.db import models
from django.utils import timezone

from groupcare.audit.models import AppendOnly
from groupcare.vault import EncryptedTextField, Owner, Purpose
from groups.models.session import GroupSession


class ContactCard(AppendOnly, models.Model):
    """One version of a person's own number and emergency contact; the newest counts, and may be empty."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    person = models.ForeignKey("accounts.Person", on_delete=models.PROTECT, related_name="contact_cards")
    own_number = EncryptedTextField(
        bound_as="groups.contact_card.own_number",
        owner=Owner.PERSON,
        owner_from="person_id",
        purpose=Purpose.CONTACT,
        blank=True,
        max_length=40,
    )
    contact_name = EncryptedTextField(
        bound_as="groups.contact_card.contact_name",
        owner=Owner.PERSON,
        owner_from="person_id",
        purpose=Purpose.CONTACT,
        blank=True,
        max_length=120,
    )
    contact_number = EncryptedTextField(
        bound_as="groups.contact_card.contact_number",
        owner=Owner.PERSON,
        owner_from="person_id",
        purpose=Purpose.CONTACT,
        blank=True,
        max_length=40,
    )
    written_by = models.ForeignKey("accounts.Person", on_delete=models.PROTECT, related_name="+")
    written_at = models.DateTimeField(default=timezone.now)

    class Meta:
        default_permissions = ()
        indexes = [models.Index(fields=["person", "written_at"], name="groups_card_newest")]

    def __str__(self) -> str:
        return str(self.pk)


class Whereabouts(AppendOnly, models.Model):
    """Where a member is during one session, and how to call them back; or that they would not say."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    session = models.ForeignKey(GroupSession, on_delete=models.PROTECT, related_name="whereabouts")
    person = models.ForeignKey("accounts.Person", on_delete=models.PROTECT, related_name="whereabouts")
    location = EncryptedTextField(
        bound_as="groups.whereabouts.location",
        owner=Owner.PERSON,
        owner_from="person_id",
        purpose=Purpose.CONTACT,
        blank=True,
        max_length=200,
    )
    call_back = EncryptedTextField(
        bound_as="groups.whereabouts.call_back",
        owner=Owner.PERSON,
        owner_from="person_id",
        purpose=Purpose.CONTACT,
        blank=True,
        max_length=40,
    )
    withheld = models.BooleanField(default=False)
    said_by = models.ForeignKey("accounts.Person", on_delete=models.PROTECT, related_name="+")
    said_at = models.DateTimeField(default=timezone.now)

    class Meta:
        default_permissions = ()
        indexes = [models.Index(fields=["session", "person", "said_at"], name="groups_whereabouts_newest")]

    def __str__(self) -> str:
        return str(self.pk)
