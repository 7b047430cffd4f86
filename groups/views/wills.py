"""Professional wills: writing one's own, who has one, and opening somebody's with two people."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from groupcare.access import Audience, Role, policy
from groupcare.exceptions import InvalidTransition, Refused
from groupcare.vault import unlock
from groups import services
from groups.forms import AskWillForm, WillForm
from groups.selectors import wills
from groups.views.common import page, part_of, put_errors, viewer
from groups.wills import conditions


def _conditions() -> list[tuple[str, str]]:
    """Return key and words of each condition in the reader's language."""
    return [(one.key, one.label(get_language() or "")) for one in conditions().values()]


@require_http_methods(["GET", "POST"])
@policy(Audience.ROLES, roles=(Role.FACILITATOR,), step_up=True)
def will_write(request: HttpRequest) -> HttpResponse:
    """Show a facilitator's own will and the form of a new version, or keep it."""
    person = viewer(request)
    groups, will = wills.own_led_groups(person), wills.own_will(person)
    form = WillForm(
        request.POST if request.method == "POST" else None,
        people=wills.colleagues(person, [*groups, will] if will else groups),
        groups=groups,
        conditions=_conditions(),
    )
    if request.method == "POST" and form.is_valid():
        try:
            services.write_will(by=person, **form.terms())
        except ValidationError as error:
            put_errors(form, error)
        else:
            messages.success(request, _("Kept and reviewed today. Look at it again in a year."))
            return redirect("groups:will-write")
    if request.method == "GET" and will is not None:
        form.initial = {**will.terms, "instructions": will.instructions}
    context = {"form": form, "will": will, "due": will is not None and wills.is_due(will), "groups": groups}
    return page(request, "will_write", context, status=422 if form.errors else 200)


@require_GET
@policy(Audience.ROLES, roles=(Role.ADMINISTRATOR, Role.PRIVACY_OFFICER))
def will_list(request: HttpRequest) -> HttpResponse:
    """List who has a will and when it was reviewed; no content."""
    part = part_of(request, wills.will_list(viewer(request)))
    unlock([one.facilitator for one in part.rows])
    return page(request, "will_list", {"part": part, "rows": [(one, wills.is_due(one)) for one in part.rows]})


@require_http_methods(["GET", "POST"])
@policy(Audience.SIGNED_IN, step_up=True)
def will_ask(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Say that a condition of somebody's will is met, and how it was checked."""
    person = viewer(request)
    will = wills.will_to_open(person, pk)
    form = AskWillForm(request.POST if request.method == "POST" else None, conditions=_conditions())
    status = 200
    if request.method == "POST" and form.is_valid():
        try:
            made = services.ask_to_open_will(will_id=pk, by=person, **form.cleaned_data)
        except ValidationError as error:
            put_errors(form, error)
        except InvalidTransition as error:
            form.add_error(None, error.message)
            status = error.http_status
        else:
            return redirect("groups:will-opening", pk=made.pk)
    if form.errors and status == 200:
        status = 422
    unlock([will.facilitator])
    return page(request, "will_ask", {"form": form, "will": will}, status=status)


@require_GET
@policy(Audience.STAFF)
def will_openings(request: HttpRequest) -> HttpResponse:
    """List the openings that concern the reader."""
    return page(request, "will_openings", {"openings": wills.openings_for(viewer(request))})


@require_GET
@policy(Audience.SIGNED_IN)
def will_opening(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Show one opening; the instructions only once it is open, to those whom the will names."""
    person = viewer(request)
    found = wills.get_opening(person, pk)
    named = str(person.pk) in wills.delegates(found.row.will)
    context: dict[str, Any] = {
        "opening": found,
        "condition": found.condition.label(get_language() or ""),
        "can_confirm": found.stage == "asked" and wills.may_confirm(person, found),
        "can_stop": wills.may_stop(person, found) and found.stage != "stopped",
        "instructions": found.row.will.instructions if found.stage == "open" and named else "",
    }
    return page(request, "will_opening", context)


@require_POST
@policy(Audience.SIGNED_IN, step_up=True)
def will_answer(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Confirm an opening as the second person, or stop the opening of one's own will."""
    answers = {"confirm": services.confirm_will, "stop": services.stop_will}
    answer = answers.get(request.POST.get("answer", ""))
    if answer is None:
        raise Refused("will.read", wills.OPENING, pk)
    try:
        answer(opening_id=pk, by=viewer(request))
    except InvalidTransition as error:
        messages.error(request, error.message)
    else:
        messages.success(request, _("Kept."))
    return redirect("groups:will-opening", pk=pk)
