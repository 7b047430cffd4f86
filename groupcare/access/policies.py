"""The policy of a route: who may come to its door. What they may see inside, selectors decide."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, TypeVar

from django.urls import URLPattern, URLResolver, get_resolver
from django.urls.resolvers import ResolverMatch

from groupcare.access.models import Role

V = TypeVar("V", bound=Callable[..., Any])


class Audience(StrEnum):
    """Who a route is for."""

    PUBLIC = "public"
    SIGNED_IN = "signed_in"
    STAFF = "staff"  # whoever holds any role
    ROLES = "roles"  # whoever holds one of the policy's roles
    NOBODY = "nobody"  # a third-party route that we do not offer


@dataclass(frozen=True)
class Policy:
    """The declared policy of one route.

    ``quiet`` marks routes that leave no trace of the visit: no session touch, no access log
    (foundation F5). ``passive`` marks what a screen asks for by itself: it is logged, and no use of the session.
    """

    audience: Audience
    roles: frozenset[Role] = frozenset()
    step_up: bool = False
    quiet: bool = False
    passive: bool = False

    def __post_init__(self) -> None:
        """Refuse a policy that contradicts itself."""
        if (self.audience == Audience.ROLES) != bool(self.roles):
            raise ValueError("Name roles with Audience.ROLES, and only with it.")
        if self.step_up and self.audience in {Audience.PUBLIC, Audience.NOBODY}:
            raise ValueError("Step-up needs somebody who is signed in.")

    def admits(self, held: frozenset[Role]) -> bool:
        """Return whether a signed-in person with the roles ``held`` may come to the door."""
        if self.audience == Audience.ROLES:
            return bool(held & self.roles)
        if self.audience == Audience.STAFF:
            return bool(held)
        return self.audience in {Audience.PUBLIC, Audience.SIGNED_IN}


def policy(
    audience: Audience, *, roles: Iterable[Role] = (), step_up: bool = False, quiet: bool = False, passive: bool = False
) -> Callable[[V], V]:
    """Return a decorator that declares the policy of a view: a function, or a class of views.

    Args:
        audience: who the route is for.
        roles: with ``Audience.ROLES``, any of these is enough.
        step_up: whether a fresh proof of identity must come first.
        quiet: whether the route leaves no trace of the visit.
        passive: whether a screen asks for it by itself, so that it is no use of the session.

    Raises:
        ValueError: the policy contradicts itself.
    """
    declared = Policy(audience, frozenset(roles), step_up, quiet, passive)

    def declare(view: V) -> V:
        view.policy = declared  # type: ignore[attr-defined]
        return view

    return declare


_PUBLIC, _SIGNED_IN, _NOBODY = Policy(Audience.PUBLIC), Policy(Audience.SIGNED_IN), Policy(Audience.NOBODY)

# Routes of packages, by name. Those we do not offer are closed; one that is not named at all fails
# the check access.E001.
DECLARED: dict[str, Policy] = {
    "account_login": _PUBLIC,
    "account_logout": _SIGNED_IN,
    "account_inactive": _PUBLIC,
    "account_reauthenticate": _SIGNED_IN,
    "account_email_verification_sent": _PUBLIC,
    "account_confirm_email": _PUBLIC,
    "account_reset_password": _PUBLIC,
    "account_reset_password_done": _PUBLIC,
    "account_reset_password_from_key": _PUBLIC,
    "account_reset_password_from_key_done": _PUBLIC,
    # People come by invitation, and their address is kept by the outbox.
    "account_signup": _NOBODY,
    "account_signup_by_passkey": _NOBODY,
    "account_email": _NOBODY,
    "account_change_password": _NOBODY,
    "account_set_password": _NOBODY,
    "account_request_login_code": _NOBODY,
    "account_confirm_login_code": _NOBODY,
    "account_verify_phone": _NOBODY,
    "account_change_phone": _NOBODY,
    "account_confirm_password_reset_code": _NOBODY,
    "account_complete_password_reset": _NOBODY,
    "account_password_reset_completed": _NOBODY,
    "mfa_authenticate": _PUBLIC,  # between password and second factor nobody is signed in yet
    "mfa_login_webauthn": _PUBLIC,
    "mfa_index": _SIGNED_IN,
    "mfa_reauthenticate": _SIGNED_IN,
    "mfa_reauthenticate_webauthn": _SIGNED_IN,
    "mfa_activate_totp": _SIGNED_IN,
    "mfa_deactivate_totp": _SIGNED_IN,
    "mfa_list_webauthn": _SIGNED_IN,
    "mfa_add_webauthn": _SIGNED_IN,
    "mfa_edit_webauthn": _SIGNED_IN,
    "mfa_remove_webauthn": _SIGNED_IN,
    "mfa_view_recovery_codes": _SIGNED_IN,
    "mfa_generate_recovery_codes": _SIGNED_IN,
    "mfa_download_recovery_codes": _SIGNED_IN,
    "mfa_signup_webauthn": _NOBODY,
    "mfa_trust": _NOBODY,
}


def policy_of(view: Callable[..., Any], name: str = "") -> Policy | None:
    """Return the policy of ``view``, or of the third-party route ``name``; None when nobody declared one.

    The web room, which lies below this one, writes the audience as plain text: ``view.policy = "public"``.
    """
    for holder in (view, getattr(view, "view_class", None), getattr(view, "cls", None)):
        found = getattr(holder, "policy", None)
        if isinstance(found, Policy):
            return found
        if isinstance(found, str):
            return Policy(Audience(found))
    return DECLARED.get(name)


def policy_of_match(match: ResolverMatch) -> Policy | None:
    """Return the policy of a resolved route, or None when nobody declared one."""
    return policy_of(match.func, match.view_name or "")


@dataclass(frozen=True)
class Route:
    """One route of the URL configuration."""

    name: str
    pattern: str
    view: Callable[..., Any]

    @property
    def policy(self) -> Policy | None:
        """The declared policy, or None."""
        return policy_of(self.view, self.name)


def routes() -> Iterator[Route]:
    """Yield every route of the project, as the URL configuration lists them."""
    yield from _routes_below(get_resolver(), "", "")


def _routes_below(resolver: URLResolver, prefix: str, space: str) -> Iterator[Route]:
    for found in resolver.url_patterns:
        pattern = prefix + str(found.pattern)
        if isinstance(found, URLPattern):
            yield Route(space + (found.name or ""), pattern, found.callback)
        else:
            inner = f"{space}{found.namespace}:" if found.namespace else space
            yield from _routes_below(found, pattern, inner)
