"""One person entered twice: choose the other entry, look at both, put them together, and take it back."""

from typing import cast
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from groupcare.access import Audience, Role, policy, viewer_from
from groupcare.accounts import merge_selectors, selectors, services
from groupcare.accounts.forms import NameForm
from groupcare.accounts.models import Person
from groupcare.accounts.views.people import PER_PAGE
from groupcare.audit import record
from groupcare.exceptions import InvalidTransition, Refused
from groupcare.vault import unlock
from groupcare.web import panels

_proven = policy(Audience.ROLES, roles=[Role.ADMINISTRATOR], step_up=True)


@_proven
@require_http_methods(["GET", "POST"])
def person_merge(request: HttpRequest, person_id: UUID) -> HttpResponse:
    """Show who could be the same human as this person, by name; a POST looks for part of a name and changes nothing."""
    viewer = viewer_from(request)
    person = selectors.get_person(viewer, person_id)
    rows = merge_selectors.mergeable(viewer, person)
    form = NameForm(request.POST if request.method == "POST" else None)
    typed = form.cleaned_data["name"] if form.is_valid() else ""
    found = merge_selectors.named(rows, typed) if typed else rows
    page = Paginator(found, PER_PAGE).get_page(request.GET.get("page"))
    shown = list(page.object_list)
    unlock([person, *shown])
    record("person.list", object_type="person", object_id=f"merge-{page.number}")
    context = {"one": person, "form": form, "typed": typed, "page": page, "shown": shown}
    return render(request, "accounts/person_merge.html", context, status=422 if form.errors else 200)


@_proven
@require_http_methods(["GET", "POST"])
def person_merge_with(request: HttpRequest, person_id: UUID, other_id: UUID) -> HttpResponse:
    """Show what hangs on each of two entries; a POST puts them together."""
    viewer = cast(Person, viewer_from(request))
    try:
        pair = merge_selectors.get_pair(viewer, person_id, other_id)
    except Refused:
        done = merge_selectors.standing_merge(viewer, person_id, other_id)
        if done is None:
            raise
        messages.info(request, _("This was put together already. Nothing was done twice."))
        return redirect("accounts:person-merged", merge_id=done.pk)
    if request.method == "POST":
        try:
            merge = services.merge_persons(kept_id=person_id, duplicate_id=other_id, by=viewer)
        except ValidationError as error:
            return render(
                request, "accounts/person_merge_with.html", {"pair": pair, "refusals": error.messages}, status=422
            )
        messages.success(request, _("The two entries are one person from now on."))
        return redirect("accounts:person-merged", merge_id=merge.pk)
    record("person.read", object_type="person", object_id=pair.duplicate.pk, purpose="merge")
    context = {"pair": pair, "refusals": pair.refusals}
    return render(request, "accounts/person_merge_with.html", context)


@_proven
@require_http_methods(["GET", "POST"])
def person_merged(request: HttpRequest, merge_id: UUID) -> HttpResponse:
    """Show what was put together, by whom, and until when it can be taken back; a POST takes it back."""
    viewer = cast(Person, viewer_from(request))
    merge = merge_selectors.get_merge(viewer, merge_id)
    if request.method == "POST":
        try:
            services.unmerge_persons(merge_id=merge.pk, by=viewer)
        except InvalidTransition as error:
            messages.error(request, error.message)
        else:
            messages.success(request, _("They are two people again."))
        return redirect(request.path)
    context = {"merge": merge, "concern": panels.render(request, "accounts.mistake", merge.kept)}
    return render(request, "accounts/person_merged.html", context)
