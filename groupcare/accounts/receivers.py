"""What the sign-in library and the access room announce, and what follows from it (SEC-47)."""

from typing import Any

from allauth.account.signals import password_changed, password_reset, password_set
from allauth.mfa.models import Authenticator
from allauth.mfa.signals import authenticator_added, authenticator_removed, authenticator_reset
from django.contrib.auth.signals import user_logged_in
from django.db.models.signals import post_save

from groupcare.access import RoleHolding
from groupcare.accounts import kept, middleware, services, stepup
from groupcare.accounts.models import User
from groupcare.accounts.sealing import secrets_of
from groupcare.accounts.selectors import STARTED
from groupcare.audit import Actor, acting, current_actor, record, unit_of_work


def connect() -> None:
    """Connect everything below; called once when the room is wired."""
    user_logged_in.connect(on_sign_in, dispatch_uid="accounts.sign_in")
    for signal in (password_changed, password_set, password_reset):
        signal.connect(on_password, dispatch_uid="accounts.password")
    for signal in (authenticator_added, authenticator_removed, authenticator_reset):
        signal.connect(on_factor, dispatch_uid="accounts.factor")
    post_save.connect(on_role, sender=RoleHolding, dispatch_uid="accounts.role")
    post_save.connect(on_account, sender=User, dispatch_uid="accounts.account")


def on_sign_in(sender: Any, request: Any, user: User, **kwargs: Any) -> None:
    """Start the session's clock, note whose it is, and write the sign-in to the trail."""
    middleware.begin(request.session)
    kept.note_what_waits(request.session, user)
    request.session.save()
    key = request.session.session_key
    services.keep_record(user=user, session_key=key, started_at=request.session[STARTED])
    request.session[middleware.BOUND] = key
    with unit_of_work():
        record("session.start", object_type="user", object_id=user.pk, actor=Actor(str(user.person_id)))


def on_password(sender: Any, request: Any, user: User, **kwargs: Any) -> None:
    """End every other session of an account whose password changed."""
    services.end_sessions(user=user, keep=_own_key(request, user), reason="password")


def on_factor(sender: Any, request: Any, user: User, authenticator: Any, signal: Any, **kwargs: Any) -> None:
    """End every other session of an account whose second factors changed; one just set up is a proof too.

    Recovery codes are marked as shown here, by the request that makes them: the page that shows them
    must change nothing (foundation F9).
    """
    with acting(current_actor() or Actor(str(user.person_id))):
        if authenticator.pk and authenticator.type == Authenticator.Type.RECOVERY_CODES:
            with secrets_of(user):
                authenticator.wrap().mark_as_viewed()
        elif signal is authenticator_added:
            stepup.remember(request, stepup.SECOND_FACTOR)
        with unit_of_work():
            kind = str(authenticator.type)
            record("second_factor.change", object_type="user", object_id=user.pk, purpose=kind)
            services.end_sessions(user=user, keep=_own_key(request, user), reason="second_factor")


def on_role(sender: Any, instance: RoleHolding, **kwargs: Any) -> None:
    """End the sessions of somebody whose role was given or ended: the next one has the right limits."""
    user = User.objects.filter(person_id=instance.person_id).first()
    if user is not None:
        services.end_sessions(user=user, reason="role")


def on_account(sender: Any, instance: User, created: bool, **kwargs: Any) -> None:  # noqa: FBT001 - Django's signature
    """End the sessions of an account that was switched off."""
    if not created and not instance.is_active:
        services.end_sessions(user=instance, reason="switched_off")


def _own_key(request: Any, user: User) -> str:
    """Return the key of the session that makes the change, if it is the account's own."""
    own = request is not None and getattr(request, "user", None) == user
    return (request.session.session_key or "") if own else ""
