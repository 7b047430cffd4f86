"""Papers for one person: those of a member, making one out, and what the person does with a notice."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from consent import paper, selectors, services
from consent.kinds import Kind, load_kind
from consent.kinds.wording import Text, particular, shipped
from consent.models import DocumentVersion
from consent.paper_forms import MakeOutForm, named
from consent.permissions import PLACE, can_manage, check_can_make_out
from consent.selectors import MadeOut
from consent.services import Issue, StepUpEvidence
from consent.views.common import person_of
from groupcare.access import Audience, policy
from groupcare.accounts.models import Person
from groupcare.accounts.stepup import proof
from groupcare.exceptions import InvalidTransition, Refused
from groupcare.vault import unlock
from groups.models import Membership


def paper_rows(found: list[MadeOut]) -> list[dict[str, Any]]:
    """Return what a page shows of each paper: what it is called, for whom, and how it stands."""
    language = (get_language() or "en").split("-")[0]
    return [{"one": one, "name": shipped(one.kind.key, language).name, "to": named(one)} for one in found]


@require_GET
@policy(Audience.STAFF)
def paper_list(request: HttpRequest, group_id: UUID, membership_id: UUID) -> HttpResponse:
    """Show the papers made out for a member, and the kinds that can be made out."""
    person = person_of(request)
    place = check_can_make_out(person, group_id, membership_id)
    manages, language = can_manage(person, group_id), (get_language() or "en").split("-")[0]
    found = selectors.papers_about(person, place.person_id)
    unlock(place, [place.person])
    context = {
        "place": place,
        "group": place.group,
        "rows": paper_rows(found),
        "kinds": [
            (kind, shipped(kind.key, language).name)
            for kind in paper.made_out_here()
            if manages or kind.key != paper.NOTICE
        ],
    }
    return render(request, "consent/paper_list.html", context)


@require_http_methods(["GET", "POST"])
@policy(Audience.STAFF, step_up=True)
def paper_create(request: HttpRequest, group_id: UUID, membership_id: UUID, paper_kind: str) -> HttpResponse:
    """Show the form of a paper, its words with what was typed, or publish it."""
    person = person_of(request)
    kind = next((one for one in paper.made_out_here() if one.key == paper_kind), None)
    is_notice = kind is not None and kind.key == paper.NOTICE
    place = check_can_make_out(person, group_id, membership_id, issues=is_notice)
    if kind is None:
        raise Refused("paper.make_out", PLACE, membership_id)
    unlock(place, [place.person])
    language = paper.language_for(kind, place.person.language)
    found = selectors.papers_about(person, place.person_id) if not is_notice else []
    form = MakeOutForm(
        request.POST if request.method == "POST" else None,
        kind=kind,
        language=(get_language() or "en").split("-")[0],
        before=[one for one in found if one.kind.key == kind.key and not one.has_ended],
        meaning=shipped(kind.key, language).meaning if is_notice else "",
        initial={"patient": place.person.used_name},
    )
    is_good = form.is_bound and form.is_valid()
    if is_good and "publish" in request.POST and _made(request, place, form, is_notice=is_notice):
        return redirect("consent:paper-list", group_id=group_id, membership_id=membership_id)
    context = {
        "place": place,
        "group": place.group,
        "kind": kind,
        "form": form,
        "name": shipped(kind.key, (get_language() or "en").split("-")[0]).name,
        "text": _preview(kind, language, place, form) if is_good else None,
    }
    return render(request, "consent/paper_create.html", context, status=422 if form.errors else 200)


def _preview(kind: Kind, language: str, place: Membership, form: MakeOutForm) -> Text:
    """Return the words as the member will read them; a blank that is still empty is shown open."""
    filled = paper.spelled(kind, form.typed, language)
    return paper.whole(paper.text_for(kind, language, place.group.place), filled)


def _made(request: HttpRequest, place: Membership, form: MakeOutForm, *, is_notice: bool) -> DocumentVersion | None:
    """Return the published paper; None where something is missing, which then stands beside its field."""
    issue = None
    if is_notice:
        shown = proof(request)
        evidence = StepUpEvidence(method=shown.method, at=shown.at, event=shown.event)
        issue = Issue(form.cleaned_data["typed_name"], form.cleaned_data["meant"], evidence)
    try:
        version = services.make_out(
            group_id=place.group_id,
            membership_id=place.pk,
            kind_key=form.kind.key,
            typed=form.typed,
            by=person_of(request),
            instead_of=form.instead_of,
            issue=issue,
        )
    except InvalidTransition as error:
        form.add_error(None, error.message)
    except ValidationError as error:
        for name, wrong in error.error_dict.items():
            form.add_error(name if name in form.fields else None, wrong)
    else:
        messages.success(request, _("Made out. The person gets one neutral message, if a message reaches them."))
        return version
    return None


@require_http_methods(["GET", "POST"])
@policy(Audience.STAFF)
def paper_end(request: HttpRequest, document_id: UUID) -> HttpResponse:
    """Show what ends with a paper, or keep that it has ended, because what it names has come."""
    person = person_of(request)
    document = selectors.paper_to_change(person, document_id)
    if request.method == "POST":
        try:
            services.end_paper(document_id=document_id, by=person)
            messages.success(request, _("Ended. Nothing is shared under it any more."))
        except InvalidTransition as error:
            messages.info(request, error.message)
        return redirect("groups:today")
    about: Person = document.person  # type: ignore[assignment] # a paper for one person has one
    kind, filled = load_kind(document.kind), selectors.filled_in(document)
    unlock([about])
    language = (get_language() or "en").split("-")[0]
    context = {
        "document": document,
        "about": about,
        "name": shipped(kind.key, language).name,
        "filled": [
            (particular(kind.key, language, one.key)[0], filled[one.key])
            for one in kind.particulars
            if filled.get(one.key)
        ],
    }
    return render(request, "consent/paper_end.html", context)


@require_GET
@policy(Audience.SIGNED_IN)
def paper_mine(request: HttpRequest) -> HttpResponse:
    """Show the papers made out about the person: what is in force, what it allows, for whom and until when."""
    person = person_of(request)
    rows = paper_rows(selectors.papers_about(person, person.pk))
    return render(request, "consent/paper_mine.html", {"rows": rows})


@require_POST
@policy(Audience.SIGNED_IN)
def notice_read(request: HttpRequest, version_id: UUID) -> HttpResponse:
    """Keep that the person read a notice about them, because they wish so."""
    services.acknowledge(version_id=version_id, by=person_of(request))
    messages.success(request, _("Kept: you have read it. It is no signature."))
    return redirect("consent:paper-mine")
