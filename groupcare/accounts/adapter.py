"""How the sign-in library behaves here: closed, neutral, vaulted."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core import context
from allauth.core.internal import ratelimit
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from django.contrib.auth.base_user import AbstractBaseUser
from django.http import HttpRequest
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from groupcare.accounts import kept, sealing, services


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """Nobody signs up; nothing is said about an address; every mail goes through the outbox."""

    error_messages = {
        **DefaultAccountAdapter.error_messages,
        "email_password_mismatch": _("Address and password do not fit together. Check both, or set a new password."),
        "too_many_login_attempts": _("Too many tries. Wait five minutes, or sign in with a passkey."),
        "invalid_password_reset": _("This link does not work any more. Ask for a new one."),
        "enter_current_password": _("Write the password you use now."),
        "incorrect_password": _("This password does not fit."),
        "rate_limited": _("Too many tries. Wait a minute and try again."),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Return False: people come by invitation."""
        return False

    def get_login_redirect_url(self, request: HttpRequest) -> str:
        """Return where somebody goes who was on the way to no page: to what they had typed, or to the start."""
        return kept.way_back(request.session) or str(super().get_login_redirect_url(request))

    def authenticate(self, request: HttpRequest, **credentials: Any) -> AbstractBaseUser | None:
        """Return the account, or None; one that is switched off gets the same answer as an unknown one."""
        user: AbstractBaseUser | None = super().authenticate(request, **credentials)
        return user if user is not None and user.is_active else None

    def is_reauthentication_required(self, *, app: str, **kwargs: Any) -> bool:
        """Return False: step-up is ours (foundation F9), and the library's would keep form content in clear."""
        return False

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Tell the account's owner, in the outbox's words, that something changed; the library's texts are not used."""
        user = context.get("user")
        if user is not None:
            services.tell_of_change(user=user)

    def send_notification_mail(
        self,
        template_prefix: str,
        user: Any,
        context: dict[str, Any] | None = None,
        email: str | None = None,
    ) -> None:
        """Tell the owner that their sign-in changed; no network address, no browser name."""
        services.tell_of_change(user=user)

    def _get_login_attempts_cache_key(self, request: HttpRequest, **credentials: Any) -> str:
        """Count failures for an address by where they come from, so that a stranger locks nobody out (SEC-51)."""
        base: str = super()._get_login_attempts_cache_key(request, **credentials)
        return f"{base}:{ratelimit.get_ip(request)}"


class MFAAdapter(DefaultMFAAdapter):  # type: ignore[misc]
    """Secrets of second factors are sealed and bound to their account (SEC-41)."""

    error_messages = {
        **DefaultMFAAdapter.error_messages,
        "incorrect_code": _("This code does not fit. Wait for the next one and try again."),
    }

    def generate_authenticator_name(self, user: AbstractBaseUser, type: Any) -> str:
        """Return the name that a new passkey has until somebody gives it a better one."""
        known = Authenticator.objects.filter(user_id=user.pk, type=type).count()
        return gettext("Passkey %(number)s") % {"number": known + 1}

    def encrypt(self, text: str) -> str:
        """Return the sealed secret."""
        return sealing.seal_factor(text, signed_in=_signed_in())

    def decrypt(self, encrypted_text: str) -> str:
        """Return the secret, for the account it is bound to."""
        return sealing.unseal_factor(encrypted_text, signed_in=_signed_in())


def _signed_in() -> Any:
    """Return the id of the account behind the request at work, or None."""
    request = context.request
    user = getattr(request, "user", None)
    return user.pk if user is not None and user.is_authenticated else None
