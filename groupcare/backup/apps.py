"""Wiring of the backups: precautions of the first run and the line of `manage.py health`."""

from django.apps import AppConfig


class BackupConfig(AppConfig):
    """Backups, restoring and the drill."""

    name = "groupcare.backup"
    label = "backup"

    def ready(self) -> None:
        """Show on the first-run page, and in `manage.py health`, how old the backups are."""
        from groupcare.backup import standing
        from groupcare.web import health

        standing.register()
        health.advise("backup", standing.health)
