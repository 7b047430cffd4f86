"""Sweeps of the consent app; the rows in the database are the queue (foundation F10)."""

from celery import shared_task

from consent import services
from groupcare.outbox.sweeps import sweep


@shared_task(name="consent.send_reconsent_prompts")
@sweep("consent.send_reconsent_prompts")
def send_reconsent_prompts() -> None:
    """Ask again where a promise is missing, out of date, run out or about to; pass on where nothing came."""
    services.send_reconsent_prompts()
    services.escalate()
