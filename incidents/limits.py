"""How many concerns one person may raise a day, counted without keeping who they are (foundation F5)."""

import hashlib
import hmac
from uuid import UUID

from django.core.cache import caches
from django.utils import timezone

from groupcare.vault import derive_key

# Our choice, because nobody in distress is stopped by it and a script is.
DAILY = 20
DAY = 24 * 60 * 60


def may_raise(person_id: UUID) -> bool:
    """Count one try of ``person_id`` and return whether it is within the day's limit.

    The key is an HMAC that changes every day, so that yesterday's counters belong to nobody. Call it
    outside of any transaction.
    """
    counted = f"{timezone.now().date().isoformat()}|{person_id}".encode()
    key = "concern:" + hmac.new(derive_key("incidents.limits"), counted, hashlib.sha256).hexdigest()
    store = caches["limits"]
    store.add(key, 0, timeout=DAY)
    try:
        return store.incr(key) <= DAILY
    except ValueError:
        # The counter went away in between: the day has just begun anew.
        return True
