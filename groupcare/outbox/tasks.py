"""The sweeps that empty the outbox."""

from celery import shared_task

from groupcare.outbox import services
from groupcare.outbox.sweeps import sweep


@shared_task(name="outbox.deliver_due")
@sweep("outbox.deliver_due")
def deliver_due() -> None:
    """Send what is due, one batch."""
    services.deliver_due()


@shared_task(name="outbox.drop_expired")
@sweep("outbox.drop_expired")
def drop_expired() -> None:
    """Drop what came too late and destroy expired secrets."""
    services.drop_expired()
