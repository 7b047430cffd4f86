"""Sweeps of the access room."""

from celery import shared_task

from groupcare.outbox.sweeps import sweep


@shared_task(name="access.tidy_expired_grants")
@sweep("access.tidy_expired_grants")
def tidy_expired_grants() -> int:
    """Remove grants whose period ended long ago; returns how many. Access never waits for it."""
    from groupcare.access.tidying import tidy_expired_grants as tidy

    return tidy()
