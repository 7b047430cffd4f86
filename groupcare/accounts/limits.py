"""How often something may be tried; counted in the cache of its own (foundation F9), never in a transaction."""

from allauth.core.internal import ratelimit
from allauth.mfa.totp.internal import auth as totp
from django.core.cache import caches
from django.http import HttpRequest
from django.utils.connection import ConnectionProxy

# Tries / time / counted by. Our choice, because a person who mistypes stays well below, and 10^6 codes stay far off.
RATES = {
    "alias": "10/d/user",
    "invitation": "20/m/ip",
    "recovery": "20/m/ip",
    "step_up": "10/m/user",
    "step_up_code": "3/10m/user",
    "reset_password": "5/m/key",
}


def use_limits_cache() -> None:
    """Point the sign-in library's counters to the cache ``limits``; it knows no setting for it."""
    ratelimit.cache = totp.cache = ConnectionProxy(caches, "limits")


def allowed(request: HttpRequest, action: str, *, key: str | None = None) -> bool:
    """Return whether one more try is allowed, and count it."""
    config = {action: RATES[action]}
    return bool(ratelimit.consume(request, app="groupcare.accounts", action=action, config=config, key=key))
