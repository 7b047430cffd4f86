"""Removing grants that ended long ago."""

from datetime import timedelta

from django.utils import timezone

from groupcare.access.grants import grant_models
from groupcare.audit import record, unit_of_work

# Our choice, because a quarter is enough to look back from the table itself; the facilitation and
# the trail keep the history for good.
KEPT_FOR = timedelta(days=90)


@unit_of_work()
def tidy_expired_grants() -> int:
    """Remove grants that ended more than 90 days ago; returns how many. Safe to run twice or late."""
    total = 0
    for model in grant_models():
        removed, _by_model = model.spells.filter(valid_until__lt=timezone.now() - KEPT_FOR).delete()
        if removed:
            record("grant.tidy", object_type=model._meta.label_lower, object_id="")
        total += removed
    return total
