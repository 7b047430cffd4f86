"""The page boundary of the trail: reads are written before the first byte, refusals after the rollback."""

import logging
from collections.abc import Callable

from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase

from groupcare.audit.recording import TrailError, discard, record_refusal, recording
from groupcare.exceptions import Refused
from groupcare.web import responses

log = logging.getLogger(__name__)


class RecordingMiddleware:
    """Opens the recording around the view; without a written trail there is no content (SEC-53).

    It must be the innermost middleware: only then has the page been rendered when the recording ends.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        """Keep what answers the request."""
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Return the answer, or 503 without content when its reads could not be written."""
        response: HttpResponseBase | None = None
        try:
            with recording():
                response = self.get_response(request)
                if response.status_code >= 500:  # the error page shows nothing of what was read
                    discard()
        except (TrailError, DatabaseError):
            log.critical("trail.not_written", exc_info=True)
            if response is not None:
                response.close()
            return responses.unavailable(request)
        return response

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """Return the one page for absent and forbidden when a view raised ``Refused``, and record it."""
        discard()
        if not isinstance(exception, Refused):
            return None
        user = getattr(request, "user", None)
        if user is not None and user.is_authenticated:
            record_refusal(exception)
        return responses.absent(request)
