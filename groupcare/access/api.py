"""What every API view shares: its policy, its limits, and the list of routes."""

from importlib.util import find_spec
from typing import ClassVar

from drf_spectacular.renderers import OpenApiJsonRenderer, OpenApiJsonRenderer2
from drf_spectacular.views import SpectacularAPIView
from rest_framework.permissions import BasePermission
from rest_framework.request import Request
from rest_framework.views import APIView

from groupcare.access.policies import Audience, Policy, policy_of
from groupcare.access.rest import PersonThrottle
from groupcare.access.selectors import roles_of

_ROUTES: dict[str, str] = {}


def register_routes(room: str, module: str) -> None:
    """Add the ``urlpatterns`` of ``module`` below ``api/v1/``; called in ``ready()``.

    Args:
        room: the app's label, a key only: it is no part of the address.
        module: dotted path, for example "groups.api_urls".
    """
    _ROUTES[room] = module


def registered_routes() -> list[str]:
    """Return the registered modules that exist, in the order of registration."""
    return [module for module in _ROUTES.values() if find_spec(module)]


class DeclaredPolicy(BasePermission):
    """Asks the view's policy once more inside of the API, should the middleware be missing."""

    def has_permission(self, request: Request, view: APIView) -> bool:
        """Return whether the view declares a policy that admits the person."""
        declared = policy_of(type(view))
        person = getattr(request._request, "person", None)
        if declared is None or person is None:
            return False
        needs_roles = declared.audience in {Audience.STAFF, Audience.ROLES}
        return declared.admits(roles_of(person) if needs_roles else frozenset())


class GroupcareAPIView(APIView):
    """Base of every API view; without ``policy`` on the class nobody comes in."""

    policy: ClassVar[Policy | None] = None
    permission_classes = (DeclaredPolicy,)
    throttle_classes = (PersonThrottle,)


class SchemaView(SpectacularAPIView):  # type: ignore[misc]
    """The OpenAPI description of the API, for staff."""

    policy = Policy(Audience.STAFF)
    permission_classes = (DeclaredPolicy,)
    throttle_classes = (PersonThrottle,)
    renderer_classes = (OpenApiJsonRenderer2, OpenApiJsonRenderer)
