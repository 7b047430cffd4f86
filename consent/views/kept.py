"""What a person keeps: their own list, each of their acts, a copy to take away, and the way back."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils import timezone
from django.views.decorators.http import require_GET

from consent import selectors
from consent.drawing import HEIGHT, WIDTH, path_of
from consent.kinds import GROUP_AGREEMENT
from consent.kinds.wording import Text, shipped
from consent.models import Act, ActKind, Capacity, Gate, Who
from consent.selectors import Answer, Line, SigningLine
from consent.views.common import Counted, person_of
from groupcare.access import Audience, policy
from groupcare.accounts.models import Person

PAGE_SIZE = 25


@require_GET
@policy(Audience.SIGNED_IN)
def agreement_list(request: HttpRequest) -> HttpResponse:
    """Show the person's agreements and everything they answered."""
    person = person_of(request)
    kept = selectors.kept_of(person)
    paginator = Counted(selectors.own_acts(person), PAGE_SIZE)
    paginator.count = kept.answers
    page = paginator.get_page(request.GET.get("page"))
    lines, wards = selectors.own_and_wards(person) if kept.has_places else ([], [])
    context: dict[str, object] = {"rows": agreement_rows(person, lines), "page": page, "wards": wards, "kept": kept}
    context["duties"] = sorted(selectors.my_duties(person), key=lambda duty: _place_of(duty[0]))
    _name_lines(person, page.object_list, {one.ward.pk: one.ward.used_name for one in wards})
    return render(request, "consent/agreement_list.html", context)


def _name_lines(person: Person, acts: Any, known: dict[UUID, str]) -> None:
    """Give each act the title of its text and, where it is for somebody else, the name of that person."""
    names = known | _wards(person, [act for act in acts if act.subject_id not in known])
    for act in acts:
        act.title = shipped(act.document.kind, person.language).title
        act.for_name = names.get(act.subject_id, "")
        act.by_guardian = act.capacity == Capacity.GUARDIAN and act.subject_id == person.pk


def _wards(person: Person, acts: Any) -> dict[UUID, str]:
    others = [act.subject_id for act in acts if act.subject_id not in (act.signer_id, person.pk)]
    lines = [SigningLine(Who.GUARDIAN, Capacity.GUARDIAN, one, person.pk) for one in others]
    return selectors.names_of_lines(person, lines) if lines else {}


def _place_of(answer: Answer) -> tuple[bool, bool, bool, str]:
    """Return where an agreement stands in the list, so that it stands there each time."""
    rule = answer.rule
    return rule.gate != Gate.SESSION, answer.standing.cleared, rule.kind != GROUP_AGREEMENT, rule.kind


def agreement_rows(person: Person, mine: list[Line]) -> list[dict[str, object]]:
    """Return what the list and the panel show of each agreement: title, standing, last reading, and where to read.

    What shuts the door comes first, what is not in order before what is, and then the promise that every group has.
    """
    answers = [(one, answer) for one in mine for answer in one.own_answers]
    answers.sort(key=lambda found: _place_of(found[1]))
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
    text = selectors.text_of(act.version)
    is_signed, is_last = act.act == ActKind.SIGNED, act.is_last  # type: ignore[attr-defined]
    is_by_you: bool = act.is_by_viewer  # type: ignore[attr-defined]
    context = {
        "act": act,
        "text": text,
        **_kept_of(person_of(request), act, text),
        "is_signed": is_signed,
        "is_last": is_last,
        "has_run_out": act.valid_until is not None and act.valid_until <= timezone.now(),
        "is_by_you": is_by_you,
        "can_withdraw": is_by_you and act.is_promise and is_last and selectors.is_withdrawable(act.document),
    }
    return render(request, "consent/act_detail.html", context)


@require_GET
@policy(Audience.SIGNED_IN)
def act_copy(request: HttpRequest, act_id: UUID) -> HttpResponse:
    """Send the whole text with the evidence of this one signer, as a file to keep."""
    act = selectors.get_own_act(person_of(request), act_id, "act.copy")
    text = selectors.text_of(act.version)
    context = {"act": act, "text": text, **_kept_of(person_of(request), act, text)}
    body = render_to_string("consent/act_copy.txt", context, request)
    name = f"copy-{act.at:%Y-%m-%d}.txt"
    return HttpResponse(
        body,
        content_type="text/plain; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"},
    )


def _kept_of(person: Person, act: Act, text: Text) -> dict[str, Any]:
    """Return what the page and the copy say of the evidence, with the drawn signature as a path."""
    signed, spoken = act.act == ActKind.SIGNED, selectors.spoken_of(act)
    attested = spoken.said.get("attestation", {}).get("step_up", {}).get("at") if spoken else None
    moments = {
        "at": act.at,
        "until": act.valid_until,
        "published": act.version.published_at,
        "attested": attested,
    }
    return {
        "moments": {name: selectors.in_both_zones(moment) for name, moment in moments.items()},
        "spoken": spoken,
        "told": selectors.told_of(act.evidence, act.capacity, act.document.kind, text) if signed else [],
        "path": path_of(act.evidence.get("drawing")) if signed else "",
        "width": WIDTH,
        "height": HEIGHT,
        "for_name": _wards(person, [act]).get(act.subject_id, ""),
    }
