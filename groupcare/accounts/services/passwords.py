"""Forgotten passwords, and what a person is told when something about their sign-in changed."""

import time
import uuid
from datetime import timedelta

from django.conf import settings
from django.utils import timezone

from groupcare.accounts.models import User
from groupcare.accounts.tokens import reset_path
from groupcare.audit import Actor, acting, current_actor, record, unit_of_work
from groupcare.outbox.services import queue

# Our choice, because an address that is known costs a few writes (5 to 40 ms measured), so that both answers take
# this long (SEC-50).
ANSWER_AFTER = 0.25


def ask_password_reset(*, email: str) -> None:
    """Write a link to the owner of this sign-in address, if there is one; the answer takes the same time either way."""
    until = time.monotonic() + ANSWER_AFTER
    user = User.objects.select_related("person").filter(email=email.strip().lower(), is_active=True).first()
    if user is not None:
        _send_reset(user)
    time.sleep(max(0.0, until - time.monotonic()))


@unit_of_work()
def _send_reset(user: User) -> None:
    """Queue the link as a vaulted secret; nobody is signed in, so the trail names the machine."""
    with acting(Actor("system:password_reset")):
        queue(
            recipient=user.person,
            kind="password_reset",
            key=f"password_reset:{uuid.uuid4()}",
            expires_at=timezone.now() + timedelta(seconds=settings.PASSWORD_RESET_TIMEOUT),
            secret=settings.PUBLIC_URL + reset_path(user),
        )
        record("password.ask", object_type="user", object_id=user.pk)


@unit_of_work()
def tell_of_change(*, user: User) -> None:
    """Write to the owner that something about their sign-in changed, so that a stranger's change is noticed."""
    with acting(current_actor() or Actor("system:sign_in")):
        queue(recipient=user.person, kind="account_changed", key=f"account_changed:{uuid.uuid4()}")
