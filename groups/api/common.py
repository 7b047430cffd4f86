"""What the API views of the groups share."""

from collections.abc import Callable, Sequence
from typing import Any, ClassVar, TypeVar, cast

from django.db.models import Model, QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework.pagination import LimitOffsetPagination
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import Serializer

from groupcare.access import viewer_from
from groupcare.access.api import GroupcareAPIView
from groupcare.access.policies import Audience, Policy
from groupcare.accounts.models import Person
from groupcare.vault import unlock

F = TypeVar("F", bound=Callable[..., Any])


class Pages(LimitOffsetPagination):
    """25 rows a page, at most 100. Our choice, as on the pages."""

    default_limit = 25
    max_limit = 100


class SignedInView(GroupcareAPIView):
    """A view for whoever is signed in; what they see is decided object by object."""

    policy: ClassVar[Policy | None] = Policy(Audience.SIGNED_IN)


def described(**words: Any) -> Callable[[F], F]:
    """Return a decorator that describes an operation in the schema; see drf-spectacular's ``extend_schema``."""
    return cast(Callable[[F], F], extend_schema(**words))


def asker(request: Request) -> Person:
    """Return the person behind a request of the API."""
    return cast(Person, viewer_from(request._request))


def paged(request: Request, rows: "QuerySet[Any] | Sequence[Model]", serializer: type[Serializer[Any]]) -> Response:
    """Return one page of ``rows``, names unlocked, written by ``serializer``."""
    pages = Pages()
    found = pages.paginate_queryset(rows, request)  # type: ignore[arg-type]
    listed = list(found or [])
    unlock(listed)
    return pages.get_paginated_response(serializer(listed, many=True).data)


def checked(request: Request, serializer: type[Serializer[Any]]) -> dict[str, Any]:
    """Return the request's data in the shape of ``serializer``.

    Raises:
        rest_framework.exceptions.ValidationError: the shape is wrong.
    """
    shaped = serializer(data=request.data)
    shaped.is_valid(raise_exception=True)
    return dict(shaped.validated_data)
