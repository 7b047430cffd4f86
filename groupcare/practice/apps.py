"""Wiring of the practice room."""

import sys
from typing import Any

from celery.signals import beat_init, worker_init
from django.apps import AppConfig
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _


class PracticeConfig(AppConfig):
    """Registers what the practice room offers to the others."""

    name = "groupcare.practice"
    label = "practice"

    def ready(self) -> None:
        """Register checks, the start guard of worker and beat, what lower rooms ask for, and the navigation."""
        from groupcare.access import Role
        from groupcare.accounts.ports import register_demo
        from groupcare.outbox.ports import register_practice_name
        from groupcare.practice import checks, demo_guard, selectors  # noqa: F401
        from groupcare.web import nav

        register_demo(demo_guard.is_demo_database)
        register_practice_name(selectors.public_name)
        nav.register(
            nav.NavItem(
                "settings", _("Settings"), "settings", "practice:settings", frozenset({Role.ADMINISTRATOR.value}), 90
            )
        )
        worker_init.connect(_refuse_wrong_database, dispatch_uid="practice.demo_guard")
        beat_init.connect(_refuse_wrong_database, dispatch_uid="practice.demo_guard")


def _refuse_wrong_database(**kwargs: Any) -> None:
    """Stop worker or beat when settings and database disagree; Celery would log any other exception and go on."""
    del kwargs
    from groupcare.practice.demo_guard import verify_start

    try:
        verify_start()
    except ImproperlyConfigured as error:
        sys.exit(str(error))
