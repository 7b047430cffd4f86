"""Six-digit codes by e-mail: five minutes, five tries, once (foundation F9)."""

import secrets
from datetime import timedelta

from django.db.models import F
from django.utils import timezone
from django.utils.crypto import constant_time_compare

from groupcare.accounts.models import Person, StepUpCode
from groupcare.accounts.tokens import code_hash
from groupcare.audit import record, unit_of_work
from groupcare.exceptions import Refused
from groupcare.outbox.services import queue

# Source: foundation F9. Five of a million guesses, at most three codes in ten minutes.
VALID_FOR, TRIES = timedelta(minutes=5), 5


@unit_of_work()
def send_step_up_code(*, by: Person) -> StepUpCode:
    """Write a new code to the person's own address and return its row; an older code is dead.

    Raises:
        Refused: the person does not sign in.
    """
    user = by.login
    if user is None:
        raise Refused("step_up.send", "person", by.pk)
    now = timezone.now()
    StepUpCode.objects.filter(user=user, used_at=None).update(used_at=now)
    row = StepUpCode(user=user, expires_at=now + VALID_FOR)
    code = f"{secrets.randbelow(10**6):06}"
    row.code_hash = code_hash(row.pk, code)
    row.save(force_insert=True)
    queue(recipient=by, kind="step_up_code", key=f"step_up:{row.pk}", expires_at=row.expires_at, secret=code)
    record("step_up.send", object_type="step_up_code", object_id=row.pk)
    return row


@unit_of_work()
def take_step_up_code(*, code: str, by: Person) -> bool:
    """Return whether this is the person's code, and use it up; every try counts, also beside another one."""
    now = timezone.now()
    live = StepUpCode.objects.filter(user__person=by, used_at=None, expires_at__gt=now, tries__lt=TRIES)
    row = live.order_by("-created_at").first()
    # The try is counted by a condition on the row before the code is compared: ten at once are still five.
    if row is None or not live.filter(pk=row.pk).update(tries=F("tries") + 1):
        return False
    if not constant_time_compare(row.code_hash, code_hash(row.pk, code.strip())):
        record("step_up.fail", object_type="step_up_code", object_id=row.pk, result="wrong")
        return False
    taken = StepUpCode.objects.filter(pk=row.pk, used_at=None).update(used_at=now)
    return bool(taken)
