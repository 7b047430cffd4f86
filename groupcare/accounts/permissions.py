"""Who may add people and invite them."""

from uuid import UUID

from groupcare.access import Person as Actor
from groupcare.access import Role, holder_ids, is_system, may_administer, roles_of
from groupcare.accounts.models import Recovery
from groupcare.accounts.recovery_kinds import SELF, Kind
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


def check_can_open_recovery(by: Actor, *, kind: Kind, person_id: UUID) -> None:
    """Raise Refused unless ``by`` may ask for this way back in: never for oneself, but where the kind is for that.

    Raises:
        Refused: they may not.
    """
    own = by.id == person_id
    allowed = own if SELF in kind.opened_by else not own and bool(roles_of(by) & kind.opened_by)
    if not allowed:
        raise Refused("recovery.open", "person", person_id)


def may_approve(by: Actor, recovery: Recovery) -> bool:
    """Return whether ``by`` may be the second person: another one than who asked and than those it is about.

    Who stands in may only while nobody else is left: in a solo practice that is the external reviewer.
    """
    kind, apart = recovery.about, {recovery.opened_by_id, recovery.person_id, recovery.missing_id}
    if by.id in apart:
        return False
    held = roles_of(by)
    if held & kind.approved_by:
        return True
    return (
        bool(held & kind.stands_in) and not {one for role in kind.approved_by for one in holder_ids(Role(role))} - apart
    )


def may_see_recovery(by: Actor, recovery: Recovery) -> bool:
    """Return whether ``by`` asked for it, may agree to it, or holds a role that may ask for such a thing."""
    return by.id == recovery.opened_by_id or bool(roles_of(by) & recovery.about.opened_by) or may_approve(by, recovery)


def may_stop(by: Actor, recovery: Recovery) -> bool:
    """Return whether ``by`` may stop it: whom it is about, or either of the two who brought it on its way."""
    agreed = {step.by_id for step in recovery.steps.all() if step.by_id}
    return by.id in {recovery.person_id, recovery.missing_id, recovery.opened_by_id} | agreed


def may_carry_out(by: Actor, recovery: Recovery) -> bool:
    """Return whether ``by`` may carry it out when its time has come: who works on such things, or the clock."""
    own = by.id in {recovery.person_id, recovery.missing_id}
    return is_system(by) or (not own and may_see_recovery(by, recovery))
