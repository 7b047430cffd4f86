"""Sweeps of the groups; the database is the queue of record."""

from celery import shared_task

from groupcare.outbox.sweeps import sweep
from groups import services


@shared_task(name="groups.send_reminders")
@sweep("groups.send_reminders")
def send_reminders() -> None:
    """Queue the reminders that are due; safe twice, late and beside itself."""
    services.queue_due_reminders()


@shared_task(name="groups.open_wills")
@sweep("groups.open_wills")
def open_wills() -> None:
    """Open the professional wills whose hours are over; safe twice, late and beside itself."""
    services.open_ready_wills()


@shared_task(name="groups.expire_records")
@sweep("groups.expire_records")
def expire_records() -> None:
    """Destroy the copies and drafts of records whose time has passed; safe twice, late and beside itself."""
    services.expire_records()


@shared_task(name="groups.expire_offers")
@sweep("groups.expire_offers")
def expire_offers() -> None:
    """End the offers of places whose time has passed; safe twice, late and beside itself."""
    services.expire_offers()


@shared_task(name="groups.check_overlaps")
@sweep("groups.check_overlaps")
def check_overlaps() -> None:
    """Look for people who may know each other where something changed; safe twice, late and beside itself."""
    services.check_overlaps()


@shared_task(name="groups.close_groups")
@sweep("groups.close_groups")
def close_groups() -> None:
    """End the groups whose last day is over; safe twice, late and beside itself."""
    services.close_due_groups()
