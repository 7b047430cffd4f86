"""The editor: the words that would be published, what they lack, and publishing them."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from consent import selectors, services
from consent.kinds import GROUP_AGREEMENT, load_kind
from consent.kinds.wording import languages, shipped
from consent.models import DocumentVersion
from consent.selectors import Draft
from consent.version_forms import USE, VersionForm, with_option
from consent.views.common import person_of
from consent.views.shelf import Shelf, shelf_to_publish
from groupcare.access import Audience, Role, policy

for_administrators = policy(Audience.ROLES, roles=[Role.ADMINISTRATOR])


@require_http_methods(["GET", "POST"])
@policy(Audience.STAFF)
def version_create(request: HttpRequest, group_id: UUID, kind_key: str = GROUP_AGREEMENT) -> HttpResponse:
    """Show the words that would be published in a group, or publish them."""
    return _editor(request, shelf_to_publish(person_of(request), group_id, kind_key), kind_key)


@require_POST
@policy(Audience.STAFF)
def version_check(request: HttpRequest, group_id: UUID, kind_key: str) -> HttpResponse:
    """Say what the typed words lack; keep nothing."""
    return _missing(request, shelf_to_publish(person_of(request), group_id, kind_key), kind_key)


@require_http_methods(["GET", "POST"])
@for_administrators
def practice_version_create(request: HttpRequest, kind_key: str) -> HttpResponse:
    """Show the words that would be published for the whole practice, or publish them."""
    return _editor(request, shelf_to_publish(person_of(request), None, kind_key), kind_key)


@require_POST
@for_administrators
def practice_version_check(request: HttpRequest, kind_key: str) -> HttpResponse:
    """Say what the typed words lack; keep nothing."""
    return _missing(request, shelf_to_publish(person_of(request), None, kind_key), kind_key)


def _editor(request: HttpRequest, shelf: Shelf, kind_key: str) -> HttpResponse:
    """Show the form, the form with a starting text put in, or the whole text to read; or publish it."""
    form, number = _form(request, shelf, kind_key)
    is_sent, wants_option = request.method == "POST", USE in request.POST
    wants_publishing = is_sent and not wants_option and "publish" in request.POST
    if wants_publishing and form.is_valid() and _published(request, form, shelf):
        return redirect(shelf.home)
    drafts = _drafts(request, form, shelf)
    gaps = [gap for one in drafts for gap in one.gaps]
    if is_sent and not wants_option:
        form.add_gaps(() if wants_publishing and form.is_valid() else gaps)
    is_ready = is_sent and not wants_option and not gaps and set(form.errors) <= {"__all__"}
    if is_ready:
        form.show_again(selectors.seen_of(drafts))
    context = {
        **_facts(shelf, kind_key),
        "form": form,
        "number": number,
        "drafts": drafts,
        "gaps": gaps,
        "is_ready": is_ready,
    }
    status = 422 if is_sent and not wants_option and form.errors else 200
    return render(request, "consent/version_create.html", context, status=status)


def _facts(shelf: Shelf, kind_key: str) -> dict[str, Any]:
    return {
        "shelf": shelf,
        "group": shelf.group,
        "kind": load_kind(kind_key),
        "kind_text": shipped(kind_key, shelf.language),
        "check_url": shelf.url("version-check", kind_key=kind_key),
        "here": shelf.url("version-create", kind_key=kind_key),
    }


def _form(request: HttpRequest, shelf: Shelf, kind_key: str) -> tuple[VersionForm, int]:
    """Return the form, filled with what was published last or with what was sent, and the number it would get."""
    kind = load_kind(kind_key)
    newest = selectors.last_published(person_of(request), shelf.group, kind_key)
    number = newest[0].number + 1 if newest else 1
    data = request.POST if request.method == "POST" else None
    if data is not None and USE in data:
        data = with_option(data, kind)
    form = VersionForm(data, kind=kind, words=selectors.own_words(kind, newest), main=shelf.language, number=number)
    return form, number


def _drafts(request: HttpRequest, form: VersionForm, shelf: Shelf) -> list[Draft]:
    """Return the chosen texts as they would be published with what is in the form."""
    edited, chosen, days = form.starting_words, set(languages(form.kind.key)), selectors.DEFAULT_ANSWER_DAYS
    if form.is_bound:
        form.errors  # noqa: B018 - lets the form clean what was sent
        edited, chosen = form.edited, set(form.chosen)
        days = form.cleaned_data.get("answer_days", days)
    found = selectors.draft(person_of(request), shelf.group, form.kind, answer_days=days, edited=edited, run=shelf.run)
    return [one for language, one in found.items() if language in chosen]


def _missing(request: HttpRequest, shelf: Shelf, kind_key: str) -> HttpResponse:
    form, _number = _form(request, shelf, kind_key)
    gaps = [gap for one in _drafts(request, form, shelf) for gap in one.gaps]
    return render(request, "consent/_missing.html", {"gaps": gaps})


def _published(request: HttpRequest, form: VersionForm, shelf: Shelf) -> bool:
    """Return whether it was published; if not, the reasons are on the form."""
    try:
        versions = services.publish_version(
            group_id=shelf.group.pk if shelf.group is not None else None,
            by=person_of(request),
            edited={language: form.edited[language] for language in form.chosen},
            languages=form.chosen,
            kind_key=form.kind.key,
            terms=form.terms,
        )
    except ValidationError as error:
        for name, texts in error.update_error_dict({}).items():
            form.add_error(name if name in form.fields and name != "seen" else None, texts)
        return False
    messages.success(request, _said(versions[0]))
    return True


def _said(version: DocumentVersion) -> str:
    """Return what the publisher is told."""
    if version.effective_at is not None:
        return _("Published. It counts from the day you chose; until then the version before it counts.")
    if not version.material:
        return _("Published. Nobody is asked to sign again.")
    return _("Published. Everyone it is for gets one message with something to read.")
