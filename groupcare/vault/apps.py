"""Wiring of the vault room."""

from typing import Any

from django.apps import AppConfig
from django.core import checks
from django.db.models.signals import post_migrate


class VaultConfig(AppConfig):
    """Registers what the vault room offers to the others."""

    name = "groupcare.vault"
    label = "vault"

    def ready(self) -> None:
        """Register the checks and the health of the ring.

        Raises:
            ImproperlyConfigured: production without a key ring.
        """
        from groupcare.vault import checks as ours
        from groupcare.web import health

        ours.require_ring()
        post_migrate.connect(make_ring, sender=self, dispatch_uid="groupcare.vault")
        for check in (ours.check_ring, ours.check_labels, ours.check_fields_in_clear):
            checks.register(check, checks.Tags.security)
        health.register("key ring", ours.ring_health)


def make_ring(**_: Any) -> None:
    """Make the ring of a new embedded installation; production, and data of other keys, get none."""
    from django.conf import settings
    from django.db import connection

    from groupcare.vault import ring
    from groupcare.vault.models import DataKey

    there = DataKey._meta.db_table in connection.introspection.table_names()
    if not settings.PRODUCTION and there and not DataKey.objects.exists():
        ring.make_missing()
