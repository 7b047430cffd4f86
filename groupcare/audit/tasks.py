"""The trail's own rhythm."""

from celery import shared_task

from groupcare.audit.context import Actor, acting


@shared_task(name="audit.write_checkpoint")
def write_checkpoint() -> None:
    """Sign how far the chain has come. Safe to run twice: another checkpoint says the same."""
    from groupcare.audit import checkpoints

    with acting(Actor("system:checkpoint")):
        checkpoints.write_checkpoint()
