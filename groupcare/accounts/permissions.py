"""Who may add people and invite them."""

from uuid import UUID

from groupcare.access import Person as Actor
from groupcare.access import Role, is_system, may_administer, roles_of
from groupcare.exceptions import Refused

# Who brings members into the practice: those who lead groups, and the office.
INVITES_MEMBERS = frozenset({Role.FACILITATOR, Role.ADMINISTRATOR})


def check_can_add_people(by: Actor) -> None:
    """Raise Refused unless ``by`` may add a person or invite a member.

    Raises:
        Refused: they may not.
    """
    if not is_system(by) and not roles_of(by) & INVITES_MEMBERS:
        raise Refused("person.create", "person")


def check_can_invite(by: Actor, *, role: Role | None, person_id: UUID) -> None:
    """Raise Refused unless ``by`` may invite this person; a staff role is the administrators' to give.

    Raises:
        Refused: they may not.
    """
    allowed = may_administer(by) if role else is_system(by) or bool(roles_of(by) & INVITES_MEMBERS)
    if not allowed or (by.id == person_id and not is_system(by)):
        raise Refused("invitation.create", "person", person_id)


def can_invite_staff(by: Actor) -> bool:
    """Return whether ``by`` may invite with a staff role."""
    return may_administer(by)
