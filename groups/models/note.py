"""Process notes and progress notes: separate tables, append-only revisions.

Source: 45 CFR 164.501 keeps notes on the conversation apart from the rest of the record.
"""

import uuid

from django.db import models
from django.db.models import Q
from django.utils import timezone

from groupcare.audit.models import AppendOnly
from groupcare.vault import EncryptedTextField, Owner, Purpose
from groups.models.group import Membership, TherapyGroup
from groups.models.session import GroupSession


class ProcessNote(AppendOnly, models.Model):
    """One revision of the note on the group as a whole. One chain of revisions per session."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    group = models.ForeignKey(TherapyGroup, on_delete=models.PROTECT, related_name="process_notes")
    session = models.ForeignKey(GroupSession, on_delete=models.PROTECT, related_name="process_notes")
    author = models.ForeignKey("accounts.Person", on_delete=models.PROTECT, related_name="+")
    body = EncryptedTextField(
        bound_as="groups.process_note.body",
        owner=Owner.GROUP,
        owner_from="group_id",
        purpose=Purpose.CLINICAL,
        max_length=20000,
    )
    supersedes = models.OneToOneField(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="superseded_by"
    )
    written_at = models.DateTimeField(default=timezone.now)

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                fields=["session"], condition=Q(supersedes__isnull=True), name="groups_process_note_one_chain"
            ),
        ]

    def __str__(self) -> str:
        return str(self.pk)


class ProgressNote(AppendOnly, models.Model):
    """One revision of the note on one member's part. One chain per member and session."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    group = models.ForeignKey(TherapyGroup, on_delete=models.PROTECT, related_name="progress_notes")
    session = models.ForeignKey(GroupSession, on_delete=models.PROTECT, related_name="progress_notes")
    membership = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="progress_notes")
    about = models.ForeignKey("accounts.Person", on_delete=models.PROTECT, related_name="+")
    author = models.ForeignKey("accounts.Person", on_delete=models.PROTECT, related_name="+")
    body = EncryptedTextField(
        bound_as="groups.progress_note.body",
        owner=Owner.PERSON,
        owner_from="about_id",
        purpose=Purpose.CLINICAL,
        max_length=20000,
    )
    supersedes = models.OneToOneField(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="superseded_by"
    )
    written_at = models.DateTimeField(default=timezone.now)

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                fields=["session", "membership"],
                condition=Q(supersedes__isnull=True),
                name="groups_progress_note_one_chain",
            ),
        ]

    def __str__(self) -> str:
        return str(self.pk)
