"""Served on paper and by voice: print, read aloud, write down what came back, and look at a scan."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from consent import selectors, services
from consent.models import Act, DocumentVersion
from consent.permissions import check_can_record
from consent.recording_forms import AloudForm, PaperForm, ToldForm
from consent.views.ceremony import person_of
from groupcare.access import Audience, policy
from groupcare.audit import record
from groupcare.exceptions import InvalidTransition
from groupcare.vault import unlock
from groupcare.web.forms import PlainForm
from groups.models import Membership


def _place(request: HttpRequest, group_id: UUID, membership_id: UUID, action: str) -> Membership:
    place = check_can_record(person_of(request), group_id, membership_id, action)
    unlock(place)
    return place


@require_GET
@policy(Audience.STAFF)
def member_answers(request: HttpRequest, group_id: UUID, membership_id: UUID) -> HttpResponse:
    """Show what a member answered and how, with the ways to serve them on paper and by voice."""
    place = _place(request, group_id, membership_id, "act.list")
    context = {
        "place": place,
        "group": place.group,
        "acts": selectors.answers_of(place),
        "signs_in": place.person.login is not None,
        "newest": _in_language(place, _versions(place)),
    }
    return render(request, "consent/member_answers.html", context)


# Versions offered in a list, in all their languages. Our choice: a paper older than ten versions is rare.
_MOST_VERSIONS = 20


def _versions(place: Membership) -> list[DocumentVersion]:
    """Return the versions that a paper may carry, the newest first."""
    return list(selectors.versions_of_group(place.group)[:_MOST_VERSIONS])


def _in_language(place: Membership, versions: list[DocumentVersion]) -> DocumentVersion | None:
    """Return the newest version in the member's language where there is one."""
    newest = [one for one in versions if one.number == versions[0].number]
    return next((one for one in newest if one.language == place.person.language), next(iter(newest), None))


def _recorded(
    request: HttpRequest, place: Membership, form: PlainForm, write: Callable[[], Act], template: str, **more: Any
) -> HttpResponse:
    """Write it down if the form is good and lead to the member's answers; else show the form."""
    if form.is_bound and form.is_valid():
        try:
            write()
        except InvalidTransition as error:
            form.add_error(None, error.message)
        except ValidationError as error:
            _put(form, error)
        else:
            messages.success(request, _("Kept. The person's standing follows from it."))
            return redirect("consent:member-answers", group_id=place.group_id, membership_id=place.pk)
    context = {"place": place, "group": place.group, "form": form, **more}
    return render(request, f"consent/{template}.html", context, status=422 if form.errors else 200)


def _put(form: PlainForm, error: ValidationError) -> None:
    """Put the service's errors beside their fields."""
    for name, wrong in error.error_dict.items():
        form.add_error(name if name in form.fields else None, wrong)


@require_http_methods(["GET", "POST"])
@policy(Audience.STAFF)
def paper_record(request: HttpRequest, group_id: UUID, membership_id: UUID) -> HttpResponse:
    """Show the form for a signed paper, or keep it with its scan."""
    place = _place(request, group_id, membership_id, "act.record_paper")
    signs_in = place.person.login is not None
    versions = _versions(place)
    given = (request.POST, request.FILES) if request.method == "POST" else ()
    form = PaperForm(*given, versions=versions, signs_in=signs_in)

    def write() -> Act:
        return services.record_paper(
            group_id=group_id,
            membership_id=membership_id,
            version_id=form.chosen().pk,
            paper=form.paper(),
            by=person_of(request),
        )

    return _recorded(request, place, form, write, "paper_record", signs_in=signs_in, versions=versions)


@require_http_methods(["GET", "POST"])
@policy(Audience.STAFF)
def aloud_record(request: HttpRequest, group_id: UUID, membership_id: UUID) -> HttpResponse:
    """Show the text to read aloud with the form below it, or keep that it was agreed aloud."""
    place = _place(request, group_id, membership_id, "act.record_aloud")
    versions = _versions(place)
    newest = _in_language(place, versions)
    form = AloudForm(
        request.POST if request.method == "POST" else None,
        versions=versions,
        initial={"version": newest.pk if newest else None},
    )

    def write() -> Act:
        return services.record_aloud(
            group_id=group_id,
            membership_id=membership_id,
            version_id=form.chosen().pk,
            spoken=form.spoken(),
            by=person_of(request),
        )

    text = selectors.text_of(newest) if newest else None
    return _recorded(
        request, place, form, write, "aloud_record", newest=newest, text=text, signs_in=place.person.login is not None
    )


@require_http_methods(["GET", "POST"])
@policy(Audience.STAFF)
def told_record(request: HttpRequest, group_id: UUID, membership_id: UUID) -> HttpResponse:
    """Show the form for what somebody without sign-in told us, or keep it."""
    place = _place(request, group_id, membership_id, "act.record_told")
    newest = _in_language(place, _versions(place))
    form = ToldForm(request.POST if request.method == "POST" else None)

    def write() -> Act:
        return services.record_told(
            group_id=group_id,
            membership_id=membership_id,
            version_id=newest.pk if newest else group_id,
            by=person_of(request),
            **form.cleaned_data,
        )

    return _recorded(request, place, form, write, "told_record", newest=newest, signs_in=place.person.login is not None)


@require_GET
@policy(Audience.STAFF)
def agreement_print(request: HttpRequest, group_id: UUID, membership_id: UUID) -> HttpResponse:
    """Show the current text with lines to sign on, to be printed."""
    place = _place(request, group_id, membership_id, "agreement.print")
    version = _in_language(place, _versions(place))
    if version is None:
        messages.info(request, _("Nothing is published in this group yet. Publish the agreement first."))
        return redirect("consent:member-answers", group_id=group_id, membership_id=membership_id)
    record("agreement.print", object_type="consent.DocumentVersion", object_id=version.pk)
    context = {"place": place, "version": version, "text": selectors.text_of(version)}
    return render(request, "consent/agreement_print.html", context)


@require_GET
@policy(Audience.SIGNED_IN)
def paper_scan(request: HttpRequest, act_id: UUID) -> HttpResponse:
    """Send the scan of a paper as a file to save; no browser opens it on this site."""
    found = selectors.read_scan(person_of(request), act_id)
    return HttpResponse(
        found.content,
        content_type=found.content_type,
        headers={
            "Content-Disposition": f'attachment; filename="{found.name}"',
            "Content-Security-Policy": "sandbox; default-src 'none'",
            "X-Content-Type-Options": "nosniff",
            "Cache-Control": "no-store",
        },
    )
