"""Until which evening a group that goes live lets its people in without a signature."""

from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from consent import selectors, services
from consent.recording_forms import GraceForm
from consent.views.common import person_of
from groupcare.access import Audience, Right, policy
from groupcare.exceptions import InvalidTransition
from groupcare.vault import unlock
from groups.localtime import practice_zone
from groups.selectors import get_group


@require_http_methods(["GET", "POST"])
@policy(Audience.STAFF)
def grace_edit(request: HttpRequest, group_id: UUID) -> HttpResponse:
    """Show the period that runs and the form, or start or move it."""
    person = person_of(request)
    group = get_group(person, group_id, Right.MANAGE_GROUP, "grace.start")
    last, now = selectors.grace_of(group), timezone.now()
    running = last if last is not None and last.until > now else None
    first = (running.since if running else now).astimezone(practice_zone()).date()
    form = GraceForm(request.POST if request.method == "POST" else None, first=first)
    if form.is_bound and form.is_valid():
        try:
            services.start_grace(group_id=group.pk, by=person, **form.cleaned_data)
        except ValidationError as error:
            for name, wrong in error.error_dict.items():
                form.add_error(name, wrong)
        else:
            messages.success(request, _("Kept. The gate closes by itself at the end of that day."))
            return redirect("consent:coverage-board", group_id=group.pk)
    unlock(group, [running] if running else [])
    context = {"group": group, "form": form, "running": running}
    return render(request, "consent/grace_edit.html", context, status=422 if form.errors else 200)


@require_POST
@policy(Audience.STAFF)
def grace_end(request: HttpRequest, group_id: UUID) -> HttpResponse:
    """End the period now."""
    person = person_of(request)
    group = get_group(person, group_id, Right.MANAGE_GROUP, "grace.end")
    try:
        services.end_grace(group_id=group.pk, by=person)
        messages.success(request, _("Ended. From now on the gate asks everybody for a signature."))
    except InvalidTransition as error:
        messages.info(request, error.message)
    return redirect("consent:coverage-board", group_id=group.pk)
