"""Wiring of the incidents app."""

from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


class IncidentsConfig(AppConfig):
    """Registers what the incidents app offers to the others."""

    name = "incidents"
    label = "incidents"

    def ready(self) -> None:
        """Register navigation, panels, API, the health check and the trigger over the steps."""
        from groupcare.access import Role
        from groupcare.access.api import register_routes
        from groupcare.web import health, nav, panels
        from incidents import triggers
        from incidents.panels import open_concern, speak_up, waiting

        readers = frozenset({"privacy_officer", "external_reviewer"})
        anybody = frozenset({"member", *map(str, Role.values)})
        for item in (
            nav.NavItem("desk", _("Desk"), "inbox", "incidents:desk", readers, 10, None),
            nav.NavItem("concerns", _("Concerns"), "mailbox", "incidents:concern-list", readers, 20, waiting),
            nav.NavItem(
                "speak-up", _("Speak up"), "message-circle", "incidents:concern-create", frozenset({"member"}), 40, None
            ),
            nav.NavItem(
                "concern", _("Raise a concern"), "message-circle", "incidents:concern-create", anybody, 10, None, "foot"
            ),
            nav.NavItem("own-concerns", _("My concerns"), "list", "incidents:concern-mine", anybody, 20, None, "foot"),
        ):
            nav.register(item)
        register_routes("incidents", "incidents.api_urls")
        panels.register("groups.member_home_side", speak_up)
        panels.register("groups.mistake", open_concern)
        panels.register("accounts.mistake", open_concern)
        health.register("concern_steps", lambda: None if triggers.is_installed() else "trigger_missing")
        post_migrate.connect(triggers.install, sender=self, dispatch_uid="incidents.triggers")
