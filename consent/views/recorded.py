"""Served on paper and by voice: print, read aloud, write down what came back, and look at a scan."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from consent import selectors, services
from consent.kinds import Kind, load_kind
from consent.kinds.wording import shipped
from consent.models import Act, DocumentVersion
from consent.permissions import check_can_record
from consent.recording_forms import AloudForm, PaperForm, ToldForm, signer_of
from consent.services import StepUpEvidence, TextChanged
from consent.views.common import person_of
from consent.views.deciders import put
from groupcare.access import Audience, policy
from groupcare.accounts.models import Person
from groupcare.accounts.stepup import proof
from groupcare.audit import record
from groupcare.exceptions import InvalidTransition
from groupcare.web.forms import PlainForm
from groups.localtime import practice_zone, today_in
from groups.models import Membership


def _place(request: HttpRequest, group_id: UUID, membership_id: UUID, action: str) -> Membership:
    """Return the place, still locked: ``_documents`` unlocks it with everybody who answers."""
    return check_can_record(person_of(request), group_id, membership_id, action)


@require_GET
@policy(Audience.STAFF)
def member_answers(request: HttpRequest, group_id: UUID, membership_id: UUID) -> HttpResponse:
    """Show what a member answered and how, with the ways to serve them on paper and by voice."""
    place = _place(request, group_id, membership_id, "act.list")
    acts = selectors.answers_of(place)
    context = {
        "place": place,
        "group": place.group,
        "documents": _documents(place, [one.recorded_by for one in acts if one.recorded_by is not None]),
        "acts": [(one, _name_of(one.version)) for one in acts],
        "can_manage": place.can_manage,  # type: ignore[attr-defined]
        "signs_in": place.person.login is not None,
    }
    return render(request, "consent/member_answers.html", context)


# Versions of all documents, in all their languages. Our choice: ten documents with ten versions in two languages.
_MOST_VERSIONS = 200


@dataclass(frozen=True)
class _Served:
    """One document as it is served to a member: its versions, the one to read now, and who answers it."""

    document_id: UUID
    kind: Kind
    name: str
    versions: list[DocumentVersion]
    newest: DocumentVersion
    people: list[selectors.Answerer]

    @property
    def signs_in(self) -> bool:
        """Return whether the first who answers could do so here."""
        return self.people[0].person.login is not None

    def posted(self, request: HttpRequest) -> DocumentVersion | None:
        """Return the version whose words were on the page that sent its form."""
        return self._found(request.POST.get("version", ""))

    def asked(self, request: HttpRequest) -> DocumentVersion | None:
        """Return the version that is asked for, as in another language."""
        return self._found(request.GET.get("version", ""))

    def _found(self, pk: str) -> DocumentVersion | None:
        return next((one for one in self.versions if str(one.pk) == pk), None)


def _documents(place: Membership, also: Iterable[Person] = ()) -> list[_Served]:
    """Return the documents that the member, or a guardian of theirs, answers, the oldest first; unlock the names."""
    found: dict[UUID, list[DocumentVersion]] = {}
    for version in selectors.versions_for_place(place)[:_MOST_VERSIONS]:
        found.setdefault(version.document_id, []).append(version)
    served, who = [], selectors.answerers(place, also=also)
    for document_id, versions in found.items():
        kind = load_kind(versions[0].document.kind)
        if people := who.of(kind):
            name = _name_of(versions[0])
            served.append(_Served(document_id, kind, name, versions, _in_language(place, versions), people))
    return served


def _name_of(version: DocumentVersion) -> str:
    """Return how the document is called in the reader's language."""
    return shipped(version.document.kind, (get_language() or "en").split("-")[0]).name


def _in_language(place: Membership, versions: list[DocumentVersion]) -> DocumentVersion:
    """Return the newest version in the member's language where there is one."""
    newest = [one for one in versions if one.number == versions[0].number]
    return next((one for one in newest if one.language == place.person.language), newest[0])


def _chosen(request: HttpRequest, documents: list[_Served]) -> _Served | None:
    """Return the document that the page is about: the one asked for, else the first; None where there is none."""
    asked = request.GET.get("document", "")
    return next((one for one in documents if str(one.document_id) == asked), next(iter(documents), None))


def _nothing(group_id: UUID, membership_id: UUID, request: HttpRequest) -> HttpResponse:
    """Say that there is nothing to serve yet, and lead back."""
    messages.info(request, _("Nothing is published in this group yet. Publish the agreement first."))
    return redirect("consent:member-answers", group_id=group_id, membership_id=membership_id)


def _recorded(
    request: HttpRequest, place: Membership, form: PlainForm, write: Callable[[], Act], template: str, **more: Any
) -> HttpResponse:
    """Write it down if the form is good and lead to the member's answers; else show the form.

    Raises:
        TextChanged: what was read aloud is not in force any more; the page has to show what is.
    """
    if form.is_bound and form.is_valid():
        try:
            write()
        except TextChanged:
            raise
        except InvalidTransition as error:
            form.add_error(None, error.message)
        except ValidationError as error:
            put(form, error)
        else:
            messages.success(request, _("Kept. The person's standing follows from it."))
            return redirect("consent:member-answers", group_id=place.group_id, membership_id=place.pk)
    context = {"place": place, "group": place.group, "form": form, **more}
    return render(request, f"consent/{template}.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
@policy(Audience.STAFF)
def paper_record(request: HttpRequest, group_id: UUID, membership_id: UUID) -> HttpResponse:
    """Show the form for a signed paper, or keep it with its scan."""
    place = _place(request, group_id, membership_id, "act.record_paper")
    served = _chosen(request, _documents(place))
    if served is None:
        return _nothing(group_id, membership_id, request)
    given = (request.POST, request.FILES) if request.method == "POST" else ()
    form = PaperForm(*given, versions=served.versions, people=served.people, signs_in=served.signs_in)

    def write() -> Act:
        return services.record_paper(
            group_id=group_id,
            membership_id=membership_id,
            version_id=form.chosen().pk,
            paper=form.paper(),
            by=person_of(request),
            signer_id=signer_of(form),
        )

    return _recorded(request, place, form, write, "paper_record", served=served)


@require_http_methods(["GET", "POST"])
@policy(Audience.STAFF, step_up=True)
def aloud_record(request: HttpRequest, group_id: UUID, membership_id: UUID) -> HttpResponse:
    """Show the text to read aloud with the form below it, or keep that it was agreed aloud."""
    place = _place(request, group_id, membership_id, "act.record_aloud")
    served = _chosen(request, [one for one in _documents(place) if one.kind.spoken_allowed])
    if served is None:
        return _nothing(group_id, membership_id, request)
    due = today_in(practice_zone()) + timedelta(days=services.FOLLOW_UP_DAYS)
    form = AloudForm(
        request.POST if request.method == "POST" else None,
        people=served.people,
        signs_in=served.signs_in,
        initial={"follow_up_on": due},
    )

    def write() -> Act:
        shown = proof(request)
        read_out = served.posted(request)
        return services.record_aloud(
            group_id=group_id,
            membership_id=membership_id,
            version_id=(read_out or served.newest).pk,
            text_sha256=request.POST.get("text_sha256", "") if read_out else "",
            spoken=form.spoken(),
            step_up=StepUpEvidence(method=shown.method, at=shown.at, event=shown.event),
            by=person_of(request),
            signer_id=signer_of(form),
        )

    try:
        return _recorded(request, place, form, write, "aloud_record", **_to_read(request, served))
    except TextChanged as error:
        form.add_error(None, error.message)
        form.forget_reading()
        now = next((one for one in _documents(place) if one.document_id == served.document_id), served)
        context = {"place": place, "group": place.group, "form": form, **_to_read(request, now)}
        return render(request, "consent/aloud_record.html", context, status=422)


def _to_read(request: HttpRequest, served: _Served) -> dict[str, Any]:
    """Return what the page shows to be read out: one version, and the same number in the other languages."""
    found = served.posted(request) or served.asked(request) or served.newest
    version = found if found.number == served.newest.number else served.newest
    others = [one for one in served.versions if one.number == version.number and one.pk != version.pk]
    return {"served": served, "version": version, "others": others, "text": selectors.text_of(version)}


@require_http_methods(["GET", "POST"])
@policy(Audience.STAFF)
def told_record(request: HttpRequest, group_id: UUID, membership_id: UUID) -> HttpResponse:
    """Show the form for what somebody without sign-in told us, or keep it."""
    place = _place(request, group_id, membership_id, "act.record_told")
    served = _chosen(request, _documents(place))
    if served is None:
        return _nothing(group_id, membership_id, request)
    form = ToldForm(request.POST if request.method == "POST" else None, people=served.people)

    def write() -> Act:
        told = {name: form.cleaned_data[name] for name in ("act", "route", "told_on")}
        return services.record_told(
            group_id=group_id,
            membership_id=membership_id,
            version_id=served.newest.pk,
            by=person_of(request),
            signer_id=signer_of(form),
            **told,
        )

    return _recorded(request, place, form, write, "told_record", served=served)


@require_GET
@policy(Audience.STAFF)
def agreement_print(request: HttpRequest, group_id: UUID, membership_id: UUID) -> HttpResponse:
    """Show the current text with lines to sign on, to be printed."""
    place = _place(request, group_id, membership_id, "agreement.print")
    served = _chosen(request, _documents(place))
    if served is None:
        return _nothing(group_id, membership_id, request)
    version = served.newest
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
