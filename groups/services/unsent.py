"""What was to be sent for a reason that is over is taken out of the outbox, and its link dies."""

from uuid import UUID

from groupcare.accounts.merge_models import as_one, kept_ids
from groupcare.accounts.models import Person
from groupcare.accounts.services.invitations import revoke_waiting
from groupcare.outbox.services import Link, drop_waiting
from groups.enrolment_states import State
from groups.models import Membership
from groups.selectors.enrolment import with_state


def drop_of_place(place: Membership, reason: str) -> None:
    """Drop what waits about a place that has ended, and the invitation if nothing else needs it."""
    person = _human(place.person_id)
    drop_waiting(person=person, by=person, reason=reason, link=Link("membership", place.pk, 0))
    drop_invitation(person, reason)


def drop_invitation(person: Person, reason: str, *, but_for: UUID | None = None) -> None:
    """Drop and revoke the invitation of somebody who does not sign in yet, unless a place or an offer needs it.

    Args:
        person: the person as they are kept.
        reason: a key word, kept with the message.
        but_for: an enrolment whose offer is over.
    """
    mine = as_one("person", [person.pk])
    if person.login is not None or Membership.objects.filter(mine, ended_at__isnull=True).exists():
        return
    if with_state().filter(mine, step_state=State.OFFERED).exclude(pk=but_for).exists():
        return
    for waiting in person.invitations.filter(accepted_at=None, revoked_at=None, role=""):
        drop_waiting(person=person, by=person, reason=reason, link=Link("invitation", waiting.pk, 0))
    if not person.invitations.filter(accepted_at=None, revoked_at=None).exclude(role="").exists():
        revoke_waiting(person)


def _human(person_id: UUID) -> Person:
    return Person.objects.select_related("user").get(pk=kept_ids([person_id])[person_id])
