"""Signing: the form, the page that shows exactly what will be kept, and the last press."""

from uuid import UUID

from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_http_methods, require_POST

from consent import selectors, services
from consent.drawing import HEIGHT, WIDTH, path_of
from consent.forms import SignForm
from consent.models import Act, ActKind, DocumentVersion
from consent.selectors import SigningLine
from consent.services import Observed
from consent.views.ceremony import step_before
from consent.views.common import (
    answerable,
    asked_for,
    facts,
    for_one,
    moment,
    moment_of,
    onward,
    passed,
    person_of,
    session_sum,
    step_up_of,
)
from groupcare.access import Audience, policy
from groupcare.accounts.models import Person
from groupcare.exceptions import InvalidTransition


@require_http_methods(["GET", "POST"])
@policy(Audience.SIGNED_IN, step_up=True)
@for_one
def agreement_sign(request: HttpRequest, version_id: UUID) -> HttpResponse:
    """Show the form, or keep the signature."""
    version = answerable(request, version_id)
    if before := _first(request, version):
        return before
    form = _form(request, version)
    if request.method == "POST" and form.is_valid():
        try:
            act = _signed(request, version, form)
        except InvalidTransition as error:
            return passed(request, error, version_id)
        if act is not None:
            return redirect("consent:act-detail", act_id=act.pk)
    return _page(request, version, form)


@require_POST
@policy(Audience.SIGNED_IN, step_up=True)
@for_one
def agreement_review(request: HttpRequest, version_id: UUID) -> HttpResponse:
    """Show every field that would be kept, before the last press; keep nothing."""
    version = answerable(request, version_id)
    if before := _first(request, version):
        return before
    form = _form(request, version)
    if not form.is_valid():
        return _page(request, version, form)
    context = facts(request, version)
    try:
        kept = services.preview(
            version,
            form.cleaned_data["typed_name"],
            meant=form.cleaned_data["meant"],
            step_up=step_up_of(request),
            observed=_observed(request, version_id, form),
            by=person_of(request),
        )
    except InvalidTransition as error:
        return passed(request, error, version_id)
    except ValidationError as error:
        form.add_error(None, error)
        return _page(request, version, form)
    told = selectors.told_of(kept, context["line"].capacity, version.document.kind, context["text"], to_come=True)
    context |= {"told": told, "form": form, "reviewed": moment(request, "reviewed", version)}
    context |= {"path": path_of(kept["drawing"]) if kept["drawing"] else "", "width": WIDTH, "height": HEIGHT}
    return render(request, "consent/agreement_review.html", context)


def _first(request: HttpRequest, version: DocumentVersion) -> HttpResponse | None:
    """Return the way to a step that comes before signing; None if all were taken.

    A press of Sign goes to the service, which first says to a second tab that the first one signed.
    """
    before = step_before(request, version)
    if before and (request.method == "GET" or _is_unread(person_of(request), version)):
        return before
    if selectors.screen_consent(person_of(request)) is not None:
        return None
    there = onward("agreement-sign", version.pk, asked_for(request))
    return redirect(f"{reverse('consent:screen-agree')}?{urlencode({'next': there})}")


def _is_unread(person: Person, version: DocumentVersion) -> bool:
    """Return whether the text was not read since the last promise to it, and no signature under it holds."""
    if version.read_at is not None:  # type: ignore[attr-defined]
        return False
    line: SigningLine = version.line  # type: ignore[attr-defined]
    held = selectors.promise_held(version, selectors.latest_answer(version.document_id, person, line))
    return held is None or held.act != ActKind.SIGNED


def _form(request: HttpRequest, version: DocumentVersion) -> SignForm:
    text = selectors.text_of(version)
    return SignForm(request.POST if request.method == "POST" else None, meaning=text.meaning, language=text.language)


def _page(request: HttpRequest, version: DocumentVersion, form: SignForm) -> HttpResponse:
    context = {**facts(request, version), "form": form, "width": WIDTH, "height": HEIGHT}
    return render(request, "consent/agreement_sign.html", context, status=422 if form.errors else 200)


def _observed(request: HttpRequest, version_id: UUID, form: SignForm) -> Observed:
    return Observed(
        drawing=form.cleaned_data["drawing"],
        reviewed_at=moment_of(request, "reviewed", version_id),
        session=session_sum(request),
    )


def _signed(request: HttpRequest, version: DocumentVersion, form: SignForm) -> Act | None:
    """Return the signature, or None with the reasons on the form."""
    try:
        return services.sign(
            version_id=version.pk,
            typed_name=form.cleaned_data["typed_name"],
            meant=form.cleaned_data["meant"],
            step_up=step_up_of(request),
            by=person_of(request),
            subject_id=asked_for(request),
            observed=_observed(request, version.pk, form),
        )
    except ValidationError as error:
        form.add_error(None, error)
        return None
