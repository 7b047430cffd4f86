"""Who was let in without a promise, for the privacy officer: by whom, until when, never why."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import Exists, OuterRef
from django.utils import timezone

from consent.models import GateOverride
from groupcare.access import Role, holds
from groupcare.accounts.models import Person
from groupcare.vault import unlock
from groupcare.web.initials import initials

# Our choice, because 25 rows fit a screen.
OVERRIDES_PER_PAGE = 25


@dataclass(frozen=True, slots=True)
class Overridden:
    """One override as the officer sees it: the member as initials, and no reason, which may tell of care."""

    row: GateOverride
    initials: str
    runs: bool
    is_end: bool


def overrides(viewer: Person, number: int | str = 1) -> tuple[Page[Any], list[Overridden]]:
    """Return a page of all overrides, newest first, and how they are shown; for anybody but the officer none."""
    later = GateOverride.objects.filter(person=OuterRef("person"), group=OuterRef("group"), at__gt=OuterRef("at"))
    rows = GateOverride.objects.select_related("person", "group", "by").defer("reason").order_by("-at", "-pk")
    rows = rows.annotate(is_replaced=Exists(later))
    if not holds(viewer, Role.PRIVACY_OFFICER):
        rows = rows.none()
    page: Page[Any] = Paginator(rows, OVERRIDES_PER_PAGE).get_page(number)
    found = list(page.object_list)
    unlock([one.person for one in found], [one.group for one in found], [one.by for one in found])
    now = timezone.now()
    return page, [_shown(one, now) for one in found]


def _shown(row: Any, now: datetime) -> Overridden:
    runs = row.until > now and not row.is_replaced
    return Overridden(row, initials(row.person.used_name), runs=runs, is_end=row.until <= row.at)
