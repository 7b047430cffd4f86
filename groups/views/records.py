"""A request for one member's record, as those who answer it see it, and as the member does."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from groupcare.access import Audience, policy
from groupcare.exceptions import InvalidTransition
from groups import selectors, services
from groups.forms import NamesForm, OwnPlaceForm, RecordForm, StepForm
from groups.views.common import page, part_of, put_errors, viewer


@require_http_methods(["GET", "POST"])
@policy(Audience.SIGNED_IN, step_up=True)
def record_open(request: HttpRequest, pk: UUID, membership_pk: UUID) -> HttpResponse:
    """List the requests for one member's record, or open one."""
    person = viewer(request)
    place = selectors.place_for_record(person, pk, membership_pk, "record_request.open")
    form = RecordForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            made = services.open_record_request(
                group=place.group, membership_id=place.pk, by=person, **form.cleaned_data
            )
        except ValidationError as error:
            put_errors(form, error)
        else:
            return redirect("groups:record-detail", pk=made.pk)
    requests = selectors.requests_of(person, place)
    context = {"form": form, "group": place.group, "place": place, "requests": requests}
    return page(request, "record_open", context, status=422 if form.errors else 200)


@require_GET
@policy(Audience.STAFF)
def record_list(request: HttpRequest) -> HttpResponse:
    """List the requests that the person works on; who it is about, never what is in it."""
    person = viewer(request)
    part = part_of(request, selectors.requests_to_work_on(person))
    rows = [selectors.opened(person, one) for one in part.rows]
    return page(request, "record_list", {"part": part, "rows": rows})


@require_http_methods(["GET", "POST"])
@policy(Audience.SIGNED_IN, step_up=True)
def record_detail(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Show where a request stands and its next step, or take that step."""
    person = viewer(request)
    if request.method == "POST":
        return _take_step(request, pk)
    found = selectors.get_request(person, pk)
    context = {"opened": found, "one": found.request, "facts": selectors.facts_about_release(found)}
    return page(request, "record_detail", context)


def _take_step(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Take the posted step and come back; the download is the answer itself."""
    person, form = viewer(request), StepForm(request.POST)
    step = form.cleaned_data["step"] if form.is_valid() else ""
    try:
        if step == StepForm.DOWNLOAD:
            return _archive(*services.download_record(request_id=pk, by=person))
        if step == StepForm.PREPARE:
            services.prepare_record(request_id=pk, by=person, reason=form.cleaned_data["reason"])
            return redirect("groups:record-names", pk=pk)
        if step == StepForm.APPROVE:
            services.approve_release(request_id=pk, by=person)
        elif step == StepForm.RELEASE:
            services.release_record(request_id=pk, by=person)
        elif step == StepForm.CANCEL:
            services.cancel_record_request(request_id=pk, by=person)
        else:
            selectors.get_request(person, pk)
    except InvalidTransition as error:
        messages.error(request, error.message)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    return redirect("groups:record-detail", pk=pk)


def _archive(name: str, content: bytes) -> HttpResponse:
    """Return the archive as a file that no cache keeps."""
    return HttpResponse(
        content,
        content_type="application/zip",
        headers={"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"},
    )


@require_http_methods(["GET", "POST"])
@policy(Audience.SIGNED_IN, step_up=True)
def record_names(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Show every place where somebody else may be named, or keep what was decided about each."""
    person = viewer(request)
    try:
        found, draft = selectors.draft_to_check(person, pk)
    except InvalidTransition as error:
        messages.error(request, error.message)
        return redirect("groups:record-detail", pk=pk)
    form = NamesForm(
        request.POST if request.method == "POST" else None,
        hits=draft.hits,
        initial={"prepared": found.round["prepared"].pk},
    )
    if request.method == "POST" and form.is_valid():
        try:
            services.decide_names(
                request_id=pk, prepared_id=form.cleaned_data["prepared"], choices=form.made(), by=person
            )
        except ValidationError as error:
            put_errors(form, error)
        except InvalidTransition as error:
            messages.error(request, error.message)
            return redirect("groups:record-names", pk=pk)
        else:
            return redirect("groups:record-detail", pk=pk)
    context = {"opened": found, "one": found.request, "form": form, "rows": form.rows(), "draft": draft}
    return page(request, "record_names", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
@policy(Audience.SIGNED_IN)
def my_record(request: HttpRequest) -> HttpResponse:
    """Show the member what they asked for, or ask for a copy."""
    person = viewer(request)
    form = OwnPlaceForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        services.ask_for_own_record(membership_id=form.cleaned_data["place"], by=person)
        messages.success(request, _("You have asked. Those who look after your place prepare the copy."))
        return redirect("groups:my-record")
    part = part_of(request, selectors.own_requests(person))
    context: dict[str, Any] = {
        "part": part,
        "rows": [selectors.opened(person, one) for one in part.rows],
        "places": selectors.own_places(person),
    }
    return page(request, "my_record", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
@policy(Audience.SIGNED_IN, step_up=True)
def my_record_copy(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Show the way to one's own copy, or send it, once."""
    person = viewer(request)
    if request.method == "POST":
        try:
            return _archive(*services.download_own_record(request_id=pk, by=person))
        except InvalidTransition as error:
            messages.error(request, error.message)
            return redirect("groups:my-record-copy", pk=pk)
    found = selectors.get_own_request(person, pk, "record_request.read")
    return page(request, "my_record_copy", {"opened": found, "one": found.request})
