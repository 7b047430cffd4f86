"""Pages of concerns: the reporter's below /concern/, the readers' below /desk/ and /concerns/."""

from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from groupcare.access import Audience, policy
from groupcare.accounts.models import Person
from groupcare.exceptions import InvalidTransition
from groupcare.practice.selectors import practice
from groupcare.web.forms import PlainForm
from incidents import limits, selectors, services
from incidents.forms import AssessForm, CloseForm, ConcernForm
from incidents.models import Concern, ConcernQuerySet
from incidents.selectors import READERS
from incidents.states import State

PAGE = 25
# Our choice, because a hundred thousand pages are more than any practice will have.
PAGE_DIGITS = 6
# Which form continues from which state; acknowledging needs no words.
STEP_FORMS: dict[str, type[PlainForm]] = {State.ACKNOWLEDGED.value: AssessForm, State.ASSESSED.value: CloseForm}


def _person(request: HttpRequest) -> Person:
    person: Person = request.person  # type: ignore[attr-defined]
    return person


@require_http_methods(["GET", "POST"])
@policy(Audience.SIGNED_IN, quiet=True)
def concern_create(request: HttpRequest) -> HttpResponse:
    """Show the form, or keep a new concern and show its number."""
    person = _person(request)
    form = ConcernForm(request.POST if request.method == "POST" else None, people=selectors.naming_choices(person))
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            if not limits.may_raise(person.id):
                form.add_error(None, _("You have sent many concerns today. Please call us about the next one."))
                status = 429
            elif concern := _raised(form, person):
                return redirect("incidents:concern-kept", pk=concern)
    return render(
        request, "incidents/concern_create.html", {"form": form, "crisis_text": practice().crisis_text}, status=status
    )


def _raised(form: ConcernForm, person: Person) -> UUID | None:
    """Return the id of the new concern, or None with the reasons on the form."""
    try:
        return services.raise_concern(by=person, **form.cleaned_data).id
    except ValidationError as error:
        form.add_error(None, error)
        return None


@require_GET
@policy(Audience.SIGNED_IN, quiet=True)
def concern_kept(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Show a reporter how one of their concerns stands."""
    concern = selectors.get_my_concern(_person(request), pk)
    return render(request, "incidents/concern_kept.html", {"concern": concern})


@require_GET
@policy(Audience.SIGNED_IN, quiet=True)
def concern_mine(request: HttpRequest) -> HttpResponse:
    """Show a reporter all their concerns."""
    return render(request, "incidents/concern_mine.html", {"concerns": selectors.my_concerns(_person(request))})


@require_GET
@policy(Audience.ROLES, roles=READERS)
def desk(request: HttpRequest) -> HttpResponse:
    """Show a reader what waits."""
    rows, more = _page(selectors.open_concerns(_person(request)), 1)
    first = next((row for row in rows if row.state == State.RECEIVED.value), next(iter(rows), None))
    others = [row for row in rows if row is not first]
    context = {"first": first, "concerns": others, "open_count": len(rows), "more": more}
    return render(request, "incidents/desk.html", context)


@require_GET
@policy(Audience.ROLES, roles=READERS)
def concern_list(request: HttpRequest) -> HttpResponse:
    """Show a reader one page of what they may read."""
    asked = request.GET.get("page", "")
    number = max(1, int(asked)) if asked.isdecimal() and len(asked) < PAGE_DIGITS else 1
    rows, more = _page(selectors.visible_concerns(_person(request)), number)
    return render(request, "incidents/concern_list.html", {"concerns": rows, "more": more, "number": number})


def _page(found: ConcernQuerySet, number: int) -> tuple[list[Concern], bool]:
    """Return the rows of a page, and whether more follow: one row too many tells it, without a total."""
    rows = list(found[(number - 1) * PAGE : number * PAGE + 1])
    return rows[:PAGE], len(rows) > PAGE


@require_GET
@policy(Audience.ROLES, roles=READERS, step_up=True)
def concern_detail(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Open one concern; the reading is in the trail before the page is sent."""
    opened = selectors.read_concern(_person(request), pk)
    form = STEP_FORMS.get(opened.concern.state)
    context = {"opened": opened, "concern": opened.concern, "form": form() if form else None}
    return render(request, "incidents/concern_detail.html", context)


@require_POST
@policy(Audience.ROLES, roles=READERS)
def concern_acknowledge(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Say that a concern was read."""
    return _stepped(request, pk, services.acknowledge)


@require_POST
@policy(Audience.ROLES, roles=READERS)
def concern_assess(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Keep what was found out."""
    return _written(request, pk, AssessForm(request.POST), services.assess)


@require_POST
@policy(Audience.ROLES, roles=READERS)
def concern_close(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Close a concern for good."""
    return _written(request, pk, CloseForm(request.POST), services.close)


@require_POST
@policy(Audience.ROLES, roles=READERS)
def concern_conflict(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Step aside from a concern."""
    try:
        services.declare_conflict(concern_id=pk, by=_person(request))
    except ValidationError as error:
        return _notice(request, pk, " ".join(error.messages), status=422)
    return redirect("incidents:desk")


def _written(request: HttpRequest, pk: UUID, form: PlainForm, service: Any) -> HttpResponse:
    """Take a step that needs words; shown again, the page holds the form and nothing of the concern.

    Writing may take longer than a proof of identity lasts, and what was typed must not be lost to it.
    """
    concern = selectors.get_concern(_person(request), pk, action="concern.write")
    if form.is_valid():
        try:
            return _stepped(request, pk, service, **form.cleaned_data)
        except ValidationError as error:
            form.add_error(None, error)
    context = {"form": form, "concern": concern, "action": request.path}
    return render(request, "incidents/concern_step.html", context, status=422)


def _stepped(request: HttpRequest, pk: UUID, service: Any, **words: Any) -> HttpResponse:
    """Take a step and go back to the concern, or say that somebody else was first."""
    try:
        service(concern_id=pk, by=_person(request), **words)
    except InvalidTransition as error:
        return _notice(request, pk, error.message, status=error.http_status)
    return redirect("incidents:concern-detail", pk=pk)


def _notice(request: HttpRequest, pk: UUID, message: str, *, status: int) -> HttpResponse:
    return render(request, "incidents/concern_notice.html", {"pk": pk, "message": message}, status=status)
