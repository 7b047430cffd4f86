"""Tokens that are derived, never stored: a retry renders the same link (foundation F10)."""

import base64
import hashlib
import hmac
from uuid import UUID

from allauth.account.forms import default_token_generator
from allauth.account.utils import user_pk_to_url_str
from django.http import Http404
from django.urls import reverse

from groupcare.accounts.models import Invitation, Recovery, User
from groupcare.vault import derive_key


def invitation_token(invitation_id: UUID, issue: int) -> str:
    """Return the token of an invitation's issue: 256 bits, in letters that a link can carry."""
    mac = hmac.new(derive_key("invitation"), f"{invitation_id}|{issue}".encode(), hashlib.sha256)
    return base64.urlsafe_b64encode(mac.digest()).decode().rstrip("=")


def recovery_token(recovery_id: UUID, purpose: str) -> str:
    """Return the token of a request's link: ``stop`` goes to the address known so far, ``confirm`` to the new one."""
    mac = hmac.new(derive_key("recovery"), f"{purpose}|{recovery_id}".encode(), hashlib.sha256)
    return base64.urlsafe_b64encode(mac.digest()).decode().rstrip("=")


def fits_recovery(recovery_id: UUID, purpose: str, token: str) -> bool:
    """Return whether this is the token of the request's link."""
    return hmac.compare_digest(recovery_token(recovery_id, purpose), token)


def hashed(token: str) -> str:
    """Return what is kept of a token."""
    return hashlib.sha256(token.encode()).hexdigest()


def code_hash(code_id: UUID, code: str) -> str:
    """Return what is kept of a six-digit code; keyed, because a million codes are quickly hashed."""
    return hmac.new(derive_key("step-up-code"), f"{code_id}|{code}".encode(), hashlib.sha256).hexdigest()


def invitation_link(invitation_id: UUID, issue: int) -> str:
    """Return the path that opens an invitation."""
    if not Invitation.objects.filter(pk=invitation_id).exists():
        raise Http404
    return reverse("accounts:invitation-accept", args=[invitation_id, invitation_token(invitation_id, issue)])


def stop_link(recovery_id: UUID, issue: int) -> str:
    """Return the path on which somebody stops what was asked for about them."""
    return _recovery_link(recovery_id, "stop")


def confirm_link(recovery_id: UUID, issue: int) -> str:
    """Return the path on which somebody confirms their new address."""
    return _recovery_link(recovery_id, "confirm")


def _recovery_link(recovery_id: UUID, purpose: str) -> str:
    if not Recovery.objects.filter(pk=recovery_id).exists():
        raise Http404
    return reverse(f"accounts:recovery-{purpose}", args=[recovery_id, recovery_token(recovery_id, purpose)])


def reset_path(user: User) -> str:
    """Return the path on which the account's owner chooses a new password; dies with the password, or by age."""
    key = default_token_generator.make_token(user)
    return reverse("account_reset_password_from_key", kwargs={"uidb36": user_pk_to_url_str(user), "key": key})
