"""The calendar: month, week and agenda, for those who run groups and for a member."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils import formats, timezone
from django.views.decorators.http import require_GET

from groupcare.access import Audience, Role, policy
from groupcare.accounts.models import Person
from groupcare.vault import unlock
from groupcare.web.context import initials_only
from groupcare.web.initials import initials
from groups.models import GroupSession
from groups.selectors import calendar as rows
from groups.views.common import Part, page, part_of, viewer

MONTH, WEEK, AGENDA = "month", "week", "agenda"
#: Days of the agenda. Our choice: two weeks are what one looks ahead on paper.
AGENDA_DAYS = 14
#: Sessions that a day of a month names; the others are counted, and their number leads to the day. Our choice.
MOST_A_DAY = 3
#: A calendar asked for another year shows today. Our choice: no practice has planned that far.
YEARS = range(2000, 2101)
Between = Callable[[Person, datetime, datetime], QuerySet[GroupSession]]


@dataclass(frozen=True)
class Day:
    """One day of the calendar with what it names of its sessions, and how many more there are."""

    date: date
    sessions: Sequence[GroupSession]
    more: int
    is_today: bool
    is_outside: bool


@dataclass(frozen=True)
class Span:
    """The days that a view shows: from ``first`` up to, without, ``after``; and where back and on lead."""

    view: str
    day: date
    first: date
    after: date
    back: date
    on: date


def span_of(request: HttpRequest, usual: str) -> Span:
    """Return what the address asks for: by ``usual`` and today where it says nothing, or nothing that can be."""
    asked = request.GET.get("view", "")
    view = asked if asked in (MONTH, WEEK, AGENDA) else usual
    try:
        day = date.fromisoformat(request.GET.get("day", ""))
    except ValueError:
        day = timezone.localdate()
    if day.year not in YEARS:
        day = timezone.localdate()
    if view == AGENDA:
        step = timedelta(days=AGENDA_DAYS)
        return Span(view, day, day, day + step, day - step, day + step)
    if view == WEEK:
        first = _week_of(day)
        step = timedelta(weeks=1)
        return Span(view, day, first, first + step, day - step, day + step)
    start = day.replace(day=1)
    on = (start + timedelta(days=31)).replace(day=1)
    after = _week_of(on - timedelta(days=1)) + timedelta(weeks=1)
    return Span(view, day, _week_of(start), after, (start - timedelta(days=1)).replace(day=1), on)


def _week_of(day: date) -> date:
    """Return the first day of the week of ``day``, as the reader's language begins weeks."""
    # Django counts from Sunday, 0; Python from Monday, 0.
    begins = (int(str(formats.get_format("FIRST_DAY_OF_WEEK"))) - 1) % 7
    return day - timedelta(days=(day.weekday() - begins) % 7)


def days_of(span: Span, sessions: Sequence[GroupSession]) -> list[Day]:
    """Return each day of a month or a week with its sessions, in the reader's zone; one over midnight on its first."""
    found: dict[date, list[GroupSession]] = {}
    for session in sessions:
        found.setdefault(timezone.localtime(session.starts_at).date(), []).append(session)
    most = MOST_A_DAY if span.view == MONTH else len(sessions)
    today = timezone.localdate()
    days = []
    for turn in range((span.after - span.first).days):
        day = span.first + timedelta(days=turn)
        all_of_it = found.get(day, [])
        outside = span.view == MONTH and day.month != span.day.month
        days.append(Day(day, all_of_it[:most], max(len(all_of_it) - most, 0), day == today, outside))
    return days


def _shown(request: HttpRequest, between: Between, usual: str) -> dict[str, Any]:
    """Return what both calendars show."""
    span, zone = span_of(request, usual), timezone.get_current_timezone()
    first, after = (datetime.combine(day, time.min, tzinfo=zone) for day in (span.first, span.after))
    found = between(viewer(request), first, after)
    part: Part[GroupSession] | None = part_of(request, found) if span.view == AGENDA else None
    sessions = part.rows if part else list(found)
    return {
        "span": span,
        "part": part,
        "sessions": sessions,
        "days": days_of(span, sessions) if span.view != AGENDA else [],
        "weekdays": [span.first + timedelta(days=turn) for turn in range(7)],
        "today": timezone.localdate(),
        "last": span.after - timedelta(days=1),
        "now": timezone.now(),
        "zone": str(zone).replace("_", " "),
    }


@require_GET
@policy(Audience.ROLES, roles=(Role.FACILITATOR, Role.TRAINEE))
def calendar(request: HttpRequest) -> HttpResponse:
    """Show the sessions of all groups that the viewer runs; with initials on this device, by those of the label."""
    context = _shown(request, rows.run_between, MONTH)
    unlock(context["sessions"])
    for session in context["sessions"]:
        label = session.group.label
        session.shown_as = initials(label) if initials_only() else label
    return page(request, "calendar", context | {"discreet": initials_only()})


@require_GET
@policy(Audience.SIGNED_IN)
def my_calendar(request: HttpRequest) -> HttpResponse:
    """Show a member's own appointments, and nothing of others."""
    return page(request, "my_calendar", _shown(request, rows.own_between, AGENDA))
