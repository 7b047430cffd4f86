"""What waits for a member on their home page beside the next session: an offer, and the end of a group."""

from dataclasses import dataclass

from django.db.models import Exists, QuerySet

from groupcare.accounts.models import Person
from groups.models import GroupSession
from groups.selectors.closing import own_goodbyes
from groups.selectors.enrolment import own_offers


@dataclass(frozen=True)
class Way:
    """Whether a place is offered to the viewer, and whether a group of theirs ends or has ended with them in it."""

    offered: bool
    ends: bool


def first_with_way(viewer: Person, sessions: QuerySet[GroupSession]) -> tuple[GroupSession | None, Way]:
    """Return the first of the viewer's own sessions with what waits for the viewer; one query, two without a session.

    Args:
        viewer: whose home page it is.
        sessions: of ``my_sessions``.
    """
    columns = {"offered": Exists(own_offers(viewer)), "ends": Exists(own_goodbyes(viewer))}
    first = sessions.annotate(**columns).first()
    if first is not None:
        return first, Way(first.offered, first.ends)  # type: ignore[attr-defined] # from the query
    row = Person.objects.filter(pk=viewer.pk).values_list(*columns.values()).get()
    return None, Way(*row)
