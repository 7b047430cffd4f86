"""Sweeps of the practice; the database is the queue of record."""

from celery import shared_task

from groupcare.outbox.sweeps import sweep
from groupcare.practice import law_services


@shared_task(name="practice.note_changed_packs")
@sweep("practice.note_changed_packs")
def note_changed_packs() -> None:
    """Tell those whom a changed jurisdiction pack touches; safe twice, late and beside itself."""
    law_services.note_changed_packs()
