"""Agreements made aloud that still wait for something in writing."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db.models import Exists, OuterRef, QuerySet

from consent.models import Act, ActKind, SpokenAgreement
from consent.permissions import SPOKEN
from groupcare.access import Right
from groupcare.accounts.models import Person
from groupcare.exceptions import Refused
from groups.models import Membership
from groups.permissions import groups_with


def open_follow_ups(viewer: Person, group_ids: Iterable[UUID] | None = None) -> QuerySet[SpokenAgreement]:
    """Return agreements made aloud in the viewer's groups that nothing in writing has followed, the earliest due first.

    What somebody signed, declined or took back afterwards is followed up by that; who left owes nothing. Each has
    ``place_id``, the open place of the member.

    Args:
        viewer: who works with the groups.
        group_ids: only these of their groups.
    """
    mine = groups_with(viewer, Right.WRITE_NOTES)
    if group_ids is not None:
        mine = mine.filter(pk__in=list(group_ids))
    places = Membership.objects.filter(person=OuterRef("person"), group=OuterRef("act__group"), ended_at__isnull=True)
    return (
        SpokenAgreement.objects.filter(
            Exists(places), act__group__in=mine, act__superseded_by__isnull=True, followed_up__isnull=True
        )
        .select_related("act__document", "act__group", "person")
        .annotate(place_id=places.order_by("created_at").values("pk")[:1])
        .defer("said", "act__evidence")
        .order_by("follow_up_on", "pk")
    )


@dataclass(frozen=True, slots=True)
class InWriting:
    """By when an agreement made aloud is to be followed up in writing; no day where none was recorded."""

    due_on: date | None
    late: bool


def in_writing(act_ids: Iterable[UUID], today: date) -> dict[UUID, InWriting]:
    """Return act id -> by when it is to be followed up, of these agreements made aloud; one query, none for none.

    Those that were followed up are left out. One that was made before its record was kept has no day. The caller shows
    them to somebody who sees the acts.
    """
    wanted = set(act_ids)
    if not wanted:
        return {}
    rows = SpokenAgreement.objects.filter(act__in=wanted).values_list("act_id", "follow_up_on", "followed_up")
    found = {act_id: (due_on, done) for act_id, due_on, done in rows}
    return {
        act_id: InWriting(due_on, due_on is not None and due_on < today)
        for act_id in wanted
        for due_on, done in [found.get(act_id, (None, None))]
        if done is None
    }


def spoken_of(act: Act) -> SpokenAgreement | None:
    """Return the record of an act agreed aloud; None for any other, and where none was kept. The caller sees the act."""
    if act.act != ActKind.AGREED_ALOUD:
        return None
    return SpokenAgreement.objects.filter(act=act).first()


def overdue(today: date) -> QuerySet[SpokenAgreement]:
    """Return every agreement made aloud whose follow-up is late, for the sweep, which writes to those who lead."""
    places = Membership.objects.filter(person=OuterRef("person"), group=OuterRef("act__group"), ended_at__isnull=True)
    return SpokenAgreement.objects.filter(
        Exists(places), act__superseded_by__isnull=True, followed_up__isnull=True, follow_up_on__lt=today
    ).order_by("pk")


def follow_up_to_close(viewer: Person, pk: UUID) -> SpokenAgreement:
    """Return one agreement made aloud in a group that the viewer works with.

    Raises:
        Refused: absent, or in a group that the viewer does not work with.
    """
    mine = groups_with(viewer, Right.WRITE_NOTES).values("pk")
    found = SpokenAgreement.objects.filter(pk=pk, act__group__in=mine).select_related("act__group", "person").first()
    if found is None:
        raise Refused("spoken_agreement.follow_up", SPOKEN, pk)
    return found
