"""A member's own pages about a place: how they are called, whom they avoid, what is offered to them, and goodbyes."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from groupcare.access import Audience, policy
from groupcare.accounts import limits
from groupcare.exceptions import InvalidTransition, Refused
from groupcare.practice.selectors import practice
from groupcare.vault import unlock
from groups import selectors, services
from groups.forms import AvoidForm, NameForm
from groups.localtime import last_moment
from groups.models import ChosenName
from groups.services import Answer
from groups.views.common import page, put_errors, viewer


@require_http_methods(["GET", "POST"])
@policy(Audience.SIGNED_IN)
def my_names(request: HttpRequest) -> HttpResponse:
    """Show how each group calls the member, or keep another name."""
    person = viewer(request)
    typed = NameForm(request.POST) if request.method == "POST" else None
    status = 200
    if typed is not None and typed.is_valid():
        kept = typed.cleaned_data
        try:
            _check_tries(request)
            services.choose_name(
                membership_id=kept["place"],
                name=kept["name"],
                pronouns_shown=kept["pronouns_shown"],
                seen=kept["seen"],
                by=person,
            )
        except ValidationError as error:
            put_errors(typed, error)
        except InvalidTransition as error:
            typed.add_error(None, error.message)
            status = error.http_status
        else:
            messages.success(request, _("Kept. From now on this group calls you so."))
            return redirect("groups:my-names")
    if typed is not None and typed.errors and status == 200:
        status = 422
    places = list(selectors.own_named_places(person))
    unlock(places)
    rows = [(place, _form_of(place, typed)) for place in places]
    return page(request, "my_names", {"rows": rows, "pronouns": person.pronouns}, status=status)


def _check_tries(request: HttpRequest) -> None:
    """Raise ``ValidationError`` if names were tried too often today: so nobody finds out who is called how."""
    if not limits.allowed(request, "alias"):
        raise ValidationError(
            {"name": _("You tried many names today. Come back tomorrow, or ask those who run your group.")}
        )


def _form_of(place: Any, typed: NameForm | None) -> NameForm:
    """Return the form of one place, with what was typed into it."""
    if typed is not None and typed.data.get("place") == str(place.pk):
        return typed
    return NameForm(
        auto_id=f"id_{place.pk}_%s",
        initial={
            "place": place.pk,
            "name": place.alias,
            "pronouns_shown": place.pronouns_shown or ChosenName.Shown.NOBODY,
            "seen": place.choice,
        },
    )


@require_http_methods(["GET", "POST"])
@policy(Audience.SIGNED_IN)
def my_avoid(request: HttpRequest) -> HttpResponse:
    """Show what the member wants to avoid, or keep a new version; what comes of it is never told here."""
    person = viewer(request)
    found = selectors.own_list(person)
    first = {name: "\n".join(lines) for name, lines in found.entries.items()} if found else {}
    form = AvoidForm(request.POST if request.method == "POST" else None, initial=first)
    if request.method == "POST" and form.is_valid():
        try:
            services.write_avoid_list(**form.lines(), by=person)
        except ValidationError as error:
            put_errors(form, error)
        else:
            messages.success(request, _("Kept. No person reads this list."))
            return redirect("groups:my-avoid")
    return page(request, "my_avoid", {"form": form}, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
@policy(Audience.SIGNED_IN)
def my_offers(request: HttpRequest) -> HttpResponse:
    """Show the places that are offered to the reader, or take their answer. It names no group."""
    person = viewer(request)
    if request.method == "POST":
        asked, seen = (_uuid(request.POST.get(name, "")) for name in ("offer", "seen"))
        if asked is None:
            raise Refused("enrolment.answer", "groups.Enrolment")
        try:
            said = request.POST.get("said", "")
            _tell(request, services.answer_offer(enrolment_id=asked, said=said, seen=seen, by=person))
        except (ValidationError, InvalidTransition) as error:
            messages.error(request, " ".join(getattr(error, "messages", [str(error)])))
        return redirect("groups:my-offers")
    return page(
        request, "my_offers", {"offers": [(one, last_moment(one.step_due_at)) for one in selectors.own_offers(person)]}
    )


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def _tell(request: HttpRequest, answer: Answer) -> None:
    """Say what came of an answer, kindly; why a place is not there any more is not said."""
    said = {
        Answer.PLACE: _("The place is yours. The next step waits on your home page."),
        Answer.LATER: _("We keep you on our list, where you stood."),
        Answer.ENDED: _("We have kept that you do not want it. Thank you for telling us."),
        Answer.GONE: _(
            "We are sorry: the place has gone in the meantime. You keep your rank on our list. "
            "You may call us at any time."
        ),
        Answer.LATE: _(
            "We are sorry: the time to answer is over. You keep your rank on our list. You may call us at any time."
        ),
    }[answer]
    (messages.success if answer in (Answer.PLACE, Answer.LATER, Answer.ENDED) else messages.warning)(request, said)


@require_GET
@policy(Audience.SIGNED_IN)
def my_goodbye(request: HttpRequest) -> HttpResponse:
    """Show the end of the member's own groups: the last day, and what stays promised."""
    person = viewer(request)
    return page(request, "my_goodbye", {"places": list(selectors.own_goodbyes(person)), "practice": practice()})
