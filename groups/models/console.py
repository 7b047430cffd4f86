"""What was checked, said and noticed in one session: append-only lines, one chain for each thing that is asked."""

import uuid

from django.db import models
from django.db.models import Q
from django.utils import timezone

from groupcare.audit.models import AppendOnly
from groupcare.vault import EncryptedTextField, Owner, Purpose
from groups.models.group import TherapyGroup
from groups.models.session import GroupSession


class ConsoleEntry(AppendOnly, models.Model):
    """One line of a session's console. What it is about: the keys of ``groups/console``.

    A thing that is asked (a check, a step) has one chain of answers. A remark stands alone: its answer is ``NOTED``.
    """

    #: The answer of a remark, of which there may be several.
    NOTED = "noted"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    group = models.ForeignKey(TherapyGroup, on_delete=models.PROTECT, related_name="+")
    session = models.ForeignKey(GroupSession, on_delete=models.PROTECT, related_name="console")
    key = models.CharField(max_length=40)
    answer = models.CharField(max_length=40)
    words = EncryptedTextField(
        bound_as="groups.console_entry.words",
        owner=Owner.GROUP,
        owner_from="group_id",
        purpose=Purpose.CLINICAL,
        blank=True,
        max_length=4000,
    )
    written_by = models.ForeignKey("accounts.Person", on_delete=models.PROTECT, related_name="+")
    written_at = models.DateTimeField(default=timezone.now)
    supersedes = models.OneToOneField(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="superseded_by"
    )

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                fields=["session", "key"],
                condition=Q(supersedes__isnull=True) & ~Q(answer="noted"),
                name="groups_console_one_chain",
            ),
        ]

    def __str__(self) -> str:
        return str(self.pk)
