"""About me: what the practice keeps of a member, who can see it, who opened it, and how to leave."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from groupcare.access import Audience, policy
from groupcare.practice.selectors import practice
from groups import selectors, services
from groups.forms import WishForm
from groups.models import LeaveWish
from groups.views.common import PER_PAGE, Part, page, part_of, viewer


@require_GET
@policy(Audience.SIGNED_IN)
def about_me(request: HttpRequest) -> HttpResponse:
    """Show the way to everything that a member can see about themselves."""
    viewer(request)
    return page(request, "about_me", {})


@require_GET
@policy(Audience.SIGNED_IN)
def privacy(request: HttpRequest) -> HttpResponse:
    """Show who can see what about the member, worked out from the rights that hold now."""
    person = viewer(request)
    language = get_language() or person.language
    context = {
        "seen": selectors.who_sees_what(person, language),
        "limits": selectors.sentences(person, language)["limits"],
        "practice": practice(),
    }
    return page(request, "privacy", context)


@require_GET
@policy(Audience.SIGNED_IN)
def privacy_opened(request: HttpRequest) -> HttpResponse:
    """Show by which role, and on which day, something about the member was opened or written."""
    person = viewer(request)
    asked = request.GET.get("page", "1")
    number = max(int(asked), 1) if asked.isdecimal() and len(asked) < 5 else 1
    rows, more = selectors.who_opened(person, start=(number - 1) * PER_PAGE, most=PER_PAGE)
    part: Any = Part(rows=rows, number=number, more=more)
    return page(request, "privacy_opened", {"part": part})


@require_GET
@policy(Audience.SIGNED_IN)
def my_messages(request: HttpRequest) -> HttpResponse:
    """List what was sent to the member: what it was about in plain words, the day, and whether it went."""
    part = part_of(request, selectors.my_messages(viewer(request)))
    return page(request, "my_messages", {"part": part, "rows": [selectors.in_plain_words(one) for one in part.rows]})


@require_http_methods(["GET", "POST"])
@policy(Audience.SIGNED_IN)
def my_leaving(request: HttpRequest) -> HttpResponse:
    """Say how to leave, or keep that the member wants to, or stays."""
    person = viewer(request)
    form = WishForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        kind = form.cleaned_data["kind"]
        services.say_about_leaving(membership_id=form.cleaned_data["place"], kind=kind, by=person)
        leaves = kind == LeaveWish.Kind.LEAVE
        messages.success(
            request,
            _("We have told those who look after your place. They will talk with you.")
            if leaves
            else _("Good. You keep your place."),
        )
        return redirect("groups:my-leaving")
    context = {"places": selectors.places_with_wish(person), "practice": practice()}
    return page(request, "my_leaving", context, status=422 if form.errors else 200)
