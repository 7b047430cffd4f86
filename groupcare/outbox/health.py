"""Is the clock alive? Sweeps leave heartbeats; silence means that beat, broker or worker is down."""

import time
from datetime import timedelta

from django.conf import settings
from django.db.models import Max
from django.utils import timezone

from groupcare.outbox.models import Heartbeat

# Our choice. Production sweeps every 60 s, so ten minutes are ten missed runs and worth a call. The
# embedded default runs on computers that sleep and wake: there the limit only has to tell a practice
# whose worker died this morning from one whose lid was just opened.
SILENCE_PRODUCTION = timedelta(minutes=10)
SILENCE_EMBEDDED = timedelta(hours=2)
_started = time.monotonic()


def silence_allowed() -> timedelta:
    """Return how long no sweep may finish before the installation counts as unwell."""
    return SILENCE_PRODUCTION if settings.PRODUCTION else SILENCE_EMBEDDED


def check_beat() -> str | None:
    """Return None while sweeps run, else a reason id for the log.

    A new installation has no heartbeat yet: it is given the same time from the start of the process.
    """
    last = Heartbeat.objects.aggregate(last=Max("beat_at"))["last"]
    if last is None:
        waited = timedelta(seconds=time.monotonic() - _started)
        return "beat_never_seen" if waited > silence_allowed() else None
    return "beat_silent" if timezone.now() - last > silence_allowed() else None
