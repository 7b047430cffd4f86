"""Named points of delivery at which a test may kill the process (foundation F15).

``GROUPCARE_KILL_AT=after-send:3`` kills at the third pass of that point. Harmless by design: it is
read from the process's own environment, obeyed only in a demo (production refuses demo mode), and
can end nothing but the process that reads it, whose work is safe to interrupt anyway.
"""

import os
import signal
from collections import Counter

from django.conf import settings

POINTS = (
    "before-claim",
    "after-claim",
    "after-claim-commit",
    "before-send",
    "after-send",
    "before-record",
    "after-record",
    "after-commit",
)
VARIABLE = "GROUPCARE_KILL_AT"
_passes: Counter[str] = Counter()


def reach(point: str) -> None:
    """Do nothing, unless a test armed this point: then end this process as ``kill -9`` would.

    Raises:
        ValueError: the point is not one of ``POINTS``.
    """
    if point not in POINTS:
        raise ValueError(f"{point!r} is no kill point.")
    armed = os.environ.get(VARIABLE)
    if not armed or not settings.DEMO:
        return
    name, _, count = armed.partition(":")
    if name != point:
        return
    _passes[point] += 1
    if _passes[point] >= int(count or 1):
        os.kill(os.getpid(), signal.SIGKILL)
