"""Switching accounts off and on, and ending somebody's sessions, for administrators."""

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from groupcare.access import Person as Actor
from groupcare.access import Role, RoleHolding, may_administer
from groupcare.accounts.models import Person, User
from groupcare.accounts.services.sessions import end_sessions
from groupcare.audit import record, unit_of_work
from groupcare.exceptions import Refused


@unit_of_work()
def switch_off(*, person: Person, by: Actor) -> User:
    """Let the account sign in no more and end its sessions; records and roles stay.

    Raises:
        Refused: ``by`` is no administrator, or the person themselves, or there is no account.
        ValidationError: nobody would be left to administer.
    """
    # The administrators' rows are locked together, so that two of them cannot switch each other off at once.
    held = RoleHolding.objects.current().filter(role=Role.ADMINISTRATOR).order_by("id").select_for_update(no_key=True)
    others = [one.person_id for one in held if one.person_id != person.pk]
    user = _account(person, by, "user.switch_off")
    if not User.objects.filter(person_id__in=others, is_active=True).exists():
        raise ValidationError(_("Somebody must be administrator. Name another one first."))
    return _switch(user, on=False)


@unit_of_work()
def switch_on(*, person: Person, by: Actor) -> User:
    """Let the account sign in again.

    Raises:
        Refused: ``by`` is no administrator, or the person themselves, or there is no account.
    """
    return _switch(_account(person, by, "user.switch_on"), on=True)


@unit_of_work()
def end_all_sessions(*, person: Person, by: Actor) -> int:
    """Sign somebody out everywhere, and return in how many places that was.

    Raises:
        Refused: ``by`` is no administrator, or the person themselves, or there is no account.
    """
    return end_sessions(user=_account(person, by, "session.end_all"), reason="administrator")


def _account(person: Person, by: Actor, action: str) -> User:
    """Return the locked account of somebody else, for an administrator."""
    user = User.objects.select_for_update(no_key=True).filter(person=person).first()
    if user is None or not may_administer(by) or by.id == person.pk:
        raise Refused(action, "person", person.pk)
    return user


def _switch(user: User, *, on: bool) -> User:
    """Write it, once; the receiver of the account's saving ends its sessions."""
    if user.is_active != on:
        user.is_active = on
        user.save(update_fields=["is_active"])
        record("user.switch_on" if on else "user.switch_off", object_type="user", object_id=user.pk)
    return user
