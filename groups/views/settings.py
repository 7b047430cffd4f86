"""The settings of a group."""

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
from groupcare.practice.selectors import sites
from groupcare.vault import unlock
from groups import selectors, services
from groups.forms import SettingsForm
from groups.selectors.series import rooms
from groups.views.common import page, put_errors, viewer


@require_http_methods(["GET", "POST"])
@policy(Audience.SIGNED_IN)
def group_settings(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Show the settings of a group, or change them."""
    person = viewer(request)
    group = selectors.get_group(person, pk, Right.MANAGE_GROUP, "group.change_settings")
    unlock(group)
    form = SettingsForm(
        request.POST if request.method == "POST" else None,
        group=group,
        sites=list(sites(person)),
        rooms=list(rooms(person)),
        language=get_language() or person.language,
    )
    status = 200
    if request.method == "POST" and form.is_valid():
        try:
            services.change_settings(group_id=pk, wanted=form.wanted(), seen=form.cleaned_data["seen"], by=person)
        except ValidationError as error:
            put_errors(form, error)
        except InvalidTransition as error:
            form.add_error(None, error.message)
            status = error.http_status
        else:
            messages.success(request, _("The settings are saved."))
            return redirect("groups:group-settings", pk=pk)
    if form.errors and status == 200:
        status = 422
    context = {"group": group, "tab": "settings", "form": form, "overtaken": status not in (200, 422)}
    return page(request, "group_settings", context, status=status)
