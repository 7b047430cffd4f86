"""Grace periods: until a chosen evening a group that goes live lets its people in; then the gate closes by itself."""

from datetime import date, timedelta
from uuid import UUID

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _

from consent.models import GracePeriod
from groupcare.access import Right
from groupcare.accounts.models import Person
from groupcare.audit import record, unit_of_work
from groupcare.exceptions import InvalidTransition
from groups.localtime import end_of_day, practice_zone, today_in
from groups.permissions import locked_group

# Our choice, because a quarter of a year holds twelve weekly sessions and one holiday, and a longer time is no start.
MOST_DAYS = 90


@unit_of_work()
def start_grace(*, group_id: UUID, last_day: date, reason: str, by: Person) -> GracePeriod:
    """Let those who belong to the group in without a signature, until the end of ``last_day`` where the practice is.

    One that runs is changed by it: who may come stays the same. Nobody's standing changes.

    Raises:
        Refused: absent, or ``by`` does not manage the group.
        ValidationError: no reason, or the day is past or further away than ``MOST_DAYS`` from its start.
    """
    locked_group(by, group_id, Right.MANAGE_GROUP, "grace.start")
    now, running = timezone.now(), _running(group_id)
    since = running.since if running else now
    first, zone = since.astimezone(practice_zone()).date(), practice_zone()
    if not today_in(zone) <= last_day <= first + timedelta(days=MOST_DAYS):
        raise ValidationError(
            {"last_day": _("Choose a day from today until %(days)s days after the start.") % {"days": MOST_DAYS}}
        )
    if not reason.strip():
        raise ValidationError({"reason": _("Write in a sentence why.")})
    return _kept(
        GracePeriod(
            group_id=group_id,
            last_day=last_day,
            until=end_of_day(last_day, zone),
            since=since,
            reason=reason.strip(),
            set_by=by,
            set_at=now,
        ),
        "grace.start",
    )


@unit_of_work()
def end_grace(*, group_id: UUID, by: Person) -> GracePeriod:
    """Close the gate now for those who have not signed.

    Raises:
        Refused: absent, or ``by`` does not manage the group.
        InvalidTransition: none runs.
    """
    locked_group(by, group_id, Right.MANAGE_GROUP, "grace.end")
    running, now = _running(group_id), timezone.now()
    if running is None:
        raise InvalidTransition(_("No such time is running. The gate asks everybody for a signature."))
    ended = GracePeriod(
        group_id=group_id,
        last_day=today_in(practice_zone()),
        until=now,
        since=running.since,
        reason=running.reason,
        set_by=by,
        set_at=now,
    )
    return _kept(ended, "grace.end")


def _running(group_id: UUID) -> GracePeriod | None:
    """Return the period that runs now."""
    last = GracePeriod.objects.filter(group_id=group_id).order_by("-set_at", "-pk").first()
    return last if last is not None and last.until > timezone.now() else None


def _kept(period: GracePeriod, action: str) -> GracePeriod:
    period.full_clean(exclude=["group", "set_by"])
    period.save(force_insert=True)
    record(action, object_type="consent.GracePeriod", object_id=period.pk)
    return period
