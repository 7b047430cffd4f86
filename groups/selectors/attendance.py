"""Who was at a session, as it was last written, and every revision of it."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Exists, FilteredRelation, OuterRef, Q, QuerySet

from groupcare.access import Right
from groupcare.accounts.merge_models import as_one_with
from groupcare.accounts.models import Person
from groupcare.exceptions import Refused
from groups.models import AttendanceEntry, GroupSession, Membership, Observance
from groups.permissions import groups_with
from groups.selectors.naming import newest_choice
from groups.selectors.sessions import run_alone, session_to_run


@dataclass(frozen=True)
class Row:
    """One member and the standing entry, or None."""

    place: Membership
    entry: AttendanceEntry | None


def session_to_count(viewer: Person, pk: UUID, **columns: Any) -> GroupSession:
    """Return the session if the viewer may write who was there: who writes its notes, or runs it for somebody.

    Args:
        viewer: who asks.
        pk: the session.
        columns: more columns of the same query by their names.

    Raises:
        Refused: absent or forbidden.
    """
    return session_to_run(viewer, pk, "attendance.write", Right.WRITE_NOTES, columns)


def roster(viewer: Person, session: GroupSession) -> list[Row]:
    """Return each member of a session that the viewer may count, with what was written last and by whom; one query.

    Whoever was there when it began stays on its roster with their mark, also when the place ended in the middle of it.
    Each place has ``agreed``: whether the person agreed to the ground rules of this session.
    """
    later = AttendanceEntry.objects.filter(supersedes=OuterRef("mark__pk"))
    agreed = Observance.objects.filter(
        as_one_with("person", "person_id"), session=session, kind=Observance.Kind.GROUND_RULES
    )
    stayed = Q(ended_at__isnull=True) | Q(ended_at__gt=session.starts_at) | Q(mark__isnull=False)
    found = (
        Membership.objects.annotate(
            mark=FilteredRelation("attendance", condition=Q(attendance__session=session.pk)),
            agreed=Exists(agreed),
            pronouns_shown=newest_choice("pronouns_shown"),
        )
        .filter(
            Q(mark__isnull=True) | ~Exists(later),
            stayed,
            Exists(_to_count(viewer, session)),
            group_id=session.group_id,
            created_at__lt=session.ends_at,
        )
        .select_related("person", "group", "mark__written_by")  # type: ignore[misc] # a filtered relation
        .order_by("created_at", "pk")
    )
    return [Row(place, getattr(place, "mark", None)) for place in found]


def _to_count(viewer: Person, session: GroupSession) -> Any:
    """Return the session as a query, if the viewer may count it; else an empty one."""
    mine = Q(group__in=groups_with(viewer, Right.WRITE_NOTES).values("pk")) | Q(pk__in=run_alone(viewer))
    return GroupSession.objects.filter(mine, pk=session.pk)


def was_read_aloud(session: GroupSession) -> bool:
    """Tell whether it was written that the ground rules were read to the group. Holds no check."""
    return Observance.objects.filter(session=session, kind=Observance.Kind.READ_ALOUD).exists()


def read_aloud() -> Exists:
    """Return a column of a session: whether the ground rules were read to the group."""
    return Exists(Observance.objects.filter(session=OuterRef("pk"), kind=Observance.Kind.READ_ALOUD))


def entry_by(viewer: Person, pk: UUID, session: GroupSession, membership_id: UUID) -> AttendanceEntry | None:
    """Return the revision that the viewer wrote under this id, or None where there is no revision of that id.

    Raises:
        Refused: the id is that of another session, place or writer.
    """
    found = AttendanceEntry.objects.filter(pk=pk).first()
    if found is None:
        return None
    if (found.session_id, found.membership_id, found.written_by_id) != (session.pk, membership_id, viewer.pk):
        raise Refused("attendance.write", "groups.AttendanceEntry", pk)
    return found


def revisions(viewer: Person, session: GroupSession) -> QuerySet[AttendanceEntry]:
    """Return every revision of who was at a session that the viewer may count, latest first, with place and writer."""
    return (
        AttendanceEntry.objects.filter(Exists(_to_count(viewer, session)), session=session)
        .select_related("membership__person", "membership__group", "written_by", "supersedes")
        .order_by("-written_at", "pk")
    )
