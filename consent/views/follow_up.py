"""What those who work with a group still have to do about promises: tell somebody, ask in person, put it in writing."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from consent import selectors, services
from consent.kinds.wording import shipped
from consent.recording_forms import FollowUpForm
from consent.selectors import Debt
from consent.views.common import person_of
from groupcare.access import Audience, policy
from groupcare.exceptions import InvalidTransition
from groupcare.vault import unlock
from groups.localtime import practice_zone, today_in

# Our choice, because 25 rows fit a screen.
PAGE_SIZE = 25


def debt_rows(found: Sequence[Debt]) -> list[dict[str, Any]]:
    """Return what a page shows of each thing to do: the thing, what it is about, and whether it is late."""
    language, today = (get_language() or "en").split("-")[0], today_in(practice_zone())
    return [{"debt": one, "name": shipped(one.kind, language).name, "late": one.due_on < today} for one in found]


@require_GET
@policy(Audience.STAFF)
def follow_up_list(request: HttpRequest) -> HttpResponse:
    """List everything that is still to be done about promises in the person's groups, the earliest first."""
    page = Paginator(selectors.debts(person_of(request)), PAGE_SIZE).get_page(request.GET.get("page"))
    context = {"page": page, "rows": debt_rows(list(page.object_list))}
    return render(request, "consent/follow_up_list.html", context)


@require_POST
@policy(Audience.STAFF)
def prompt_told(request: HttpRequest, prompt_id: UUID) -> HttpResponse:
    """Keep that somebody whom no message reaches was told in person."""
    services.mark_told(prompt_id=prompt_id, by=person_of(request))
    messages.success(request, _("Kept: told in person, today."))
    return redirect("consent:follow-up-list")


@require_http_methods(["GET", "POST"])
@policy(Audience.STAFF)
def follow_up_close(request: HttpRequest, spoken_id: UUID) -> HttpResponse:
    """Show how an agreement made aloud can be followed up, or keep that it was."""
    spoken = selectors.follow_up_to_close(person_of(request), spoken_id)
    form = FollowUpForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        try:
            services.follow_up(spoken_id=spoken_id, how=form.cleaned_data["how"], by=person_of(request))
        except InvalidTransition as error:
            form.add_error(None, error.message)
        else:
            messages.success(request, _("Kept. It does not stand on your day any more."))
            return redirect("consent:follow-up-list")
    unlock([spoken.person])
    context = {"spoken": spoken, "group": spoken.act.group, "form": form}
    return render(request, "consent/follow_up_close.html", context, status=422 if form.errors else 200)
