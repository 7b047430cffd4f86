"""Invitations: one waiting at a time, bound to one address, taken once."""

import hmac
from datetime import datetime, timedelta
from uuid import UUID

from allauth.account.models import EmailAddress
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils import timezone
from django.utils.translation import gettext as _

from groupcare.access import Person as Actor
from groupcare.access import Role, acting_as_system, give_role, may_administer
from groupcare.accounts import permissions
from groupcare.accounts.models import Invitation, Person, User
from groupcare.accounts.tokens import hashed, invitation_token
from groupcare.audit import record, unit_of_work
from groupcare.exceptions import Refused
from groupcare.outbox.services import Link, queue, set_address

# Our choice, because a weekend away must not cost the invitation, and a link should not lie about for a month.
VALID_FOR = timedelta(days=7)


@unit_of_work()
def invite(
    *, person: Person, email: str, by: Actor, role: Role | None = None, until: datetime | None = None
) -> Invitation:
    """Write to ``email`` and return the invitation; one that was waiting for this person is revoked.

    Args:
        person: who is invited; has no account yet.
        email: where the link goes; becomes the sign-in address.
        by: an administrator; for members a facilitator too; or the system.
        role: the staff role given at acceptance, or None for a member.
        until: how long the link must live, where that is longer than ``VALID_FOR``: the end of an offer.

    Raises:
        Refused: ``by`` may not.
        ValidationError: the person has an account, or the address is none.
    """
    locked = Person.objects.select_for_update(no_key=True).get(pk=person.pk)
    permissions.check_can_invite(by, role=role, person_id=locked.pk)
    if User.objects.filter(person=locked).exists():
        raise ValidationError({"person": _("This person has an account already.")})
    address = email.strip().lower()
    try:
        validate_email(address)
    except ValidationError:
        raise ValidationError({"email": _("Write an e-mail address, for example name@example.org.")}) from None
    revoke_waiting(locked)
    invitation = Invitation(
        person=locked,
        address=set_address(person=locked, value=address, by=by),  # type: ignore[arg-type] # or the system
        role=role or "",
        expires_at=max(timezone.now() + VALID_FOR, until or timezone.now()),
        invited_by_id=by.id,
    )
    _issue(invitation)
    invitation.save(force_insert=True)
    record("invitation.create", object_type="invitation", object_id=invitation.pk, purpose=invitation.role or "member")
    _write(invitation)
    return invitation


@unit_of_work()
def reissue(*, invitation: Invitation, by: Actor) -> Invitation:
    """Send a new link, after which the old one is dead, and return the invitation.

    Raises:
        Refused: ``by`` neither invited this person nor administers.
        ValidationError: it was taken or revoked.
    """
    row = _locked(invitation, by, "invitation.reissue")
    row.issue += 1
    row.expires_at = timezone.now() + VALID_FOR
    _issue(row)
    row.save(update_fields=["issue", "expires_at", "token_hash"])
    record("invitation.reissue", object_type="invitation", object_id=row.pk)
    _write(row)
    return row


@unit_of_work()
def revoke_invitation(*, invitation: Invitation, by: Actor) -> Invitation:
    """Kill the link and return the invitation.

    Raises:
        Refused: ``by`` neither invited this person nor administers.
        ValidationError: it was taken or revoked.
    """
    row = _locked(invitation, by, "invitation.revoke")
    row.revoked_at = timezone.now()
    row.save(update_fields=["revoked_at"])
    record("invitation.revoke", object_type="invitation", object_id=row.pk)
    return row


def find_open(*, invitation_id: UUID, token: str) -> Invitation | None:
    """Return the invitation that this link opens, or None: wrong, expired, used and revoked look the same."""
    row = Invitation.objects.select_related("person", "address").filter(pk=invitation_id).first()
    # The comparison runs for an unknown id too, so that the answer takes the same time.
    fits = hmac.compare_digest(row.token_hash if row else hashed(""), hashed(token))
    return row if row is not None and fits and row.is_open else None


def accept_invitation(*, invitation_id: UUID, token: str, password: str) -> User:
    """Take the invitation, and return the new account with its verified address and role.

    Nobody is signed in: the token speaks, and the system gives the role that the administrator chose.

    Raises:
        Refused: the link opens nothing, or somebody was faster.
        ValidationError: the password cannot be used, or the address has an account.
    """
    with acting_as_system("invitation") as system, unit_of_work():
        row = find_open(invitation_id=invitation_id, token=token)
        # Taken by a condition on the row: of two at the same moment, one changes it.
        taken = row and Invitation.objects.open().filter(pk=row.pk, token_hash=hashed(token))
        if row is None or not taken or not taken.update(accepted_at=timezone.now()):
            raise Refused("invitation.accept", "invitation", invitation_id)
        user = _make_user(row, password)
        set_address(person=row.person, value=user.email, by=system, verified=True)  # type: ignore[arg-type] # the system
        if row.role:
            give_role(person=row.person, role=Role(row.role), by=system)
        record("invitation.accept", object_type="invitation", object_id=row.pk)
        return user


def _make_user(row: Invitation, password: str) -> User:
    """Return the new account of an invitation's person."""
    email = row.address.value
    if User.objects.filter(email=email).exists() or User.objects.filter(person=row.person).exists():
        raise ValidationError({"__all__": _("This address has an account already. Sign in instead.")})
    try:
        validate_password(password, User(email=email, person=row.person))
    except ValidationError as error:
        raise ValidationError({"password": error.messages}) from None
    user = User.objects.create_user(email, password, person=row.person)
    EmailAddress.objects.create(user=user, email=email, verified=True, primary=True)
    record("user.create", object_type="user", object_id=user.pk)
    return user


def _issue(invitation: Invitation) -> None:
    """Set the hash of the token that belongs to the issue number."""
    invitation.token_hash = hashed(invitation_token(invitation.pk, invitation.issue))


def _write(invitation: Invitation) -> None:
    """Queue the one neutral message with the link of this issue."""
    queue(
        recipient=invitation.person,
        kind="invitation",
        key=f"invitation:{invitation.pk}:{invitation.issue}",
        expires_at=invitation.expires_at,
        link=Link("invitation", invitation.pk, invitation.issue),
        to=invitation.address,
    )


def _locked(invitation: Invitation, by: Actor, action: str) -> Invitation:
    """Return the row, locked and still waiting."""
    row = Invitation.objects.select_for_update(no_key=True).filter(pk=invitation.pk).first()
    if row is None or not (may_administer(by) or (by.id and row.invited_by_id == by.id)):
        raise Refused(action, "invitation", invitation.pk)
    if row.accepted_at or row.revoked_at:
        raise ValidationError({"__all__": _("This invitation is closed. Invite the person again if needed.")})
    return row


def revoke_waiting(person: Person) -> None:
    """Revoke what waits for this person, so that one link works at most."""
    for row in Invitation.objects.select_for_update(no_key=True).filter(
        person=person, accepted_at=None, revoked_at=None
    ):
        row.revoked_at = timezone.now()
        row.save(update_fields=["revoked_at"])
        record("invitation.revoke", object_type="invitation", object_id=row.pk)
