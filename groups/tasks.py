"""Sweeps of the groups; the database is the queue of record."""

from celery import shared_task

from groupcare.outbox.sweeps import sweep
from groups import services


@shared_task(name="groups.send_reminders")
@sweep("groups.send_reminders")
def send_reminders() -> None:
    """Queue the reminders that are due; safe twice, late and beside itself."""
    services.queue_due_reminders()
