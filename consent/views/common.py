"""What the pages of a ceremony share: whose it is and for whom, and the moments that a page saw."""

import hashlib
from collections.abc import Callable
from datetime import UTC, datetime
from functools import wraps
from typing import Any, TypeAlias
from uuid import UUID

from django.contrib import messages
from django.core import signing
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode

from consent import selectors
from consent.models import DocumentVersion, KioskHandover
from consent.selectors import SigningLine
from consent.services import StepUpEvidence
from groupcare.accounts.models import Person
from groupcare.accounts.stepup import proof
from groupcare.exceptions import InvalidTransition

_SALT = "consent.moment"


def person_of(request: HttpRequest) -> Person:
    """Return the person behind the request; routes here are for people who are signed in, or hold a device of ours."""
    person: Person = request.person  # type: ignore[attr-defined]
    return person


def kiosk_of(request: HttpRequest) -> KioskHandover | None:
    """Return the handover by which the person holds a device of the practice; None for who signed in."""
    found: KioskHandover | None = getattr(request, "kiosk", None)
    return found


def list_of(request: HttpRequest) -> str:
    """Return the route of the person's own list: on a device of the practice it is the list there."""
    return "consent:kiosk-home" if kiosk_of(request) else "consent:agreement-list"


def passed(request: HttpRequest, error: InvalidTransition, version_id: UUID | None = None) -> HttpResponse:
    """Say why it was too late for this, or what is open: lead to the newest text where there is one.

    Whoever did not say for whom they answer chooses first; all others go to their own list.
    """
    if version_id is not None and isinstance(error, selectors.LineNotChosen):
        return redirect("consent:agreement-whom", version_id=version_id)
    messages.info(request, error.message)
    if version_id is not None:
        version = selectors.get_version(person_of(request), version_id)
        newest: int | None = version.newest  # type: ignore[attr-defined]
        if newest is not None and version.number < newest:
            return redirect("consent:agreement-open", document_id=version.document_id)
    return redirect(list_of(request))


_View: TypeAlias = Callable[[HttpRequest, UUID], HttpResponse]


def for_one(view: _View) -> _View:
    """Return a page of the ceremony that lets who answers for several people choose first; nobody is chosen for them.

    Its first argument after the request is the version.
    """

    @wraps(view)
    def chosen(request: HttpRequest, version_id: UUID) -> HttpResponse:
        try:
            return view(request, version_id)
        except selectors.LineNotChosen as error:
            return passed(request, error, version_id)

    return chosen


def asked_for(request: HttpRequest) -> UUID | None:
    """Return for whom the person answers, as the page says it; None if it does not say."""
    sent = request.POST.get("for") or request.GET.get("for") or ""
    try:
        return UUID(sent)
    except ValueError:
        return None


def onward(name: str, version_id: UUID, subject_id: UUID | None) -> str:
    """Return the address of a page of the ceremony, for the same person."""
    query = f"?{urlencode({'for': str(subject_id)})}" if subject_id else ""
    return reverse(f"consent:{name}", args=[version_id]) + query


def answerable(request: HttpRequest, version_id: UUID) -> DocumentVersion:
    """Return the version with the line in which the person answers it.

    Raises:
        Refused: absent, or they have no such line.
        LineNotChosen: they answer for several people and did not say for whom; ``for_one`` lets them choose.
    """
    return selectors.get_version_to_answer(person_of(request), version_id, "agreement.answer", asked_for(request))


def facts(request: HttpRequest, version: DocumentVersion) -> dict[str, Any]:
    """Return what every page of the ceremony shows: the text, and for whom it is answered."""
    line: SigningLine = version.line  # type: ignore[attr-defined]
    return {"version": version, "text": selectors.text_of(version), **whom(request, line)}


def whom(request: HttpRequest, line: SigningLine | None) -> dict[str, Any]:
    """Return for whom the person answers: the name of a ward, and what keeps them in the addresses and forms."""
    if line is None or (line.is_own and asked_for(request) is None):
        return {"line": line, "for_name": "", "for_id": "", "for_query": ""}
    name = ""
    if not line.is_own:
        name = selectors.names_of_lines(person_of(request), [line]).get(line.subject_id, "")
    return {"line": line, "for_name": name, "for_id": line.subject_id, "for_query": f"?for={line.subject_id}"}


def moment(request: HttpRequest, what: str, version: DocumentVersion) -> str:
    """Return a mark that this page was shown now, to be sent back by its form; nobody else's mark fits."""
    return signing.dumps([what, str(version.pk), str(person_of(request).pk), timezone.now().timestamp()], salt=_SALT)


def moment_of(request: HttpRequest, what: str, version_id: UUID) -> datetime | None:
    """Return when the page was shown whose mark the form sent; None without a mark that fits."""
    try:
        *named, at = signing.loads(request.POST.get(what, ""), salt=_SALT)
    except (signing.BadSignature, ValueError):
        return None
    if named != [what, str(version_id), str(person_of(request).pk)]:
        return None
    return datetime.fromtimestamp(at, tz=UTC)


def step_up_of(request: HttpRequest) -> StepUpEvidence:
    """Return how the person showed who they are; on a device of the practice, who knew them.

    Raises:
        StepUpNeeded: they did not.
    """
    handed = kiosk_of(request)
    if handed is not None:
        return StepUpEvidence("known_to_staff", handed.began_at, str(handed.pk))
    shown = proof(request)
    return StepUpEvidence(method=shown.method, at=shown.at, event=shown.event)


def session_sum(request: HttpRequest) -> str:
    """Return the check sum of the session's key, which says that two acts came from one session and not which."""
    key = request.session.session_key or ""
    return hashlib.sha256(key.encode()).hexdigest() if key else ""


class Counted(Paginator):  # type: ignore[type-arg] # it takes none at run time
    """A paginator that was told how many there are, and asks no query of its own for it."""

    count = 0
