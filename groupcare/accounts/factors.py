"""Second factors: whether somebody has one, and whether a code is theirs and new."""

import logging
from collections.abc import Callable
from functools import wraps
from typing import Any, cast

from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, hotp_value, yield_hotp_counters_from_time
from allauth.mfa.utils import decrypt
from django.db import IntegrityError, transaction
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.crypto import constant_time_compare

from groupcare.accounts.models import UsedFactorStep, User
from groupcare.accounts.sealing import secrets_of
from groupcare.exceptions import Refused
from groupcare.vault import DecryptionError

logger = logging.getLogger(__name__)


def has_second_factor(user: User) -> bool:
    """Return whether the account has an authenticator app or a passkey; recovery codes alone do not count."""
    known = getattr(user, "has_second_factor", None)
    if known is None:
        return bool(factors_of(user).exclude(type=Authenticator.Type.RECOVERY_CODES).exists())
    return bool(known)


def factors_of(user: User) -> Any:
    """Return the account's authenticators."""
    return Authenticator.objects.filter(user_id=user.pk)


def own_passkey_only(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """Return the library's view behind our own refusal, so that a try on somebody else's passkey is in the trail."""

    @wraps(view)
    def guarded(request: HttpRequest, pk: int, **kwargs: Any) -> HttpResponseBase:
        own = factors_of(cast(User, request.user)).filter(pk=pk, type=Authenticator.Type.WEBAUTHN)
        if not own.exists():
            raise Refused("passkey.open", "passkey", pk)
        return view(request, pk=pk, **kwargs)

    return guarded


def matching_code(user: User, code: str) -> Any | None:
    """Return the authenticator whose code this is, and use the code up; None when it is wrong or was used.

    A code of an app counts once, by a row with a unique key (SEC-44): two at the same moment, one wins.
    """
    plain = code.replace(" ", "").replace("-", "").strip()
    kinds = (Authenticator.Type.TOTP, Authenticator.Type.RECOVERY_CODES)
    with secrets_of(user):
        for factor in factors_of(user).filter(type__in=kinds).order_by("-type"):
            try:
                fits = _app_code(user, factor, plain) if factor.type == kinds[0] else _recovery_code(factor, plain)
            except DecryptionError:
                logger.error("second_factor.unreadable", extra={"user": str(user.pk)})
                continue
            if fits:
                factor.user = user
                return factor
    return None


def _app_code(user: User, factor: Any, code: str) -> bool:
    """Return whether the code is the app's for now and was not used before."""
    secret = decrypt(factor.data["secret"])
    for step in yield_hotp_counters_from_time():
        if constant_time_compare(code, format_hotp_value(hotp_value(secret, step))):
            return _take_step(user, step)
    return False


def _take_step(user: User, step: int) -> bool:
    """Return True for the one who takes this time step first."""
    try:
        with transaction.atomic():
            UsedFactorStep.objects.create(user=user, step=step)
    except IntegrityError:
        return False
    return True


def _recovery_code(factor: Any, code: str) -> bool:
    """Return whether the code is an unused recovery code; the library locks the row and marks it."""
    return bool(RecoveryCodes(factor).validate_code(code))


def give_app(user: User, secret: str) -> Any:
    """Keep ``secret`` (base 32) as the account's authenticator app and return it; for demos and tests of others."""
    with secrets_of(user):
        return TOTP.activate(user, secret).instance
