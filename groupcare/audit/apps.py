"""Wiring of the audit room."""

from django.apps import AppConfig
from django.core import checks
from django.db.models.signals import post_migrate


class AuditConfig(AppConfig):
    """Registers what the audit room offers to the others."""

    name = "groupcare.audit"
    label = "audit"

    def ready(self) -> None:
        """Connect the one receiver that installs triggers, and the checks.

        Raises:
            ImproperlyConfigured: production without keys.
        """
        from groupcare.audit import checks as ours
        from groupcare.audit import installation
        from groupcare.web import health

        ours.require_keys()
        # Sent once for each app when all migrations are done; ours is enough.
        post_migrate.connect(installation.install, sender=self, dispatch_uid="groupcare.audit")
        checks.register(ours.check_keys, checks.Tags.security)
        checks.register(ours.check_database, checks.Tags.database)
        health.register("trail", ours.trail_health)
        health.register("triggers", ours.trigger_health)
