"""System checks: every route declares its policy; every grant has a period in its unique key."""

from typing import Any

from django.conf import settings
from django.core import checks

from groupcare.access.grants import grant_models
from groupcare.access.policies import routes


@checks.register(checks.Tags.security)
def every_route_has_a_policy(app_configs: Any, **kwargs: Any) -> list[checks.CheckMessage]:
    """Return access.E001 for each route without a policy (SEC-1)."""
    del app_configs, kwargs
    if not settings.ROOT_URLCONF:
        return []
    return [
        checks.Error(
            f"The route {route.name or route.pattern!r} declares no policy.",
            hint="Put @policy(Audience....) on its view, or name it in groupcare.access.policies.DECLARED.",
            id="access.E001",
        )
        for route in routes()
        if route.policy is None
    ]


@checks.register(checks.Tags.models)
def every_grant_keeps_its_period(app_configs: Any, **kwargs: Any) -> list[checks.CheckMessage]:
    """Return access.E002 for each TimedGrant whose ``Meta`` lost the constraints of the base class."""
    del app_configs, kwargs
    return [
        checks.Error(
            f"{model._meta.label} lost the unique key of TimedGrant.",
            hint="Write class Meta(TimedGrant.Meta).",
            id="access.E002",
        )
        for model in grant_models()
        if not any("valid_from" in getattr(rule, "fields", ()) for rule in model._meta.constraints)
    ]
