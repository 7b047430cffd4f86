"""The ceremony: for whom, read, decide. A GET changes nothing; each answer is a POST of its own."""

from datetime import timedelta
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from consent import selectors, services
from consent.consequences import of_a_no
from consent.kinds import load_kind
from consent.models import DocumentVersion, Gate
from consent.permissions import VERSION
from consent.selectors import SigningLine
from consent.services import LONGEST_READING
from consent.views.common import (
    answerable,
    asked_for,
    facts,
    for_one,
    kiosk_of,
    moment,
    moment_of,
    onward,
    passed,
    person_of,
    whom,
)
from groupcare.access import Audience, policy
from groupcare.accounts.models import Person
from groupcare.exceptions import InvalidTransition, Refused

_SECONDS_DIGITS = 6


@require_GET
@policy(Audience.SIGNED_IN)
def agreement_open(request: HttpRequest, document_id: UUID) -> HttpResponse:
    """Lead to the newest version of a document, in the person's language where there is one.

    Who will answer it and was not asked yet whether they sign on a screen is asked that first.
    """
    person = person_of(request)
    versions = selectors.newest_versions(person, document_id)
    mine = next((one for one in versions if one.language == person.language), versions[0])
    there = onward("agreement-read", mine.pk, asked_for(request))
    if selectors.lines_of(person, mine) and not selectors.was_asked(person):
        return redirect(f"{reverse('consent:screen-agree')}?{urlencode({'next': there})}")
    return redirect(there)


@require_GET
@policy(Audience.SIGNED_IN)
def agreement_whom(request: HttpRequest, version_id: UUID) -> HttpResponse:
    """Let a person choose for whom they read and answer: themselves, or a young person they are a guardian of."""
    person = person_of(request)
    version = selectors.get_version(person, version_id)
    lines = selectors.lines_of(person, version)
    if not lines:
        raise Refused("agreement.answer", VERSION, version_id)
    names = selectors.names_of_lines(person, lines)
    choices = [(line, names[line.subject_id], onward("agreement-read", version_id, line.subject_id)) for line in lines]
    return render(
        request,
        "consent/agreement_whom.html",
        {"choices": choices, "version": version, "text": selectors.text_of(version)},
    )


@require_GET
@policy(Audience.SIGNED_IN)
@for_one
def agreement_read(request: HttpRequest, version_id: UUID) -> HttpResponse:
    """Show one version; those who answer it find the way on at its end."""
    person, subject_id = person_of(request), asked_for(request)
    version = selectors.open_version(person, version_id)
    is_newest = version.number == version.newest  # type: ignore[attr-defined]
    line = _line(selectors.lines_of(person, version), subject_id, version, is_newest=is_newest)
    last = selectors.latest_answer(version.document_id, person, line)
    siblings: list[DocumentVersion] = version.siblings  # type: ignore[attr-defined]
    context = {
        "version": version,
        "text": selectors.text_of(version),
        "siblings": siblings,
        "fallback_from": "" if any(one.language == person.language for one in siblings) else person.language,
        "changes": selectors.changes_since(version, last.version.number) if last is not None else None,
        "is_newest": is_newest,
        "begins": version.effective_at if not is_newest and is_to_come(version) else None,
        "held": selectors.promise_held(version, last) if line is not None and is_newest else None,
        "can_answer": line is not None and is_newest,
        "before": last if last is not None and last.version.number < version.number else None,
        "shown": moment(request, "shown", version),
        "asked": selectors.own_questions(person, version.document_id),
        "leads_have_signed": selectors.leads_have_signed(version),
        **whom(request, line),
    }
    return render(request, "consent/agreement_read.html", context)


def _line(
    lines: list[SigningLine], subject_id: UUID | None, version: DocumentVersion, *, is_newest: bool
) -> SigningLine | None:
    """Return the line for whom the page is asked; None for who only reads.

    Raises:
        Refused: it is asked for somebody for whom the person does not answer.
        LineNotChosen: it is asked for nobody, there are several, and the version can be answered.
    """
    try:
        found = selectors.chosen_line(lines, subject_id)
    except selectors.LineNotChosen:
        if is_newest:
            raise
        return None
    if subject_id is not None and found is None:
        raise Refused("agreement.answer", VERSION, version.pk)
    return found


def is_to_come(version: DocumentVersion) -> bool:
    """Return whether the day of a version has not come yet."""
    return version.effective_at is not None and version.effective_at > timezone.now()


@require_POST
@policy(Audience.SIGNED_IN)
def agreement_present(request: HttpRequest, version_id: UUID) -> HttpResponse:
    """Keep that the person read it and pressed Go on."""
    subject_id = asked_for(request)
    try:
        services.present(
            version_id=version_id,
            by=person_of(request),
            subject_id=subject_id,
            shown_at=moment_of(request, "shown", version_id),
            end_seen=_seconds(request.POST.get("end_seen", "")),
            handed=kiosk_of(request),
        )
    except InvalidTransition as error:
        return passed(request, error, version_id)
    return redirect(onward("agreement-decide", version_id, subject_id))


def _seconds(sent: str) -> timedelta | None:
    """Return how long ago the script of the page saw the end of the text; None where no script said so."""
    if not (sent.isascii() and sent.isdigit() and len(sent) <= _SECONDS_DIGITS):
        return None
    found = timedelta(seconds=int(sent))
    return found if found <= LONGEST_READING else None


@require_GET
@policy(Audience.SIGNED_IN)
@for_one
def agreement_decide(request: HttpRequest, version_id: UUID) -> HttpResponse:
    """Show three equal choices."""
    version = answerable(request, version_id)
    before = step_before(request, version)
    if before is not None:
        return before
    guards = load_kind(version.document.kind).gate == Gate.SESSION
    return render(request, "consent/agreement_decide.html", {**facts(request, version), "guards": guards})


def step_before(request: HttpRequest, version: DocumentVersion) -> HttpResponse | None:
    """Return the way to the first step that comes before the decision and was not taken; None if all were."""
    if version.read_at is None:  # type: ignore[attr-defined]
        return redirect(onward("agreement-read", version.pk, asked_for(request)))
    if not is_understood(person_of(request), version):
        return redirect(onward("agreement-understood", version.pk, asked_for(request)))
    return None


def is_understood(person: Person, version: DocumentVersion) -> bool:
    """Return whether each short question about the text was tried; a text without questions asks none."""
    asked = selectors.asked_back(version)
    if not asked:
        return True
    line: SigningLine = version.line  # type: ignore[attr-defined]
    made = selectors.tries(version, line) if line.signer_id == person.pk else {}
    return all(one.key in made for one in asked)


@require_POST
@policy(Audience.SIGNED_IN)
def agreement_talk(request: HttpRequest, version_id: UUID) -> HttpResponse:
    """Keep that the person wants to talk first."""
    try:
        act = services.ask_to_talk(
            version_id=version_id, by=person_of(request), subject_id=asked_for(request), handed=kiosk_of(request)
        )
    except InvalidTransition as error:
        return passed(request, error, version_id)
    return redirect("consent:act-detail", act_id=act.pk)


@require_http_methods(["GET", "POST"])
@policy(Audience.SIGNED_IN)
@for_one
def agreement_decline(request: HttpRequest, version_id: UUID) -> HttpResponse:
    """Show what declining means, or keep it; whoever has a promise that holds reads what taking it back means."""
    version = answerable(request, version_id)
    if request.method == "POST":
        try:
            act = services.decline(
                version_id=version_id, by=person_of(request), subject_id=asked_for(request), handed=kiosk_of(request)
            )
        except InvalidTransition as error:
            return passed(request, error, version_id)
        return redirect("consent:act-detail", act_id=act.pk)
    context = facts(request, version)
    last = selectors.latest_answer(version.document_id, person_of(request), context["line"])
    held = selectors.promise_held(version, last)
    if held is not None and selectors.is_withdrawable(version.document):
        # A device of the practice opens no page to take something back.
        return redirect(f"consent:{'act-detail' if kiosk_of(request) else 'act-withdraw'}", act_id=held.pk)
    context["means"] = of_a_no(load_kind(version.document.kind), context["line"].capacity)
    return render(request, "consent/agreement_decline.html", context)
