"""What every sweep shares: an actor of its own, the trail, a heartbeat and one line in the log."""

import logging
import time
from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar

from django.utils import timezone

from groupcare.audit import Actor, acting, record_refusal, recording
from groupcare.exceptions import Refused
from groupcare.outbox.models import Heartbeat

P = ParamSpec("P")
R = TypeVar("R")
logger = logging.getLogger(__name__)


def sweep(name: str) -> Callable[[Callable[P, R]], Callable[P, R | None]]:
    """Return a decorator for the body of a task that a clock starts.

    The body runs as ``system:<name>`` with its reads recorded. A refusal ends the run and is
    recorded after the rollback (foundation F3); any other error goes on to Celery. Only a run that
    ends well moves the heartbeat. Put it below ``@shared_task(name=...)``.

    Args:
        name: the task's name, for example "groups.send_reminders".
    """

    def decorate(body: Callable[P, R]) -> Callable[P, R | None]:
        @wraps(body)
        def run(*args: P.args, **kwargs: P.kwargs) -> R | None:
            began = time.monotonic()
            with acting(Actor(f"system:{name}")):
                try:
                    with recording():
                        result = body(*args, **kwargs)
                except Refused as exc:
                    record_refusal(exc)
                    logger.warning("sweep.refused", extra={"sweep": name, "action": exc.action})
                    return None
            beat(name)
            logger.debug("sweep.done", extra={"sweep": name, "ms": round((time.monotonic() - began) * 1000)})
            return result

        return run

    return decorate


def beat(name: str) -> None:
    """Keep that this sweep has just finished well."""
    Heartbeat.objects.update_or_create(name=name, defaults={"beat_at": timezone.now()})
