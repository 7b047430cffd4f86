"""Sweeps of the accounts room."""

import logging

from celery import shared_task
from django.core.exceptions import ValidationError

from groupcare.access import acting_as_system
from groupcare.accounts import services
from groupcare.accounts.models import Recovery
from groupcare.accounts.recovery_kinds import State
from groupcare.exceptions import InvalidTransition
from groupcare.outbox.sweeps import sweep

logger = logging.getLogger(__name__)


@shared_task(name="accounts.carry_out_recoveries")
@sweep("accounts.carry_out_recoveries")
def carry_out_recoveries() -> int:
    """Carry out what has waited long enough, and return how many; safe to run twice, late or beside itself."""
    done = 0
    with acting_as_system("accounts.carry_out_recoveries") as system:
        for row in Recovery.objects.not_ended().prefetch_related("steps"):
            if row.state is not State.READY:
                continue
            try:
                services.carry_out(recovery_id=row.pk, by=system)
            except (InvalidTransition, ValidationError):
                logger.warning("recovery.not_carried_out", extra={"recovery": str(row.pk)})
            else:
                done += 1
    return done


@shared_task(name="accounts.wipe_kept_text")
@sweep("accounts.wipe_kept_text")
def wipe_kept_text() -> int:
    """Delete the unsent text that is a day old, and return how many; safe to run twice, late or beside itself."""
    with acting_as_system("accounts.wipe_kept_text") as system:
        return services.wipe_kept_text(by=system)
