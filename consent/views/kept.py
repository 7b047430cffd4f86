"""What a person keeps: their own list, each of their acts, a copy to take away, and the way back."""

from uuid import UUID

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods

from consent import selectors, services
from consent.kinds.wording import shipped
from consent.models import Act, ActKind
from consent.selectors import Line
from consent.views.ceremony import passed, person_of
from groupcare.access import Audience, policy
from groupcare.accounts.models import Person
from groupcare.exceptions import InvalidTransition

PAGE_SIZE = 25


@require_GET
@policy(Audience.SIGNED_IN)
def agreement_list(request: HttpRequest) -> HttpResponse:
    """Show the person's agreements and everything they answered."""
    person = person_of(request)
    page = Paginator(selectors.own_acts(person), PAGE_SIZE).get_page(request.GET.get("page"))
    rows = agreement_rows(person, selectors.my_agreements(person))
    return render(request, "consent/agreement_list.html", {"rows": rows, "page": page})


def agreement_rows(person: Person, mine: list[Line]) -> list[dict[str, object]]:
    """Return what the list and the panel show of each agreement: title, standing, last reading, and where to read."""
    answers = [(one, answer) for one in mine for answer in one.standing.answers]
    opened = selectors.last_opened(person, {answer.rule.document_id for _one, answer in answers})
    return [
        {
            "title": shipped(answer.rule.kind, person.language).title,
            "opened": opened.get(answer.rule.document_id),
            "document_id": answer.rule.document_id,
            "state": str(answer.standing.state),
            "act": answer.standing.act,
            "number": answer.rule.number,
            "grace": None if answer.standing.cleared else one.grace,
        }
        for one, answer in answers
    ]


@require_GET
@policy(Audience.SIGNED_IN)
def act_detail(request: HttpRequest, act_id: UUID) -> HttpResponse:
    """Show one of the person's own acts, with the way to a copy and back."""
    act = selectors.get_own_act(person_of(request), act_id)
    is_signed, is_last = act.act == ActKind.SIGNED, act.is_last  # type: ignore[attr-defined]
    context = {
        "act": act,
        "text": selectors.text_of(act.version),
        "is_signed": is_signed,
        "is_last": is_last,
        "has_run_out": act.valid_until is not None and act.valid_until <= timezone.now(),
        "can_withdraw": act.is_promise and is_last and selectors.is_withdrawable(act.document),
    }
    return render(request, "consent/act_detail.html", context)


@require_GET
@policy(Audience.SIGNED_IN)
def act_copy(request: HttpRequest, act_id: UUID) -> HttpResponse:
    """Send the whole text with the evidence of this one signer, as a file to keep."""
    act = selectors.get_own_act(person_of(request), act_id, "act.copy")
    body = render_to_string("consent/act_copy.txt", {"act": act, "text": selectors.text_of(act.version)}, request)
    name = f"copy-{act.at:%Y-%m-%d}.txt"
    return HttpResponse(
        body,
        content_type="text/plain; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"},
    )


@require_http_methods(["GET", "POST"])
@policy(Audience.SIGNED_IN)
def act_withdraw(request: HttpRequest, act_id: UUID) -> HttpResponse:
    """Show what taking a signature back means, or take it back."""
    person = person_of(request)
    act = selectors.get_own_act(person, act_id, "act.withdraw")
    if request.method == "POST":
        try:
            after: Act = services.withdraw(act_id=act_id, by=person)
        except InvalidTransition as error:
            return passed(request, error)
        return redirect("consent:act-detail", act_id=after.pk)
    return render(request, "consent/act_withdraw.html", {"act": act, "text": selectors.text_of(act.version)})
