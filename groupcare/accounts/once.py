"""A form that makes something is taken in once, however often it is sent: double click, back button, slow network.

A page puts ``{% form_key %}`` into such a form. The first service's unit of the request writes a row for that key
before all else, in the same transaction as what the form brings about: of two that come at once, the unique index
lets one in. Was nothing brought about, the row is rolled back with the rest, or taken out by the answer. What was
typed is part of the row's index, so that a form sent again with other words is a new form and loses nothing.
Quiet routes have no part in this: a row with a person and a time would be a trace of the visit (foundation F5).
"""

from collections.abc import Callable
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from groupcare.accounts.middleware import is_quiet
from groupcare.accounts.models import Person, UsedForm
from groupcare.audit import first_of_all
from groupcare.exceptions import SentTwice
from groupcare.vault import blind_index
from groupcare.web.context import current_request_id

FIELD = "form_key"
_OWN = frozenset({FIELD, "csrfmiddlewaretoken"})


@dataclass(frozen=True)
class Sent:
    """A form that was sent now: whose, its index, and the request that brought it."""

    person: Person
    index: str
    request: str


_sent: ContextVar[Sent | None] = ContextVar("accounts_sent_form", default=None)


def register() -> None:
    """Let every unit of a service claim its form first."""
    first_of_all(claim)


def claim() -> None:
    """Write the row of the form that is being answered.

    Raises:
        SentTwice: another request was taken in with it.
    """
    sent = _sent.get()
    if sent is None:
        return
    row, _made = UsedForm.objects.get_or_create(
        form_index=sent.index, defaults={"person": sent.person, "request": sent.request, "onward": ""}
    )
    if row.request != sent.request:
        raise SentTwice("This was kept already.")


class OnceMiddleware:
    """Says which form a request brings, and leads a second one to where the first led."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        """Keep the next layer."""
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer, and note where a form led that was taken in; one that was not may be sent again."""
        token = _sent.set(None)
        try:
            response = self.get_response(request)
            sent = _sent.get()
        finally:
            _sent.reset(token)
        if sent is not None:
            _note(sent, response)
        return response

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> None:
        """Note which form is sent; a form without a key is as it always was, and so is every quiet route."""
        if not is_quiet(request):
            _sent.set(_form_of(request))

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """Return the way to what the first sending brought about, when this was the second."""
        sent = _sent.get()
        if not isinstance(exception, SentTwice) or sent is None:
            return None
        row = UsedForm.objects.filter(form_index=sent.index).first()
        messages.info(request, _("This was kept already. Nothing was done twice."))
        return redirect((row.onward if row is not None else "") or "home")


def _note(sent: Sent, response: HttpResponse) -> None:
    row = UsedForm.objects.filter(form_index=sent.index, request=sent.request).first()
    if row is not None and response.status_code >= 400:
        row.delete()
    elif row is not None:
        row.onward = response.headers.get("Location", "")
        row.save(update_fields=["onward"])


def _form_of(request: HttpRequest) -> Sent | None:
    """Return the form that is sent, or None: no key, nobody signed in, or no form at all."""
    person = getattr(request, "person", None)
    if request.method != "POST" or person is None or request.content_type == "application/json":
        return None
    key = request.POST.get(FIELD, "")
    if not key:
        return None
    typed = sorted((name, *values) for name, values in request.POST.lists() if name not in _OWN)
    files = sorted((name, str(one)) for name, one in request.FILES.items())
    whole = repr((str(person.pk), request.path, key, typed, files))
    return Sent(person, blind_index("accounts.used_form", whole), current_request_id())
