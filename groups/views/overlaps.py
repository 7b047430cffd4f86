"""Possible overlaps of a group: that there is one, and the talks with each side alone. Never why."""

from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from groupcare.access import Audience, Right, policy
from groupcare.exceptions import InvalidTransition
from groups import selectors, services
from groups.views.common import page, part_of, viewer


@require_GET
@policy(Audience.SIGNED_IN)
def overlap_list(request: HttpRequest, pk: UUID) -> HttpResponse:
    """List the possible overlaps, with whom to talk alone."""
    person = viewer(request)
    group = selectors.get_group(person, pk, Right.MANAGE_GROUP, "overlap.list")
    part = part_of(request, selectors.overlaps_in(person, group))
    rows = selectors.worked_on(person, group, part.rows)
    return page(request, "overlap_list", {"group": group, "tab": "joining", "part": part, "rows": rows})


@require_POST
@policy(Audience.SIGNED_IN)
def overlap_talk(request: HttpRequest, pk: UUID, finding_pk: UUID) -> HttpResponse:
    """Keep that one side was talked to, or what was decided."""
    try:
        side = UUID(request.POST.get("side", ""))
    except ValueError:
        side = None
    kind = request.POST.get("kind", "")
    try:
        services.talk_about_overlap(finding_id=finding_pk, group_id=pk, kind=kind, side=side, by=viewer(request))
        messages.success(request, _("Kept."))
    except (ValidationError, InvalidTransition) as error:
        messages.error(request, " ".join(getattr(error, "messages", [str(error)])))
    return redirect("groups:overlap-list", pk=pk)
