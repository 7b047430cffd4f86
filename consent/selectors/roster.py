"""The one query behind every standing: rules, latest answers, who decides, guardians and overrides of a roster.

Five kinds of rows in one UNION ALL, because five queries would use up the pages that show a roster, and rows of JSON
are not the same on SQLite and PostgreSQL. Source: foundation F12 (one query; 1,052 ms against 6 ms on SQLite where
people are filtered outside of the window).
"""

from collections.abc import Iterator
from datetime import date, datetime
from typing import Any, NamedTuple
from uuid import UUID

from django.db import models
from django.db.models import F, FilteredRelation, OuterRef, Q, QuerySet, Subquery, Value, Window
from django.db.models.functions import RowNumber

from consent.models import (
    ActKind,
    ConsentBasis,
    GateOverride,
    GracePeriod,
    GuardianLink,
    Requirement,
    Who,
)
from consent.selectors.lines import holds_at
from consent.selectors.papers import in_force
from groupcare.accounts.merge_models import as_one, kept_for

RULE, BASIS, LINK, OVERRIDE = "rule", "basis", "link", "override"
#: Of whom a member's gate asks something. Source: REQ-63; domain reference, section 2.8.
FOR_MEMBERS = (Who.MEMBER, Who.ADULT_MEMBER, Who.YOUNG_MEMBER, Who.GUARDIAN)
# Nobody has this id; it stands for an empty list, for which the join would otherwise drop the requirements too.
_NOBODY = UUID(int=0)


class Row(NamedTuple):
    """One row of the query. ``part`` says which kind of row it is; what a kind does not have is None."""

    part: str
    requirement_id: UUID | None
    document_id: UUID | None
    group_id: UUID | None
    kind: str | None
    who: str | None
    gate: str | None
    policy: str | None
    notice_days: int | None
    number: int | None
    published_at: datetime | None
    grace_since: datetime | None
    grace_until: datetime | None
    grace_last_day: date | None
    row_id: UUID | None
    said: str | None
    subject_id: UUID | None
    subject_kept: UUID | None
    signer_id: UUID | None
    signer_kept: UUID | None
    capacity: str | None
    act_number: int | None
    at: datetime | None
    until: datetime | None


_FIELDS: dict[str, "type[models.Field[Any, Any]]"] = {
    "requirement_id": models.UUIDField,
    "document_id": models.UUIDField,
    "group_id": models.UUIDField,
    "kind": models.CharField,
    "who": models.CharField,
    "gate": models.CharField,
    "policy": models.CharField,
    "notice_days": models.IntegerField,
    "number": models.IntegerField,
    "published_at": models.DateTimeField,
    "grace_since": models.DateTimeField,
    "grace_until": models.DateTimeField,
    "grace_last_day": models.DateField,
    "row_id": models.UUIDField,
    "said": models.CharField,
    "subject_id": models.UUIDField,
    "subject_kept": models.UUIDField,
    "signer_id": models.UUIDField,
    "signer_kept": models.UUIDField,
    "capacity": models.CharField,
    "act_number": models.IntegerField,
    "at": models.DateTimeField,
    "until": models.DateTimeField,
}


def roster_rows(
    asked: QuerySet[Requirement], groups: list[UUID], people: list[UUID], now: datetime, *, minors: bool = True
) -> Iterator[Row]:
    """Yield everything that the standings of ``people`` rest on, in one query.

    Args:
        asked: the requirements; the caller has limited them to what its viewer may see.
        groups: whose overrides count.
        people: the people as they are kept.
        now: the moment asked about.
        minors: whether to read who decides, guardians and overrides; nobody asks that about staff.
    """
    parts = [_rules(asked, people, now)]
    if minors and people:
        parts += [_bases(people, now), _links(people, now), _overrides(groups, people, now)]
    whole = parts[0].union(*parts[1:], all=True) if len(parts) > 1 else parts[0]
    return (Row(*row) for row in whole)


def _rules(asked: QuerySet[Requirement], people: list[UUID], now: datetime) -> QuerySet[Any, Any]:
    """Return one row per requirement and signer: the newest version and the signer's latest answer, if any.

    People are filtered inside the window: outside of it the database numbers the whole ledger first.
    """
    newest = in_force(now).filter(document=OuterRef("document"), material=True)
    grace = GracePeriod.objects.filter(group=OuterRef("document__group")).order_by("-set_at", "-pk")
    answered = as_one("document__acts__subject", people or [_NOBODY]) & ~Q(document__acts__act=ActKind.PRESENTED)
    found = asked.annotate(
        answer=FilteredRelation("document__acts", condition=answered),
        place=Window(
            RowNumber(),
            partition_by=[F("pk"), F("answer__subject"), F("answer__signer"), F("answer__capacity")],
            order_by=[F("answer__at").desc(), F("answer__id").desc()],
        ),
    ).filter(place=1)
    return _row(
        found,
        RULE,
        requirement_id=F("pk"),
        document_id=F("document"),
        group_id=F("document__group"),
        kind=F("document__kind"),
        who=F("who"),
        gate=F("gate"),
        policy=F("signers"),
        notice_days=F("notice_days"),
        number=Subquery(newest.values("number")[:1]),
        published_at=Subquery(newest.values("published_at")[:1]),
        grace_since=Subquery(grace.values("since")[:1]),
        grace_until=Subquery(grace.values("until")[:1]),
        grace_last_day=Subquery(grace.values("last_day")[:1]),
        row_id=F("answer__id"),
        said=F("answer__act"),
        subject_id=F("answer__subject"),
        subject_kept=kept_for("answer__subject"),
        signer_id=F("answer__signer"),
        signer_kept=kept_for("answer__signer"),
        capacity=F("answer__capacity"),
        act_number=F("answer__version__number"),
        at=F("answer__at"),
        until=F("answer__valid_until"),
    )


def _bases(people: list[UUID], now: datetime) -> QuerySet[Any, Any]:
    """Return who decides for each of these people: every row of theirs, of which the latest holds."""
    return _row(
        ConsentBasis.objects.filter(as_one("person", people), decided_at__lte=now),
        BASIS,
        row_id=F("pk"),
        said=F("decides"),
        policy=F("guardians"),
        subject_id=F("person"),
        subject_kept=kept_for("person"),
        at=F("decided_at"),
    )


def _links(people: list[UUID], now: datetime) -> QuerySet[Any, Any]:
    """Return the guardians of these people at ``now``."""
    return _row(
        GuardianLink.objects.filter(as_one("person", people), holds_at(now)),
        LINK,
        row_id=F("pk"),
        said=F("authority"),
        subject_id=F("person"),
        subject_kept=kept_for("person"),
        signer_id=F("guardian"),
        signer_kept=kept_for("guardian"),
    )


def _overrides(groups: list[UUID], people: list[UUID], now: datetime) -> QuerySet[Any, Any]:
    """Return the overrides of these people in these groups that were decided by ``now``; the latest counts."""
    return _row(
        GateOverride.objects.filter(as_one("person", people), group__in=groups, at__lte=now),
        OVERRIDE,
        group_id=F("group"),
        row_id=F("pk"),
        subject_id=F("person"),
        subject_kept=kept_for("person"),
        at=F("at"),
        until=F("until"),
    )


def _row(found: QuerySet[Any], part: str, **columns: Any) -> QuerySet[Any, Any]:
    """Return rows of one kind in the order of ``Row``'s columns."""
    rest = [columns.get(name, Value(None, output_field=field())) for name, field in _FIELDS.items()]
    return found.order_by().values_list(Value(part, output_field=models.CharField()), *rest)
