"""Wiring of the web room."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class WebConfig(AppConfig):
    """Registers what the web room offers to the others."""

    name = "groupcare.web"
    label = "web"

    def ready(self) -> None:
        """Register the first health checks and the way to the display choices; send structlog through logging."""
        from groupcare.web import health, logs, nav

        logs.configure()
        health.register("database", health.database)
        health.register("migrations", health.migrations)
        nav.register(
            nav.NavItem(
                "display",
                _("Display and language"),
                "contrast",
                "web:display",
                frozenset({nav.EVERYONE}),
                90,
                place="foot",
            )
        )
