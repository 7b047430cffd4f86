"""The promises' part when two entries of one person are put together: it says how many answers hang on each.

Nothing moves: each entry keeps its own line of answers, and the standing reads both.
"""

from uuid import UUID

from django.db.models import Count
from django.utils.translation import gettext as _

from consent.models import Act, ActKind
from groupcare.accounts.ports import Looked, MergePart


def look(kept: UUID, duplicate: UUID) -> Looked:
    """Return how many answers each entry gave; one query."""
    rows = Act.objects.filter(subject__in=[kept, duplicate]).exclude(act=ActKind.PRESENTED)
    counted = dict(rows.values_list("subject").annotate(many=Count("pk")).order_by())
    words = _("Answers to agreements: %(many)s.")
    return Looked({one: [words % {"many": counted.get(one, 0)}] for one in (kept, duplicate)})


PART = MergePart(look=look)
