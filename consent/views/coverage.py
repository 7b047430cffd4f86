"""Pages of those who run a group: the coverage board, and publishing a version."""

from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from consent import selectors, services
from consent.forms import VersionForm
from consent.kinds import GROUP_AGREEMENT, load_kind
from consent.kinds.wording import Text, shipped
from consent.permissions import check_can_publish
from consent.selectors import Show
from consent.views.ceremony import person_of
from groupcare.access import Audience, policy
from groups.models import TherapyGroup
from groups.selectors import get_group

# Our choice, because a hundred thousand pages are more than any group will have.
_PAGE_DIGITS = 6


@require_GET
@policy(Audience.STAFF)
def coverage_board(request: HttpRequest, group_id: UUID) -> HttpResponse:
    """Show the standing of everyone in a group."""
    person = person_of(request)
    group = get_group(person, group_id, action="coverage.read")
    asked = request.GET.get("show", Show.ALL)
    show = Show(asked) if asked in set(Show) else Show.ALL
    number = request.GET.get("page", "1")[:_PAGE_DIGITS]
    kind = shipped(GROUP_AGREEMENT, person.language)
    context = {
        "group": group,
        "board": selectors.board(person, group, number, show),
        "show": show,
        "can_record": getattr(group, "can_write_notes", False),
        "choices": [(Show.ALL, _("Everything")), (Show.NEEDS, _("Needs something")), (Show.SHUT, _("Cannot come in"))],
        "kind_name": kind.name,
        "now": timezone.now(),
    }
    return render(request, "consent/coverage_board.html", context)


@require_http_methods(["GET", "POST"])
@policy(Audience.STAFF)
def version_create(request: HttpRequest, group_id: UUID) -> HttpResponse:
    """Show the words that would be published, or publish them."""
    person = person_of(request)
    group = check_can_publish(person, group_id)
    kind = load_kind(GROUP_AGREEMENT)
    newest = selectors.published(person, group, kind.key)
    form = VersionForm(
        request.POST if request.method == "POST" else None,
        kind=kind,
        words=selectors.own_words(kind, newest),
        main=group.language,
    )
    if request.method == "POST" and form.is_valid() and "publish" in request.POST and _published(request, form, group):
        return redirect("consent:coverage-board", group_id=group.pk)
    context = {
        "group": group,
        "form": form,
        "number": newest[0].number + 1 if newest else 1,
        "texts": _texts(request, form, group),
    }
    return render(request, "consent/version_create.html", context, status=422 if form.errors else 200)


def _texts(request: HttpRequest, form: VersionForm, group: TherapyGroup) -> list[Text]:
    """Return the whole text as it would be published with what is in the form, the group's language first."""
    good = form.is_bound and not form.errors
    days = form.cleaned_data["answer_days"] if good else selectors.DEFAULT_ANSWER_DAYS
    found = selectors.draft(
        person_of(request), group, form.kind, answer_days=days, edited=form.edited if good else form.starting_words
    )
    return [found[language] for language in (form.main, *form.other)]


def _published(request: HttpRequest, form: VersionForm, group: TherapyGroup) -> bool:
    """Return whether it was published; if not, the reasons are on the form."""
    try:
        services.publish_version(
            group_id=group.pk,
            by=person_of(request),
            edited=form.edited,
            answer_days=form.cleaned_data["answer_days"],
            languages=form.chosen,
            summary=form.cleaned_data["summary"],
        )
    except ValidationError as error:
        form.add_error(None, error)
        return False
    messages.success(request, _("Published. Everyone in the group gets one message with something to read."))
    return True
