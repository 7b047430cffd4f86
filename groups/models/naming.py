"""How a group calls a member, as the member chose it: one row for each choice, the newest counts."""

import uuid
from typing import ClassVar

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from groupcare.audit.models import AppendOnly
from groupcare.vault import EncryptedTextField, Owner, Purpose
from groups.models.group import Membership, TherapyGroup


class ChosenName(AppendOnly, models.Model):
    """What a member wants to be called in one group, and who there may see their pronouns.

    ``Membership.alias`` is the name now; the rows keep the names before, since notes may still say them.
    """

    class Shown(models.TextChoices):
        """Who in the group may see the pronouns."""

        NOBODY = "nobody", _("Nobody in this group")
        FACILITATORS = "facilitators", _("Those who run the group")
        GROUP = "group", _("Everybody in the group")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    membership = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="chosen_names")
    group = models.ForeignKey(TherapyGroup, on_delete=models.PROTECT, related_name="+")
    name = EncryptedTextField(
        bound_as="groups.chosen_name.name",
        owner=Owner.GROUP,
        owner_from="group_id",
        purpose=Purpose.IDENTITY,
        blank=True,
        max_length=80,
    )
    # What the group called the person until then.
    before = EncryptedTextField(
        bound_as="groups.chosen_name.before",
        owner=Owner.GROUP,
        owner_from="group_id",
        purpose=Purpose.IDENTITY,
        blank=True,
        max_length=80,
    )
    pronouns_shown = models.CharField(max_length=12, choices=Shown)
    chosen_by = models.ForeignKey("accounts.Person", on_delete=models.PROTECT, related_name="+")
    chosen_at = models.DateTimeField(default=timezone.now)

    class Meta:
        default_permissions = ()
        indexes: ClassVar = [models.Index(fields=["membership", "-chosen_at"], name="groups_name_of_place")]

    def __str__(self) -> str:
        return str(self.pk)
