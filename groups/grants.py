"""Which grants a facilitation explains; any other is a finding of ``manage.py check_access``."""

from collections.abc import Sequence
from typing import Any

from groups.models import Facilitation, GroupGrant
from groups.roles import ROLE_RIGHTS


def explained(grants: Sequence[Any]) -> set[Any]:
    """Return the primary keys of ``grants`` whose person, group, right and period are those of a facilitation.

    Args:
        grants: grants of one model; those of other models than ``GroupGrant`` are not explained here.
    """
    ours = [one for one in grants if isinstance(one, GroupGrant)]
    rows = (
        GroupGrant.spells.filter(pk__in=[one.pk for one in ours])
        # The stubs see the manager's model as the abstract one, which has no content_object.
        .values_list("pk", "user__person_id", "content_object_id", "permission__codename", "valid_from", "valid_until")  # type: ignore[misc]
    )
    known = {
        (one.person_id, one.group_id, str(right), one.valid_from, one.valid_until)
        for one in Facilitation.objects.filter(group_id__in={grant.content_object_id for grant in ours})
        for right in ROLE_RIGHTS[one.role]
    }
    return {pk for pk, *facts in rows if tuple(facts) in known}
