"""Today, the list of groups, a new group, one group."""

from uuid import UUID

from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods

from groupcare.access import Audience, Role, policy
from groupcare.practice.places import place_name
from groupcare.practice.selectors import practice, sites
from groupcare.vault import unlock
from groupcare.web import panels
from groups import permissions, selectors, services
from groups.forms import GroupForm
from groups.ports import group_columns
from groups.rhythm import draw
from groups.selectors.attendance_totals import rhythm, rhythm_column
from groups.selectors.entry import OPENS_BEFORE
from groups.selectors.groups import group_list as groups_with_places
from groups.selectors.sessions import next_columns, next_from
from groups.views.common import page, part_of, put_errors, viewer

WORKING = policy(Audience.ROLES, roles=(Role.FACILITATOR, Role.TRAINEE))
#: How far Today looks ahead, and how many rows it shows of each kind. Our choice: a week, one screen.
DAYS_AHEAD, MOST_ROWS = 7, 10


@require_GET
@WORKING
def today(request: HttpRequest) -> HttpResponse:
    """Show what comes next and what waits."""
    person = viewer(request)
    soon, waiting = selectors.today(person, days=DAYS_AHEAD, most=MOST_ROWS)
    places = selectors.places_in(person, (one.group_id for one in soon))
    unlock(person, soon, waiting, [one for one in places if one.group_id == soon[0].group_id])
    panels.collect(request, "groups.roll_call", places)
    counts = panels.collect(request, "groups.session_count", soon)
    context = {
        "next": soon[0] if soon else None,
        "is_open": bool(soon) and soon[0].starts_at - OPENS_BEFORE <= timezone.now(),
        "coming": [(one, counts.get(one.pk, "")) for one in soon],
        "waiting": waiting,
        "can_create": permissions.can_create_group(person),
        "now": timezone.now(),
    }
    return page(request, "today", context)


@require_GET
@WORKING
def group_list(request: HttpRequest) -> HttpResponse:
    """List the groups of the viewer."""
    person = viewer(request)
    part = part_of(request, groups_with_places(person))
    return page(request, "group_list", {"part": part, "can_create": permissions.can_create_group(person)})


@require_http_methods(["GET", "POST"])
@policy(Audience.ROLES, roles=(Role.FACILITATOR,))
def group_create(request: HttpRequest) -> HttpResponse:
    """Show the form of a new group, or make it."""
    person = viewer(request)
    permissions.check_can_create_group(person)
    missing = services.missing_steps_sentence()
    language = "en" if missing else practice().language
    form = GroupForm(
        request.POST if request.method == "POST" else None,
        sites=list(sites(person)),
        initial={"capacity": 8, "language": language},
    )
    if request.method == "POST" and form.is_valid():
        try:
            group = services.create_group(by=person, **form.cleaned_data)
        except ValidationError as error:
            put_errors(form, error)
        else:
            return redirect("groups:group-detail", pk=group.pk)
    context = {"form": form, "missing": missing}
    return page(request, "group_create", context, status=422 if form.errors else 200)


@require_GET
@policy(Audience.SIGNED_IN)
def group_detail(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Show one group: what comes next, who runs it, how many places are taken."""
    person = viewer(request)
    more = group_columns(person)
    group, facilitations, row = selectors.group_with_facilitators(
        person, pk, {**next_columns(), **more, "beats": rhythm_column()}
    )
    for name in more:
        setattr(group, name, getattr(row, name))
    places = selectors.places_in(person, [group.pk])
    unlock(group, facilitations, places)
    panels.collect(request, "groups.roll_call", places)
    following = next_from(row, group)
    context = {
        "group": group,
        "tab": "home",
        "is_open": following is not None and following.starts_at - OPENS_BEFORE <= timezone.now(),
        "facilitations": facilitations,
        "taken": len(places),
        "next": following,
        "now": timezone.now(),
        "drawing": draw(rhythm(getattr(row, "beats", None))),
        "law": [(code, place_name(code)) for code in group.places],
    }
    return page(request, "group_detail", context)
