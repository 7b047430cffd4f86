"""The way into a group: who is on it, who waits for a place, and each step."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from groupcare.access import Audience, Right, policy
from groupcare.accounts.models import Person
from groupcare.exceptions import InvalidTransition
from groups import selectors, services
from groups.enrolment_states import OFFER_LASTS, OPEN, State, Who, next_steps
from groups.forms import EnquiryForm, JoiningStepForm
from groups.localtime import last_moment, practice_zone, today_in
from groups.models import Enrolment, EnrolmentStep
from groups.screening import questions, reason_words
from groups.services import Answer
from groups.views.common import page, part_of, put_errors, viewer

#: What stands on the button of each step, and at the top of its page.
VERBS = {
    State.REFERRED: gettext_lazy("Note that somebody sent them"),
    State.SCREENING_SCHEDULED: gettext_lazy("Plan the first talk"),
    State.SCREENED: gettext_lazy("Write down the first talk"),
    State.SUITABLE: gettext_lazy("They fit this group"),
    State.NOT_SUITABLE: gettext_lazy("They do not fit this group"),
    State.DEFER: gettext_lazy("Not now"),
    State.WAITLISTED: gettext_lazy("Put on the waiting list"),
    State.OFFERED: gettext_lazy("Offer a place"),
    State.WITHDRAWN: gettext_lazy("End this without a place"),
    "answer": gettext_lazy("Write down their answer"),
    "take-back": gettext_lazy("Take the offer back"),
}


def _told(answer: Answer) -> str:
    """Return what whoever wrote an answer down is told."""
    return {
        Answer.PLACE: _("They have the place. The agreement waits for them now."),
        Answer.LATER: _("They stay on the waiting list."),
        Answer.ENDED: _("This has ended without a place."),
        Answer.GONE: _("The place cannot be given now. They keep their place on the waiting list."),
        Answer.LATE: _("The offer had run out. They keep their place on the waiting list."),
    }[answer]


def _due(state: str, due_at: datetime | None) -> datetime | None:
    """Return the moment to show for a step: of an offer one that lies on its last day."""
    return last_moment(due_at) if due_at is not None and state == State.OFFERED else due_at


@require_GET
@policy(Audience.SIGNED_IN)
def joining_list(request: HttpRequest, pk: UUID) -> HttpResponse:
    """List who is on the way into the group."""
    person = viewer(request)
    group = selectors.get_group(person, pk, Right.MANAGE_GROUP, "enrolment.list")
    state = request.GET.get("state", "")
    part = part_of(request, selectors.joining(person, group, state), [group])
    known = state if state in OPEN or state == "over" else ""
    context = {
        "group": group,
        "tab": "joining",
        "part": part,
        "pages_query": f"state={known}" if known else "",
        "rows": [
            (one, _due(one.step_state, one.step_due_at), EnrolmentStep.State(one.step_state).label) for one in part.rows
        ],
        "states": [(name, EnrolmentStep.State(name).label) for name in OPEN],
        "state": known,
    }
    return page(request, "joining_list", context)


@require_GET
@policy(Audience.SIGNED_IN)
def joining_waiting(request: HttpRequest, pk: UUID) -> HttpResponse:
    """List who waits for a place, by rank."""
    person = viewer(request)
    group = selectors.get_group(person, pk, Right.MANAGE_GROUP, "enrolment.list")
    part = part_of(request, selectors.waiting_list(person, group), [group])
    language = get_language() or ""
    rows = [(one, reason_words(one.priority or "none", language)) for one in part.rows]
    return page(request, "joining_waiting", {"group": group, "tab": "joining", "part": part, "rows": rows})


@require_http_methods(["GET", "POST"])
@policy(Audience.SIGNED_IN)
def joining_new(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Show the form for somebody who may join, or keep them."""
    person = viewer(request)
    group = selectors.get_group(person, pk, Right.MANAGE_GROUP, "enrolment.open")
    form = EnquiryForm(request.POST if request.method == "POST" else None, initial={"language": group.language})
    if request.method == "POST" and form.is_valid():
        kept = form.cleaned_data
        try:
            made = services.open_enrolment(
                group_id=pk,
                name=kept["name"],
                email=kept["email"],
                language=kept["language"],
                referred=kept["how"] == "referred",
                by=person,
            )
        except ValidationError as error:
            put_errors(form, error)
        else:
            messages.success(request, _("Kept. Nothing was sent."))
            return redirect("groups:joining-detail", pk=pk, enrolment_pk=made.pk)
    return page(request, "joining_new", {"form": form, "group": group}, status=422 if form.errors else 200)


@require_GET
@policy(Audience.SIGNED_IN)
def joining_detail(request: HttpRequest, pk: UUID, enrolment_pk: UUID) -> HttpResponse:
    """Show how far somebody is, every step before, and what can be done next."""
    opened = selectors.get_enrolment(viewer(request), pk, enrolment_pk)
    language = get_language() or ""
    context: dict[str, Any] = {
        "group": opened.row.group,
        "row": opened.row,
        "newest": opened.newest,
        "state": opened.newest.get_state_display(),
        "until": _due(opened.state, opened.newest.due_at) if opened.state == State.OFFERED else None,
        "steps": [(step, *_words(step, language)) for step in reversed(opened.steps)],
        "actions": [(to, VERBS[to]) for to in _actions(opened)],
    }
    return page(request, "joining_detail", context)


def _actions(opened: selectors.OpenedEnrolment) -> list[str]:
    """Return what whoever leads can do next, as the pages call it."""
    if opened.state == State.OFFERED:
        return ["answer", "take-back"]
    return next_steps(opened.state, Who.LEAD)


def _words(step: EnrolmentStep, language: str) -> tuple[str, str, list[tuple[str, str]]]:
    """Return the code of a step in words, its reason, and what was answered in the first talk."""
    details: Mapping[str, Any] = step.details or {}
    answers = details.get("answers", {})
    told = [(one.label(language), answers[key]) for key, one in questions().items() if key in answers]
    return reason_words(step.code, language), details.get("reason", ""), told


@require_http_methods(["GET", "POST"])
@policy(Audience.SIGNED_IN)
def joining_step(request: HttpRequest, pk: UUID, enrolment_pk: UUID, to: str) -> HttpResponse:
    """Show the form of a step, or take it; what was typed stays when somebody else was faster."""
    person = viewer(request)
    opened = selectors.get_enrolment(person, pk, enrolment_pk, "enrolment.step")
    if to not in JoiningStepForm.FIELDS:
        raise Http404
    zone = practice_zone()
    first = {"seen": opened.newest.pk, "last_day": today_in(zone) + OFFER_LASTS}
    form = JoiningStepForm(
        request.POST if request.method == "POST" else None,
        to=to,
        zone=zone,
        language=get_language() or "",
        initial=first,
    )
    status = 200
    if request.method == "POST" and form.is_valid():
        try:
            messages.success(request, _take(opened.row, to, form, person))
        except ValidationError as error:
            put_errors(form, error)
        except InvalidTransition as error:
            form.add_error(None, error.message)
            status = error.http_status
        else:
            return redirect("groups:joining-detail", pk=pk, enrolment_pk=enrolment_pk)
    if form.errors and status == 200:
        status = 422
    can = to in _actions(opened)
    context = {"form": form, "group": opened.row.group, "row": opened.row, "verb": VERBS[to], "to": to, "can": can}
    return page(request, "joining_step", context, status=status)


def _take(row: Enrolment, to: str, form: JoiningStepForm, by: Person) -> str:
    """Take a step, and return what is said about it."""
    where = {"enrolment_id": row.pk, "group_id": row.group_id, "seen": form.cleaned_data["seen"], "by": by}
    if to == "answer":
        return _told(services.record_answer(**where, said=form.cleaned_data["said"]))
    if to == "take-back":
        services.take_back_offer(**where)
        return _("The offer is taken back. They keep their place on the waiting list.")
    if to == State.OFFERED:
        last_day = form.cleaned_data["last_day"]
        services.make_offer(**where, last_day=last_day)
        return _("Offered. Whoever has an address is told now; call those who have none.")
    services.take_step(**where, to=to, **form.facts())
    return _("Kept.")
