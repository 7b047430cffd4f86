"""The documents of a group and of the practice: the list, their history, retiring one, and signing off translations."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from consent import selectors, services
from consent.kinds import load_kind
from consent.kinds.wording import shipped
from consent.selectors import Listed
from consent.version_forms import ReviewForm
from consent.views.common import person_of
from consent.views.shelf import Shelf, open_shelf
from consent.views.versions import for_administrators
from groupcare.access import Audience, Right, policy
from groupcare.exceptions import InvalidTransition

# Our choice, because a hundred thousand pages are more than any document will have.
_PAGE_DIGITS = 6


@require_GET
@policy(Audience.STAFF)
def document_list(request: HttpRequest, group_id: UUID) -> HttpResponse:
    """Show every text that a group may have, published or not."""
    return _list(request, open_shelf(person_of(request), group_id, "document.list"))


@require_GET
@for_administrators
def practice_document_list(request: HttpRequest) -> HttpResponse:
    """Show every text that holds for the whole practice, published or not."""
    return _list(request, open_shelf(person_of(request), None, "document.list"))


@require_GET
@policy(Audience.STAFF)
def version_list(request: HttpRequest, group_id: UUID, document_id: UUID) -> HttpResponse:
    """Show what was published under a document of a group, and what each number changed."""
    return _history(request, open_shelf(person_of(request), group_id, "document.history"), document_id)


@require_GET
@for_administrators
def practice_version_list(request: HttpRequest, document_id: UUID) -> HttpResponse:
    """Show what was published under a document of the practice, and what each number changed."""
    return _history(request, open_shelf(person_of(request), None, "document.history"), document_id)


@require_http_methods(["GET", "POST"])
@policy(Audience.STAFF)
def document_retire(request: HttpRequest, group_id: UUID, document_id: UUID) -> HttpResponse:
    """Show what retiring a document of a group means, or retire it."""
    shelf = open_shelf(person_of(request), group_id, "document.retire", Right.MANAGE_GROUP)
    return _retire(request, shelf, document_id)


@require_http_methods(["GET", "POST"])
@for_administrators
def practice_document_retire(request: HttpRequest, document_id: UUID) -> HttpResponse:
    """Show what retiring a document of the practice means, or retire it."""
    return _retire(request, open_shelf(person_of(request), None, "document.retire"), document_id)


@require_GET
@for_administrators
def translation_list(request: HttpRequest) -> HttpResponse:
    """Show which translations wait for a native clinician, and who read the others."""
    rows = selectors.translations(person_of(request))
    return render(request, "consent/translation_list.html", {"rows": rows, "waiting": sum(not r.review for r in rows)})


@require_http_methods(["GET", "POST"])
@for_administrators
def translation_review(request: HttpRequest, kind_key: str, language: str) -> HttpResponse:
    """Show a shipped translation with its blanks open, or keep who read it."""
    person = person_of(request)
    row = next((r for r in selectors.translations(person) if (r.kind.key, r.language) == (kind_key, language)), None)
    if row is None:
        raise Http404
    people = selectors.reviewers(person)
    form = ReviewForm(request.POST if request.method == "POST" else None, people=people)
    if form.is_bound and form.is_valid():
        try:
            services.review_text(kind_key=kind_key, language=language, by=person, **form.cleaned_data)
        except ValidationError as error:
            for name, texts in error.update_error_dict({}).items():
                form.add_error(name if name in form.fields else None, texts)
        else:
            messages.success(request, _("Kept. The mark is gone for exactly these words."))
            return redirect("consent:translation-list")
    context = {"row": row, "form": form, "text": shipped(kind_key, language)}
    return render(request, "consent/translation_review.html", context, status=422 if form.errors else 200)


def _list(request: HttpRequest, shelf: Shelf) -> HttpResponse:
    rows = [_row(shelf, one) for one in selectors.documents_of(person_of(request), shelf.run)]
    return render(request, "consent/document_list.html", {"shelf": shelf, "group": shelf.group, "rows": rows})


def _row(shelf: Shelf, one: Listed) -> dict[str, Any]:
    """Return what the list shows of one kind, with the addresses of its pages."""
    is_kept = one.document is not None
    return {
        "one": one,
        "edit": shelf.url("version-create", kind_key=one.kind.key) if shelf.can_manage else "",
        "history": shelf.url("version-list", document_id=one.document.pk) if one.document else "",
        "retire": shelf.url("document-retire", document_id=one.document.pk)
        if shelf.can_manage and is_kept and one.document and not one.is_retired and not services.must_stay(one.kind)
        else "",
    }


def _history(request: HttpRequest, shelf: Shelf, document_id: UUID) -> HttpResponse:
    person = person_of(request)
    document = selectors.get_document(person, document_id, shelf.group.pk if shelf.group else None)
    page = selectors.releases(person, document, request.GET.get("page", "1")[:_PAGE_DIGITS])
    context = {
        "shelf": shelf,
        "group": shelf.group,
        "document": document,
        "kind": load_kind(document.kind),
        "text": shipped(document.kind, person.language),
        "page": page,
    }
    return render(request, "consent/version_list.html", context)


def _retire(request: HttpRequest, shelf: Shelf, document_id: UUID) -> HttpResponse:
    person = person_of(request)
    document = selectors.get_document(person, document_id, shelf.group.pk if shelf.group else None, "document.retire")
    if request.method == "POST":
        try:
            services.retire_document(document_id=document_id, by=person)
            messages.success(request, _("Retired. Nobody is asked for it any more; what was promised stays."))
        except InvalidTransition as error:
            messages.info(request, error.message)
        return redirect(shelf.home)
    context = {"shelf": shelf, "group": shelf.group, "text": shipped(document.kind, person.language)}
    return render(request, "consent/document_retire.html", context)
