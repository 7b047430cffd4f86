"""Series of sessions, and moving one session."""

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
from groupcare.accounts.models import Person
from groupcare.exceptions import InvalidTransition
from groupcare.practice.selectors import sites
from groupcare.vault import unlock
from groups import selectors, services
from groups.absence import reason_choices
from groups.forms import LastDayForm, MoveForm, SeriesChangeForm, SeriesForm
from groups.forms.series import where_key
from groups.localtime import practice_zone
from groups.models import TherapyGroup
from groups.selectors import series as rows
from groups.views.common import page, put_errors, viewer


def _choices(person: Person) -> dict[str, Any]:
    """Return what every form about times and rooms offers."""
    return {"sites": list(sites(person)), "rooms": list(rows.rooms(person)), "zone": practice_zone()}


def _answer(request: HttpRequest, form: Any, do: Any, overtaken: str = "") -> int | None:
    """Check what was typed and do it; return the status of the page to show again, or None when it is done.

    Args:
        request: GET shows the form only.
        form: what was typed.
        do: what the service does with it.
        overtaken: why nothing of it can be done, whatever was typed; "" if it can.
    """
    if request.method != "POST":
        return 200
    if overtaken:
        form.add_error(None, overtaken)
        return InvalidTransition.http_status
    if not form.is_valid():
        return 422
    try:
        do()
    except ValidationError as error:
        put_errors(form, error)
        return 422
    except InvalidTransition as error:
        form.add_error(None, error.message)
        return error.http_status
    return None


def _overtaken(series: Any) -> str:
    """Return what to say if somebody changed the series since; "" if nobody did."""
    return "" if series.newest else _("Somebody else changed this series. Look at it again, then decide.")


@require_http_methods(["GET", "POST"])
@policy(Audience.SIGNED_IN)
def session_move(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Show when and where a session is, or move it."""
    person = viewer(request)
    session = rows.session_to_move(person, pk)
    zone = practice_zone()
    here = session.starts_at.astimezone(zone)
    minutes = int((session.ends_at - session.starts_at).total_seconds() // 60)
    form = MoveForm(
        request.POST if request.method == "POST" else None,
        **_choices(person),
        reasons=reason_choices(get_language() or ""),
        initial={
            "day": here.date(),
            "starts": here.time(),
            "minutes": minutes,
            "where": where_key(session.site, session.room),
            "seen": session.moves,
        },
    )

    def do() -> None:
        data = form.cleaned_data
        services.move_session(session_id=pk, to=form.slot(), reason=data["reason"], seen=data["seen"], by=person)

    status = _answer(request, form, do)
    if status is None:
        told = _("The session is moved. Whoever has an address is told now, one by one. Tell the others by phone.")
        messages.success(request, told)
        return redirect("groups:session-detail", pk=pk)
    unlock(session)
    return page(request, "session_move", {"session": session, "group": session.group, "form": form}, status=status)


@require_http_methods(["GET", "POST"])
@policy(Audience.SIGNED_IN)
def series_create(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Show the form of a new series, or plan it."""
    person = viewer(request)
    group: TherapyGroup = selectors.get_group(person, pk, Right.MANAGE_GROUP, "series.plan")
    form = SeriesForm(
        request.POST if request.method == "POST" else None,
        **_choices(person),
        initial={"where": where_key(group.site, group.room)},
    )
    status = _answer(request, form, lambda: services.plan_series(group=group, wanted=form.wanted(), by=person))
    if status is None:
        messages.success(request, _("The series is planned. Everyone with a place is reminded a day before each one."))
        return redirect("groups:session-list", pk=pk)
    unlock(group)
    return page(request, "series_create", {"group": group, "form": form}, status=status)


@require_http_methods(["GET", "POST"])
@policy(Audience.SIGNED_IN)
def series_change(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Show how a series goes on, or change it from one of its sessions on."""
    person = viewer(request)
    series = rows.series_to_change(person, pk, "series.change")
    sessions = rows.sessions_to_change(person, series)
    form = SeriesChangeForm(
        request.POST if request.method == "POST" else None,
        **_choices(person),
        sessions=sessions,
        reasons=reason_choices(get_language() or ""),
        initial={
            **{name: getattr(series, name) for name in ("rhythm", "every", "starts", "minutes", "last_day")},
            "first_day": sessions[0].series_day if sessions else None,
            "where": where_key(series.site, series.room),
            "reason": "plan",
        },
    )

    def do() -> None:
        data = form.cleaned_data
        services.change_series(
            series_id=pk, from_day=data["from_day"], wanted=form.wanted(), reason=data["reason"], by=person
        )

    if request.method == "GET" and _overtaken(series):
        return redirect("groups:session-list", pk=series.group_id)
    status = _answer(request, form, do, _overtaken(series))
    if status is None:
        told = _("The series is changed. Whoever has an address is told now, once for all of it.")
        messages.success(request, told)
        return redirect("groups:session-list", pk=series.group_id)
    unlock(series.group)
    context = {"series": series, "group": series.group, "form": form}
    return page(request, "series_change", context, status=status)


@require_http_methods(["GET", "POST"])
@policy(Audience.SIGNED_IN)
def series_extend(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Ask up to which day a series goes on, or plan it."""
    return _until(request, pk, longer=True)


@require_http_methods(["GET", "POST"])
@policy(Audience.SIGNED_IN)
def series_end(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Ask with which day a series ends, or end it."""
    return _until(request, pk, longer=False)


def _until(request: HttpRequest, pk: UUID, *, longer: bool) -> HttpResponse:
    person = viewer(request)
    series = rows.series_to_change(person, pk, "series.extend" if longer else "series.end")
    if request.method == "GET" and _overtaken(series):
        return redirect("groups:session-list", pk=series.group_id)
    form = LastDayForm(request.POST if request.method == "POST" else None)
    change = services.extend_series if longer else services.end_series
    status = _answer(
        request,
        form,
        lambda: change(series_id=pk, last_day=form.cleaned_data["last_day"], by=person),
        _overtaken(series),
    )
    if status is None:
        told = _("The series goes on.") if longer else _("The series ends. Whoever has an address is told now.")
        messages.success(request, told)
        return redirect("groups:session-list", pk=series.group_id)
    unlock(series.group)
    context = {"series": series, "group": series.group, "form": form, "longer": longer}
    return page(request, "series_until", context, status=status)
