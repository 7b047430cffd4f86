"""Wiring of the outbox room."""

from django.apps import AppConfig


class OutboxConfig(AppConfig):
    """Registers what the outbox room offers to the others."""

    name = "groupcare.outbox"
    label = "outbox"

    def ready(self) -> None:
        """Register the health of the clock, and make the configured Celery the one that tasks belong to.

        Without it, whatever a page schedules would go to Celery's own default broker.
        """
        import groupcare.celery  # noqa: F401
        from groupcare.outbox.health import check_beat
        from groupcare.web import health

        health.register("beat", check_beat)
