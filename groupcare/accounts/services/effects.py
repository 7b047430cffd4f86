"""What a way back in does when its time has come: the one act that its kind names."""

from collections.abc import Callable

from allauth.account.models import EmailAddress
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from groupcare.access import Role, acting_as_system, give_role
from groupcare.accounts.factors import factors_of
from groupcare.accounts.models import Recovery, User
from groupcare.accounts.services.passwords import tell_of_change
from groupcare.accounts.services.sessions import end_sessions
from groupcare.audit import record
from groupcare.outbox.services import end_proposal, set_address


def remove_factors(recovery: Recovery) -> None:
    """Take the second factors and their spare codes away and end every session; the next sign-in asks for new ones."""
    user = _account(recovery)
    factors_of(user).delete()
    record("second_factor.remove", object_type="user", object_id=user.pk, purpose="recovery")
    end_sessions(user=user, reason="recovery")
    tell_of_change(user=user)


def change_address(recovery: Recovery) -> None:
    """Sign in and write with the confirmed address from now on, and end every session.

    Raises:
        ValidationError: somebody else signs in with it by now.
    """
    user, proposed = _account(recovery), recovery.address
    assert proposed is not None  # noqa: S101 - such a request is never kept without one
    check_free(proposed.value, user)
    user.email = proposed.value
    user.save(update_fields=["email"])
    EmailAddress.objects.filter(user=user).delete()
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    end_proposal(address=proposed)
    set_address(person=user.person, value=user.email, by=user.person, verified=True)
    record("user.change_address", object_type="user", object_id=user.pk)
    end_sessions(user=user, reason="address")
    tell_of_change(user=user)


def give_administrator(recovery: Recovery) -> None:
    """Let the named person administer too; the system gives the role, for nobody is left who could."""
    with acting_as_system("recovery") as system:
        give_role(person=recovery.person, role=Role.ADMINISTRATOR, by=system)


EFFECTS: dict[str, Callable[[Recovery], None]] = {
    one.__name__: one for one in (remove_factors, change_address, give_administrator)
}


def check_free(email: str, user: User) -> None:
    """Raise ValidationError when another account signs in with this address.

    Raises:
        ValidationError: it does.
    """
    if User.objects.filter(email=email).exclude(pk=user.pk).exists():
        raise ValidationError({"__all__": _("This address cannot be used. Ask for another one.")})


def _account(recovery: Recovery) -> User:
    """Return the locked account of the person.

    Raises:
        ValidationError: there is none, or it is switched off.
    """
    user = User.objects.select_for_update(no_key=True).filter(person_id=recovery.person_id, is_active=True).first()
    if user is None:
        raise ValidationError({"__all__": _("This person has no account that is switched on.")})
    return user
