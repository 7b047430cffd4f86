"""Who a session or a password belongs to."""

from typing import Any

from allauth.account.auth_backends import AuthenticationBackend
from allauth.mfa.models import Authenticator
from django.db.models import Exists, OuterRef

from groupcare.accounts.models import User


class Backend(AuthenticationBackend):  # type: ignore[misc]
    """Sign-in by address and password, with the account, person and second factor in one query."""

    def get_user(self, user_id: Any) -> User | None:
        """Return the active account with its person and ``has_second_factor``, or None."""
        factors = Authenticator.objects.filter(user=OuterRef("pk")).exclude(type=Authenticator.Type.RECOVERY_CODES)
        found = (
            User.objects.filter(pk=user_id, is_active=True)
            .select_related("person")
            .annotate(has_second_factor=Exists(factors))
        )
        return found.first()
