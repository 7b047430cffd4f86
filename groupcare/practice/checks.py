"""A system check of the database: demo or real (foundation F11)."""

from typing import Any

from django.core import checks
from django.core.exceptions import ImproperlyConfigured

from groupcare.practice.demo_guard import verify_start


@checks.register(checks.Tags.database)
def database_is_what_settings_say(app_configs: Any, **kwargs: Any) -> list[checks.CheckMessage]:
    """Return practice.E001 when a demo database meets real settings, or the other way round."""
    del app_configs
    if not kwargs.get("databases"):
        return []
    try:
        verify_start()
    except ImproperlyConfigured as error:
        return [checks.Error(str(error), id="practice.E001")]
    return []


@checks.register()
def packs_are_whole(app_configs: Any, **kwargs: Any) -> list[checks.CheckMessage]:
    """Return practice.E002, which names file and key, when a jurisdiction pack holds something wrong."""
    del app_configs, kwargs
    from groupcare.practice.law.reading import packs

    try:
        packs()
    except ImproperlyConfigured as error:
        return [checks.Error(str(error), id="practice.E002")]
    return []
