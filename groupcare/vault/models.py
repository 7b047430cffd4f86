"""The vault's table: data keys, each wrapped by a key-encryption key of the ring."""

import uuid
from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from groupcare.vault.kinds import Owner, Purpose


class DataKey(models.Model):
    """The key of one owner's data for one purpose; destroyed, it leaves an empty row behind."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    owner_kind = models.CharField(max_length=16, choices=[(kind.value, kind.value) for kind in Owner])
    owner_id = models.UUIDField()
    purpose = models.CharField(max_length=16, choices=[(purpose.value, purpose.value) for purpose in Purpose])
    kek_id = models.CharField(max_length=32)
    wrapped = models.BinaryField()
    created_at = models.DateTimeField()
    destroyed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("data key")
        verbose_name_plural = _("data keys")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["owner_kind", "owner_id", "purpose"],
                condition=models.Q(destroyed_at__isnull=True),
                name="vault_one_live_key",
            ),
            models.CheckConstraint(
                condition=models.Q(destroyed_at__isnull=True) | models.Q(wrapped=b""),
                name="vault_destroyed_is_empty",
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["kek_id"], name="vault_key_by_kek")]

    def __str__(self) -> str:
        return str(self.id)
