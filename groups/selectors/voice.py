"""Who of a group gets no message, and what was said to them about a session."""

from django.db.models import Exists, OuterRef, Q, Subquery

from groupcare.accounts.merge_models import as_one_with
from groupcare.accounts.models import Person
from groupcare.outbox.models import Address
from groups.models import GroupSession, Membership, Observance, SessionCall
from groups.selectors.groups import members_of


def no_address() -> Q:
    """Return the condition that a membership's person is written to nowhere: no sign-in and no address in use."""
    reached = Address.objects.current().filter(person=OuterRef("person_id"))
    return Q(person__user__isnull=True) & ~Q(Exists(reached))


def places_by_voice(viewer: Person, session: GroupSession) -> list[Membership]:
    """Return the places of those who may come and get no message, for somebody who runs the group.

    Each has ``told_at`` and ``rules_at``, or None.
    """
    calls = SessionCall.objects.filter(as_one_with("person", "person_id"), session=session, moves=session.moves)
    rules = Observance.objects.filter(
        as_one_with("person", "person_id"), session=session, kind=Observance.Kind.GROUND_RULES
    )
    return list(
        members_of(viewer, session.group)
        .filter(no_address(), state__in=Membership.COMING)
        .annotate(told_at=Subquery(calls.values("told_at")[:1]), rules_at=Subquery(rules.values("at")[:1]))
    )
