"""What DRF looks up by its settings. Apart from ``api``, because DRF's views load it while they are loaded."""

from typing import Any

from django.core.cache import BaseCache, caches
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from rest_framework.permissions import BasePermission
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.throttling import SimpleRateThrottle

from groupcare.audit import record_refusal
from groupcare.exceptions import GroupcareError, NotCleared, Refused


class DenyAll(BasePermission):
    """The default of every API view: nobody."""

    def has_permission(self, request: Request, view: Any) -> bool:
        """Return False."""
        return False


class PersonThrottle(SimpleRateThrottle):
    """Limits requests by person, in the cache of limits that no transaction touches (foundation F9)."""

    scope = "person"

    @property
    def cache(self) -> BaseCache:  # type: ignore[override]
        """The cache of limits."""
        return caches["limits"]

    def get_cache_key(self, request: Request, view: Any) -> str | None:
        """Return the key of the person, or of the address of a stranger."""
        person = getattr(request._request, "person", None)
        ident = str(person.id) if person is not None else self.get_ident(request)
        return self.cache_format % {"scope": self.scope, "ident": ident}


def exception_handler(exc: Exception, context: dict[str, Any]) -> Response | None:
    """Return the JSON answer for an error, or None for one that nobody foresaw.

    A refusal is recorded here: the service's transaction has been rolled back by now (foundation F3).
    """
    if isinstance(exc, Refused):
        if getattr(context["request"]._request, "person", None) is not None:
            record_refusal(exc)
        return Response({"detail": "Not found.", "code": "not_found"}, status=exc.http_status)
    if isinstance(exc, GroupcareError):
        return Response(_body_of(exc), status=exc.http_status)
    if isinstance(exc, ValidationError):
        return Response({"detail": "Check the fields.", "code": "invalid", "fields": _fields_of(exc)}, status=400)
    from rest_framework.views import exception_handler as rest_exception_handler

    response = rest_exception_handler(exc, context)
    if response is not None and isinstance(response.data, dict) and "detail" in response.data:
        response.data = {"detail": str(response.data["detail"]), "code": _code_of(exc)}
    elif response is not None:
        response.data = {"detail": "Check the fields.", "code": "invalid", "fields": response.data}
    return response


def _body_of(exc: GroupcareError) -> dict[str, Any]:
    body: dict[str, Any] = {"detail": exc.message, "code": _code_of(exc)}
    if isinstance(exc, NotCleared):
        body["reasons"] = [{"text": str(reason.text), "url": str(reason.url)} for reason in exc.reasons]
    return body


def _code_of(exc: Exception) -> str:
    """Return the error's own code, or the name of its class in words: StepUpNeeded is step_up_needed."""
    code = getattr(exc, "default_code", None)
    if isinstance(code, str):
        return code
    name = type(exc).__name__
    return "".join(f"_{letter.lower()}" if letter.isupper() else letter for letter in name).lstrip("_")


def _fields_of(exc: ValidationError) -> dict[str, list[str]]:
    if hasattr(exc, "error_dict"):
        return {field: [str(text) for text in texts] for field, texts in exc.message_dict.items()}
    return {NON_FIELD_ERRORS: [str(text) for text in exc.messages]}
