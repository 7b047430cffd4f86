"""The sessions of today and tomorrow, for those who may have to call one off or hand it over."""

from collections.abc import Iterable, Sequence
from datetime import datetime, time, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Subquery
from django.utils import timezone

from groupcare.access import Role, holds
from groupcare.access.models import Right, RoleHolding
from groupcare.accounts.merge_models import as_one_with
from groupcare.accounts.models import Person
from groupcare.audit import record
from groupcare.exceptions import Refused
from groupcare.outbox.selectors import reachable
from groupcare.vault import unlock
from groups.localtime import practice_zone
from groups.models import (
    Cancellation,
    ContactCard,
    Facilitation,
    GroupSession,
    Membership,
    Substitution,
    SubstitutionStep,
)
from groups.permissions import SESSION, groups_with, sees_tonight

_ENDS = (SubstitutionStep.Kind.DECLINED, SubstitutionStep.Kind.REPLACED, SubstitutionStep.Kind.MOVED)


def _end_of_tomorrow(now: datetime) -> datetime:
    """Return the first moment after tomorrow, by the clocks of the practice."""
    zone = practice_zone()
    return datetime.combine(now.astimezone(zone).date() + timedelta(days=2), time.min, tzinfo=zone)


def tonight(viewer: Person) -> QuerySet[GroupSession]:
    """Return the sessions of today and tomorrow that are not over, of all groups, earliest first; or none.

    Each has ``expected``, how many have a place and may come. Calls off nothing and names no member.
    """
    if not sees_tonight(viewer):
        return GroupSession.objects.none()
    now = timezone.now()
    coming = Q(group__memberships__state__in=Membership.COMING)
    return (
        GroupSession.objects.filter(ends_at__gt=now, starts_at__lt=_end_of_tomorrow(now))
        .select_related("group", "site", "room")
        .annotate(expected=Count("group__memberships", filter=coming, distinct=True))
        .order_by("starts_at", "pk")
    )


def session_of_tonight(viewer: Person, pk: UUID, action: str) -> GroupSession:
    """Return one session of today or tomorrow.

    Raises:
        Refused: absent, on another day, or the viewer may not; all look the same.
    """
    found = tonight(viewer).filter(pk=pk).first() if sees_tonight(viewer) else None
    if found is None:
        raise Refused(action, SESSION, pk)
    return found


def is_reception(viewer: Person) -> bool:
    """Tell whether the viewer works at reception, and so sees rooms, who leads and how many are expected."""
    return holds(viewer, Role.RECEPTION)


def leads_of(sessions: Iterable[GroupSession]) -> dict[UUID, list[Person]]:
    """Return who leads the group of each session now, by group; for sessions that the caller was shown."""
    now = timezone.now()
    rows = Facilitation.objects.filter(
        Q(valid_until__isnull=True) | Q(valid_until__gt=now),
        role=Facilitation.Role.LEAD,
        valid_from__lte=now,
        group_id__in={one.group_id for one in sessions},
    )
    found: dict[UUID, list[Person]] = {}
    for row in rows.select_related("person").order_by("valid_from", "pk"):
        found.setdefault(row.group_id, []).append(row.person)
    return found


def _standing() -> QuerySet[Substitution]:
    """Return the substitutions that neither were declined nor replaced. Holds no check."""
    ended = SubstitutionStep.objects.filter(substitution=OuterRef("pk"), kind__in=_ENDS)
    return Substitution.objects.filter(~Exists(ended))


def asked_to_run(person: Person) -> Exists:
    """Return the condition on sessions that ``person`` was asked to run them for somebody, and it stands."""
    return Exists(_standing().filter(session=OuterRef("pk"), person=person))


def open_substitutions(sessions: Iterable[GroupSession]) -> dict[UUID, Substitution]:
    """Return the substitution that stands for each session, with ``accepted: bool`` and its person."""
    accepted = SubstitutionStep.objects.filter(substitution=OuterRef("pk"), kind=SubstitutionStep.Kind.ACCEPTED)
    rows = (
        _standing()
        .filter(session__in=[one.pk for one in sessions])
        .select_related("person", "asked_by")
        .annotate(accepted=Exists(accepted))
    )
    return {one.session_id: one for one in rows.order_by("asked_at", "pk")}


def substitutes_to_choose_from(viewer: Person, session: GroupSession) -> Sequence[Person]:
    """Return the facilitators who may be asked to run a session of tonight, by name.

    Without those who run the group, those with a place in it, and the viewer: nobody takes a group for themselves.
    """
    if not sees_tonight(viewer):
        return []
    now = timezone.now()
    running = Facilitation.objects.filter(Q(valid_until__isnull=True) | Q(valid_until__gt=now), group=session.group_id)
    placed = Membership.objects.filter(group=session.group_id, ended_at__isnull=True)
    working = RoleHolding.objects.current().filter(role=Role.FACILITATOR)
    people = list(
        Person.objects.filter(pk__in=working.values("person_id"), user__is_active=True)
        .exclude(pk__in=running.values("person_id"))
        .exclude(pk__in=placed.values("person_id"))
        .exclude(pk=viewer.pk)
    )
    unlock(people)
    return sorted(people, key=lambda person: person.used_name.casefold())


def own_substitution(viewer: Person, session: GroupSession) -> Substitution | None:
    """Return the substitution by which the viewer was asked to run the session, if it stands."""
    found = open_substitutions([session]).get(session.pk)
    return found if found is not None and found.person_id == viewer.pk else None


def calls_to_make(viewer: Person, pk: UUID) -> tuple[GroupSession, list[Membership]]:
    """Return a called-off session and the places of those whom no message reaches, each with ``number``.

    Only reception and those who run the group see them. Each place shown is recorded, before it is sent.

    Raises:
        Refused: absent, not called off, over, or the viewer may not.
    """
    called_off = tonight(viewer).filter(Exists(Cancellation.objects.filter(session=OuterRef("pk"))))
    if not is_reception(viewer):
        called_off = called_off.filter(group__in=groups_with(viewer, Right.SEE_GROUP).values("pk"))
    session = called_off.filter(pk=pk).first()
    if session is None:
        raise Refused("call_list.read", SESSION, pk)
    newest = ContactCard.objects.filter(as_one_with("person", "person")).order_by("-written_at", "pk").values("pk")[:1]
    coming = Membership.objects.filter(group_id=session.group_id, state__in=Membership.COMING)
    places: list[Any] = list(
        coming.select_related("person").annotate(card=Subquery(newest)).order_by("created_at", "pk")
    )
    told = reachable(one.person_id for one in places)
    left = [one for one in places if one.person_id not in told]
    cards = {one.pk: one for one in ContactCard.objects.filter(pk__in=[place.card for place in left])}
    unlock(session, left, list(cards.values()))
    for place in left:
        card = cards.get(place.card)
        place.number = card.own_number if card else ""
        record("contact_card.read", object_type="groups.Membership", object_id=place.pk, purpose="call_off")
    return session, left
