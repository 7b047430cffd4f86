"""Who a session or a password belongs to."""

from functools import cache
from typing import Any

from allauth.account.auth_backends import AuthenticationBackend
from allauth.mfa.models import Authenticator
from django.db.models import Exists, OuterRef, QuerySet

from groupcare.access.selectors import role_mark
from groupcare.accounts.models import User
from groupcare.accounts.ports import account_marks
from groupcare.accounts.recovery_models import had_factors_removed, open_for
from groupcare.outbox.selectors import last_trouble_of


class Backend(AuthenticationBackend):  # type: ignore[misc]
    """Sign-in by address and password, with the account, person, roles and second factor in one query."""

    def get_user(self, user_id: Any) -> User | None:
        """Return the active account with its person, or None.

        It knows ``has_second_factor``, ``must_set_up`` (a way back in took the second factor away) and
        ``open_recovery`` (the id of a request about this person that goes on), and ``mail_trouble`` (how it is known
        that mail to their address does not arrive), the roles held now, which ``marked_roles`` reads, and what other rooms registered as a mark.
        """
        return _accounts().filter(pk=user_id).first()


@cache
def _accounts() -> QuerySet[User]:
    """Return the active accounts with all that is asked of each; built once, because every request asks it."""
    own = OuterRef("person_id")
    factors = Authenticator.objects.filter(user=OuterRef("pk")).exclude(type=Authenticator.Type.RECOVERY_CODES)
    return (
        User.objects.filter(is_active=True)
        .select_related("person")
        .annotate(
            has_second_factor=Exists(factors),
            must_set_up=had_factors_removed(own),
            open_recovery=open_for(own),
            mail_trouble=last_trouble_of(own),
            held_roles=role_mark(own),
            **account_marks(own),
        )
    )
