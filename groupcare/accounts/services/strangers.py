"""An invitation that went to the wrong person: the way in is taken from whoever used it, at once.

The stranger stays known by id, because their acts stay; nothing of the practice opens to them any more.
"""

from dataclasses import dataclass
from uuid import UUID

from allauth.account.models import EmailAddress
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from groupcare.access import Person as Actor
from groupcare.access import Role, end_role, may_administer, roles_by_person
from groupcare.accounts.models import Invitation, Person, User
from groupcare.accounts.services.invitations import invite, revoke_waiting
from groupcare.accounts.services.persons import create_person
from groupcare.accounts.services.sessions import end_sessions
from groupcare.audit import record, unit_of_work
from groupcare.exceptions import Refused
from groupcare.outbox.selectors import current_address, normal
from groupcare.outbox.services import drop_waiting, end_address

#: The reason code of everything that is undone because a message reached the wrong person.
WRONG_PERSON = "wrong_person"


@dataclass(frozen=True)
class Readdressed:
    """What came of it: whom the new invitation is for, and whether somebody had used the old one."""

    person: Person
    was_used: bool


@unit_of_work()
def switch_off_stranger(*, person: Person, by: Actor) -> None:
    """Take every way in from ``person``: invitation, account, sessions, address and waiting messages.

    Who may is checked by the calling service. The sign-in address is free afterwards, for its rightful use.
    """
    revoke_waiting(person)
    user = User.objects.select_for_update(no_key=True).filter(person=person).first()
    if user is not None:
        _close(user)
    drop_waiting(person=person, by=by, reason=WRONG_PERSON)  # type: ignore[arg-type] # or the system
    end_address(person=person, by=by)  # type: ignore[arg-type] # or the system


def _close(user: User) -> None:
    """Switch the account off: it has no password, no address and no session from now on."""
    end_sessions(user=user, reason=WRONG_PERSON)
    EmailAddress.objects.filter(user=user).delete()
    # An address of nobody (RFC 2606: "invalid" is never given to anyone), so that the real one is free.
    user.email, user.is_active = f"{user.pk}@removed.invalid", False
    user.set_unusable_password()
    user.save(update_fields=["email", "is_active", "password"])
    record("user.switch_off", object_type="user", object_id=user.pk, purpose=WRONG_PERSON)


@unit_of_work()
def readdress(*, person_id: UUID, email: str, by: Actor) -> Readdressed:
    """Send the invitation of a colleague to ``email`` instead, because the first one reached somebody else.

    Not used yet: the link dies and the same person is invited again. Used: the account that used it is
    switched off with its roles, and the right person is invited anew.

    Args:
        person_id: who was invited to work here.
        email: the right address.
        by: an administrator.

    Raises:
        Refused: ``by`` may not, or nobody was invited to work here so.
        ValidationError: it is the address it went to, none at all, or the last administrator would go.
    """
    person = Person.objects.select_for_update(no_key=True).filter(pk=person_id).first()
    if not may_administer(by) or person is None or by.id == person_id:
        raise Refused("invitation.readdress", "person", person_id)
    asked = Invitation.objects.filter(person=person, revoked_at=None).exclude(role="").latest_or_none()
    if asked is None:
        raise Refused("invitation.readdress", "person", person_id)
    check_other_address(person, email)
    was_used = asked.accepted_at is not None
    right = _in_place_of(person, by) if was_used else person
    record("invitation.readdress", object_type="person", object_id=person.pk, purpose=WRONG_PERSON)
    invite(person=right, email=email, by=by, role=Role(asked.role))
    return Readdressed(right, was_used)


def check_other_address(person: Person, email: str) -> None:
    """Raise ``ValidationError`` if ``email`` is where the person is written to already."""
    current = current_address(person)
    if current is not None and current.value == normal(email):
        raise ValidationError({"email": _("This is the address it went to. Write the right one.")})


def _in_place_of(stranger: Person, by: Actor) -> Person:
    """Take role and account from the stranger, and return a new person of the same name without either."""
    for role in roles_by_person([stranger.pk]).get(stranger.pk, frozenset()):
        end_role(person=stranger, role=role, by=by)
    switch_off_stranger(person=stranger, by=by)
    return create_person(used_name=stranger.used_name, by=by, language=stranger.language, time_zone=stranger.time_zone)
