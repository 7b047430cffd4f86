"""The rows of series of sessions: what is wanted, what stands, and which sessions go along with a change."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, time, timedelta
from itertools import islice
from uuid import UUID, uuid4

from django.core.exceptions import ValidationError
from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from groupcare.access import Right
from groupcare.accounts.models import Person
from groupcare.exceptions import InvalidTransition, Refused
from groups.localtime import practice_zone
from groups.models import GroupSession, SessionMove, SessionSeries, TherapyGroup
from groups.permissions import locked_group
from groups.recurrence import MOST_SESSIONS, Occurrence, Rule
from groups.services.sessions import Where, check_length

SERIES = "groups.SessionSeries"


@dataclass(frozen=True, slots=True, kw_only=True)
class SeriesPlan:
    """What somebody wants of a series: its rule by the practice's clocks, where it meets, and one of two ends."""

    rhythm: str
    every: int
    first_day: date
    starts: time
    minutes: int
    where: Where
    last_day: date | None = None
    many: int | None = None

    @property
    def rule(self) -> Rule:
        """Return its days and times as data."""
        return Rule(self.rhythm, self.every, self.first_day, self.starts, self.minutes, practice_zone())

    def meetings(self) -> list[Occurrence]:
        """Return its sessions up to its end.

        Raises:
            ValidationError: it is no rule, has no end or two, has no session or too many, or begins in the past.
        """
        rule = self.rule
        rule.check()
        check_length(timedelta(minutes=self.minutes))
        if (self.last_day is None) == (self.many is None):
            raise ValidationError({"last_day": _("Write how many sessions there are, or choose the last day.")})
        if self.many is not None and not 1 <= self.many <= MOST_SESSIONS:
            raise ValidationError({"many": _("Write a number from 1 to %(most)s.") % {"most": MOST_SESSIONS}})
        found = bounded(rule.between(self.first_day, self.last_day or rule.last_of(self.many or 1)))
        if not found:
            raise ValidationError({"last_day": _("The last day is before the first.")})
        if found[0].starts_at <= timezone.now():
            raise ValidationError({"first_day": _("This time has passed. Choose a later one.")})
        return found


def bounded(found: Iterator[Occurrence]) -> list[Occurrence]:
    """Return the sessions, or raise ``ValidationError`` if they are too many for one time."""
    some = list(islice(found, MOST_SESSIONS + 1))
    if len(some) > MOST_SESSIONS:
        told = _("At most %(most)s sessions can be planned at a time. The series can be extended later.")
        raise ValidationError({"last_day": told % {"most": MOST_SESSIONS}})
    return some


def locked_tip(by: Person, series_id: UUID, action: str) -> tuple[SessionSeries, TherapyGroup]:
    """Return the newest row of a series and its group, locked.

    Raises:
        Refused: ``by`` does not manage the group, or there is no such row.
        InvalidTransition: the row was superseded.
    """
    row = SessionSeries.objects.select_related("site", "room").filter(pk=series_id).first()
    try:
        # For a series that is not there the same work as for one of somebody else.
        group = locked_group(by, row.group_id if row else series_id, Right.MANAGE_GROUP, action)
    except Refused:
        raise Refused(action, SERIES, series_id) from None
    if row is None:
        raise Refused(action, SERIES, series_id)
    if SessionSeries.objects.filter(supersedes=row).exists():
        raise InvalidTransition(_("Somebody else changed this series. Look at it again, then decide."))
    return row, group


def write_row(
    group: TherapyGroup, rule: Rule, last_day: date, where: Where, by: Person, before: SessionSeries | None = None
) -> SessionSeries:
    """Write a row of a series, the first or one that supersedes ``before``; the caller records what was done."""
    pk = uuid4()
    row = SessionSeries(
        pk=pk,
        group=group,
        line=before.line if before else pk,
        supersedes=before,
        rhythm=rule.rhythm,
        every=rule.every,
        first_day=rule.first_day,
        last_day=last_day,
        starts=rule.starts,
        minutes=rule.minutes,
        zone=rule.zone.key,
        format=group.format,
        site=where.site,
        room=where.room,
        planned_by=by,
    )
    row.full_clean()
    row.save(force_insert=True)
    return row


def _rows_of(row: SessionSeries) -> QuerySet[SessionSeries, UUID]:
    """Return the ids of all rows of a series, for a subquery: what it joins would be locked with the sessions."""
    return SessionSeries.objects.filter(line=row.line).values_list("pk", flat=True)


def days_planned(row: SessionSeries) -> set[date | None]:
    """Return the days for which this series has a session that was not called off, wherever that was moved to."""
    planned = GroupSession.objects.filter(series__in=_rows_of(row)).exclude(state=GroupSession.State.CANCELLED)
    return set(planned.values_list("series_day", flat=True))


def sessions_from(row: SessionSeries, day: date) -> list[GroupSession]:
    """Return the sessions of a series whose day by the rule is ``day`` or later, locked, in that order.

    Each has ``moved_alone``: whether somebody moved it by itself.
    """
    alone = SessionMove.objects.filter(session=OuterRef("pk"), series__isnull=True)
    return list(
        GroupSession.objects.select_for_update(no_key=True)
        .filter(series__in=_rows_of(row), series_day__gte=day)
        .annotate(moved_alone=Exists(alone))
        .order_by("series_day", "number")
    )


def is_free(session: GroupSession) -> bool:
    """Tell whether a session goes along with its series: it is to come, and nobody moved or called it off by itself."""
    alone = getattr(session, "moved_alone", False)
    return session.state == GroupSession.State.SCHEDULED and session.starts_at > timezone.now() and not alone
