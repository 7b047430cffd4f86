"""The end of a group: what is planned, which sessions are for parting, and how long records are kept."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery
from django.utils import timezone

from groupcare.access import Right
from groupcare.accounts.merge_models import as_one
from groupcare.accounts.models import Person
from groupcare.exceptions import Refused
from groupcare.practice.law import Line, values
from groupcare.practice.law_words import Row, row_of
from groups.localtime import end_of_day
from groups.models import GroupClosing, GroupSession, Membership, MembershipStep, TherapyGroup
from groups.permissions import GROUP, groups_with

#: How long the words of goodbye stay on a member's page. Our choice: a season to come back to them, and no longer.
GOODBYE_STAYS = timedelta(days=90)
#: The part of the packs that says how long records are kept, and the key of an adult's.
_TOPIC, _ADULT = "records", "retention_adult_years"


def standing_closing(group: TherapyGroup) -> GroupClosing | None:
    """Return the newest plan about the end of a group, also one that was taken back, or None."""
    return GroupClosing.objects.filter(group=group).order_by("-number").first()


def group_to_close(viewer: Person, pk: UUID, action: str) -> tuple[TherapyGroup, GroupClosing | None]:
    """Return a group that the viewer manages, with its site, and the newest plan about its end; one query.

    Raises:
        Refused: absent or forbidden; both look the same.
    """
    newest = GroupClosing.objects.filter(group=OuterRef("pk")).order_by("-number")
    columns = {f"plan_{name}": Subquery(newest.values(name)[:1]) for name in ("number", "last_day", "parting")}
    managed = groups_with(viewer, Right.MANAGE_GROUP).filter(pk=pk).select_related("site")
    found: Any = managed.annotate(**columns).first()
    if found is None:
        raise Refused(action, GROUP, pk)
    if found.plan_number is None:
        return found, None
    plan = GroupClosing(group=found, number=found.plan_number, last_day=found.plan_last_day, parting=found.plan_parting)
    return found, plan


def _newest_day() -> Subquery:
    newest = GroupClosing.objects.filter(group=OuterRef("pk")).order_by("-number")
    return Subquery(newest.values("last_day")[:1])


def due_closings(today: date) -> list[UUID]:
    """Return the open groups whose last day is over on ``today``; for the sweep, which shows nothing to anybody."""
    found = TherapyGroup.objects.filter(closed_at__isnull=True).annotate(last_day=_newest_day())
    return list(found.filter(last_day__lt=today).order_by("pk").values_list("pk", flat=True))


def parting_sessions(group: TherapyGroup, plan: GroupClosing | None, zone: Any) -> list[GroupSession]:
    """Return the sessions of a group that are for parting, earliest first: the last of those that were not called off.

    Args:
        group: a group that the caller was shown.
        plan: its standing plan.
        zone: the zone of the practice, whose clocks name the last day.
    """
    if plan is None or plan.last_day is None or not plan.parting:
        return []
    until = end_of_day(plan.last_day, zone)
    rows = GroupSession.objects.filter(group=group, starts_at__lt=until).exclude(state=GroupSession.State.CANCELLED)
    return list(reversed(rows.order_by("-starts_at", "pk")[: plan.parting]))


@dataclass(frozen=True)
class Kept:
    """How long records are kept, as the packs of the group's places say: each value as a row, and the day it means."""

    rows: list[Row]
    until: date | None
    unverified: bool


def records_kept(group: TherapyGroup, last_day: date | None, today: date, language: str) -> Kept:
    """Return what the law of a group's places says of keeping records; where it says several, the longest counts.

    Args:
        group: a group that the caller was shown, with its site.
        last_day: the last day of the group, from which years are counted.
        today: the day by which a value counts as due for review.
        language: of the reader.
    """
    lines = values(group.places, _TOPIC)
    rows = [row_of(item, language, today) for line in lines for item in line.items]
    adult = _years(lines)
    until = None
    if last_day is not None and adult is not None:
        until = _years_after(last_day, adult)
    return Kept(rows, until, any(row.item.unverified for row in rows if row.item.meaning))


def _years(lines: Iterable[Line]) -> int | None:
    """Return the most years for which an adult's record is kept, or None where nothing says it."""
    found = [
        item.value
        for line in lines
        if line.meaning.key == _ADULT
        for item in line.items
        if isinstance(item.value, int) and not isinstance(item.value, bool)
    ]
    return max(found, default=None)


def _years_after(day: date, years: int) -> date:
    """Return the same day so many years later; 28 February for the 29th of a leap year's."""
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return day.replace(year=day.year + years, day=28)


def own_goodbyes(viewer: Person) -> QuerySet[Membership]:
    """Return the viewer's own places in groups that end or ended lately, each with ``last_day``, newest first.

    A place that ended before the group did is left out: its goodbye was another one.
    """
    newest = GroupClosing.objects.filter(group=OuterRef("group")).order_by("-number")
    held = Membership.objects.filter(as_one("person", [viewer.pk])).annotate(
        last_day=Subquery(newest.values("last_day")[:1])
    )
    with_the_group = MembershipStep.objects.filter(
        membership=OuterRef("pk"),
        ending=MembershipStep.Ending.GRADUATED,
        taken_by__isnull=True,
        taken_at__gt=timezone.now() - GOODBYE_STAYS,
    )
    in_time = Q(ended_at__isnull=True) | Q(Exists(with_the_group))
    found = held.filter(in_time, last_day__isnull=False).select_related("group")
    return found.order_by("-created_at", "pk")
