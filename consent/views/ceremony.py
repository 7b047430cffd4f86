"""The ceremony: read, decide, sign. A GET changes nothing; each answer is a POST of its own."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from consent import selectors, services
from consent.forms import SignForm
from consent.models import Act, DocumentVersion
from consent.services import StepUpEvidence
from groupcare.access import Audience, policy
from groupcare.accounts.models import Person
from groupcare.accounts.stepup import proof
from groupcare.exceptions import InvalidTransition


def person_of(request: HttpRequest) -> Person:
    """Return the person behind the request; routes here are for people who are signed in."""
    person: Person = request.person  # type: ignore[attr-defined]
    return person


def passed(request: HttpRequest, error: InvalidTransition) -> HttpResponse:
    """Say why it was too late for this, and lead to the person's own list."""
    messages.info(request, error.message)
    return redirect("consent:agreement-list")


@require_GET
@policy(Audience.SIGNED_IN)
def agreement_open(request: HttpRequest, document_id: UUID) -> HttpResponse:
    """Lead to the newest version of a document, in the person's language where there is one."""
    person = person_of(request)
    versions = selectors.newest_versions(person, document_id)
    mine = next((one for one in versions if one.language == person.language), versions[0])
    return redirect("consent:agreement-read", version_id=mine.pk)


@require_GET
@policy(Audience.SIGNED_IN)
def agreement_read(request: HttpRequest, version_id: UUID) -> HttpResponse:
    """Show one version; members find the way on at its end."""
    person = person_of(request)
    version = selectors.open_version(person, version_id)
    last = selectors.latest_answer(version.document_id, person)
    context = {
        "version": version,
        "text": selectors.text_of(version),
        "siblings": selectors.siblings(version),
        "is_newest": version.number == version.newest,  # type: ignore[attr-defined]
        "before": last if last is not None and last.version.number < version.number else None,
    }
    return render(request, "consent/agreement_read.html", context)


@require_POST
@policy(Audience.SIGNED_IN)
def agreement_present(request: HttpRequest, version_id: UUID) -> HttpResponse:
    """Keep that the person read it and pressed Go on."""
    try:
        services.present(version_id=version_id, by=person_of(request))
    except InvalidTransition as error:
        return passed(request, error)
    return redirect("consent:agreement-decide", version_id=version_id)


@require_GET
@policy(Audience.SIGNED_IN)
def agreement_decide(request: HttpRequest, version_id: UUID) -> HttpResponse:
    """Show three equal choices."""
    version = _answerable(request, version_id)
    if version.read_at is None:  # type: ignore[attr-defined]
        return redirect("consent:agreement-read", version_id=version_id)
    return render(request, "consent/agreement_decide.html", _facts(version))


@require_http_methods(["GET", "POST"])
@policy(Audience.SIGNED_IN, step_up=True)
def agreement_sign(request: HttpRequest, version_id: UUID) -> HttpResponse:
    """Show the form with all that will be kept, or keep the signature."""
    version = _answerable(request, version_id)
    if version.read_at is None:  # type: ignore[attr-defined]
        return redirect("consent:agreement-read", version_id=version_id)
    context = _facts(version)
    text = context["text"]
    form = SignForm(request.POST if request.method == "POST" else None, meaning=text.meaning, language=text.language)
    if request.method == "POST" and form.is_valid():
        try:
            act = _signed(request, version, form)
        except InvalidTransition as error:
            return passed(request, error)
        if act is not None:
            return redirect("consent:act-detail", act_id=act.pk)
    status = 422 if form.errors else 200
    return render(request, "consent/agreement_sign.html", {**context, "form": form}, status=status)


def _signed(request: HttpRequest, version: DocumentVersion, form: SignForm) -> Act | None:
    """Return the signature, or None with the reasons on the form."""
    shown = proof(request)
    evidence = StepUpEvidence(method=shown.method, at=shown.at, event=shown.event)
    try:
        return services.sign(version_id=version.pk, step_up=evidence, by=person_of(request), **form.cleaned_data)
    except ValidationError as error:
        form.add_error(None, error)
        return None


@require_POST
@policy(Audience.SIGNED_IN)
def agreement_talk(request: HttpRequest, version_id: UUID) -> HttpResponse:
    """Keep that the person wants to talk first."""
    try:
        act = services.ask_to_talk(version_id=version_id, by=person_of(request))
    except InvalidTransition as error:
        return passed(request, error)
    return redirect("consent:act-detail", act_id=act.pk)


@require_http_methods(["GET", "POST"])
@policy(Audience.SIGNED_IN)
def agreement_decline(request: HttpRequest, version_id: UUID) -> HttpResponse:
    """Show what declining means, or keep it."""
    version = _answerable(request, version_id)
    if request.method == "POST":
        try:
            act = services.decline(version_id=version_id, by=person_of(request))
        except InvalidTransition as error:
            return passed(request, error)
        return redirect("consent:act-detail", act_id=act.pk)
    return render(request, "consent/agreement_decline.html", _facts(version))


def _answerable(request: HttpRequest, version_id: UUID) -> DocumentVersion:
    return selectors.get_version_to_answer(person_of(request), version_id, "agreement.answer")


def _facts(version: DocumentVersion) -> dict[str, Any]:
    return {"version": version, "text": selectors.text_of(version)}
