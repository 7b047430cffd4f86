"""What happens to a place and to a whole group: leave, return, going on elsewhere, and the end."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from groupcare.access import Audience, Right, policy
from groupcare.exceptions import InvalidTransition
from groupcare.vault import unlock
from groups import selectors, services
from groups.forms import ClosingForm, LeaveForm, ReturnForm, TransferForm
from groups.localtime import practice_zone, today_in
from groups.models import Membership
from groups.views.common import page, put_errors, viewer


@require_http_methods(["GET", "POST"])
@policy(Audience.SIGNED_IN)
def member_leave(request: HttpRequest, pk: UUID, membership_pk: UUID) -> HttpResponse:
    """Let somebody stay away for a while, or come again."""
    person = viewer(request)
    group = selectors.get_group(person, pk, Right.MANAGE_GROUP, "membership.leave")
    place = selectors.membership_of(person, group, membership_pk, "membership.leave")
    away = place.state == Membership.State.ON_LEAVE
    kind = ReturnForm if away else LeaveForm
    form: Any = kind(request.POST if request.method == "POST" else None, initial={"seen": place.state})
    status = 200
    if request.method == "POST" and form.is_valid():
        try:
            verb: Any = services.come_back if away else services.go_on_leave
            verb(membership_id=place.pk, group_id=pk, by=person, **form.cleaned_data)
        except (ValidationError, InvalidTransition) as error:
            status = _refused(form, error)
        else:
            messages.success(request, _("They come again.") if away else _("They keep the place and are not expected."))
            return redirect("groups:member-list", pk=pk)
    unlock(group, place)
    context = {
        "group": group,
        "place": place,
        "form": form,
        "away": away,
        "can": away or place.state == Membership.State.ACTIVE,
        "last": selectors.newest_of_place(person, place),
    }
    return page(request, "member_leave", context, status=_status(form, status))


def _refused(form: Any, error: ValidationError | InvalidTransition) -> int:
    """Put an error on its form, and return the status that goes with it."""
    if isinstance(error, InvalidTransition):
        form.add_error(None, error.message)
        return error.http_status
    put_errors(form, error)
    return 422


def _status(form: Any, status: int) -> int:
    return 422 if form.errors and status == 200 else status


@require_http_methods(["GET", "POST"])
@policy(Audience.SIGNED_IN)
def member_transfer(request: HttpRequest, pk: UUID, membership_pk: UUID) -> HttpResponse:
    """Show the groups in which somebody can go on, or open the way into one."""
    person = viewer(request)
    group = selectors.get_group(person, pk, Right.MANAGE_GROUP, "membership.transfer")
    place = selectors.membership_of(person, group, membership_pk, "membership.transfer")
    others = selectors.led_by_colleagues(person, group)
    posted = request.POST if request.method == "POST" else None
    form = TransferForm(posted, groups=others, initial={"seen": place.state})
    status = 200
    if request.method == "POST" and form.is_valid():
        try:
            services.transfer(
                membership_id=place.pk,
                group_id=pk,
                to_group_id=form.chosen(),
                seen=form.cleaned_data["seen"],
                by=person,
            )
        except (ValidationError, InvalidTransition) as error:
            status = _refused(form, error)
        else:
            messages.success(request, _("Opened. The place here ends in the moment in which the new one begins."))
            return redirect("groups:member-list", pk=pk)
    unlock(group, place)
    context = {"group": group, "place": place, "form": form, "others": others}
    return page(request, "member_transfer", context, status=_status(form, status))


@require_http_methods(["GET", "POST"])
@policy(Audience.SIGNED_IN)
def group_closing(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Show and plan the end of a group: its last day, the sessions for parting, how long records are kept."""
    person = viewer(request)
    group, plan = selectors.group_to_close(person, pk, "group.plan_closing")
    first = {
        "seen": plan.number if plan else 0,
        "last_day": plan.last_day if plan else None,
        "parting": plan.parting if plan and plan.last_day else services.PARTING,
    }
    form = ClosingForm(request.POST if request.method == "POST" else None, initial=first)
    back = request.POST.get("act") == "take_back"
    status = 200
    if request.method == "POST" and (form.is_valid() or (back and "seen" in form.cleaned_data)):
        try:
            if back:
                services.take_back_closing(group_id=pk, seen=form.cleaned_data["seen"], by=person)
            else:
                services.plan_closing(group_id=pk, by=person, **form.cleaned_data)
        except (ValidationError, InvalidTransition) as error:
            status = _refused(form, error)
        else:
            messages.success(request, _("The group goes on.") if back else _("Kept. Tell the group in the room."))
            return redirect("groups:group-closing", pk=pk)
    unlock(group)
    zone = practice_zone()
    context = {
        "group": group,
        "form": form,
        "plan": plan if plan and plan.last_day else None,
        "parting": selectors.parting_sessions(group, plan, zone),
        "kept": selectors.records_kept(group, plan.last_day if plan else None, today_in(zone), get_language() or ""),
    }
    return page(request, "group_closing", context, status=_status(form, status))
