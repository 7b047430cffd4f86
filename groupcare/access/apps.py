"""Wiring of the access room."""

from django.apps import AppConfig


class AccessConfig(AppConfig):
    """Registers what the access room offers to the others."""

    name = "groupcare.access"
    label = "access"

    def ready(self) -> None:
        """Register the system checks, and the roles that the navigation asks for."""
        from groupcare.access import checks  # noqa: F401
        from groupcare.access.people import role_names
        from groupcare.web import nav

        nav.register_roles(role_names)
