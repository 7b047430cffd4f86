"""Which grants a facilitation or a substitution explains; any other is a finding of ``manage.py check_access``."""

from collections.abc import Sequence
from typing import Any

from groupcare.access import Right
from groups.models import Facilitation, GroupGrant, SessionGrant, Substitution, SubstitutionStep
from groups.roles import ROLE_RIGHTS


def explained(grants: Sequence[Any]) -> set[Any]:
    """Return the primary keys of ``grants`` whose person, object, right and period are those of a duty.

    Args:
        grants: grants of one model; those of models that are not ours are not explained here.
    """
    return _by_facilitation(grants) | _by_substitution(grants)


def _by_facilitation(grants: Sequence[Any]) -> set[Any]:
    """Return the keys of the grants on groups that a facilitation explains."""
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


def _by_substitution(grants: Sequence[Any]) -> set[Any]:
    """Return the keys of the grants on sessions that a substitution explains: to see it, once accepted to run it."""
    ours = [one for one in grants if isinstance(one, SessionGrant)]
    rows = SessionGrant.spells.filter(pk__in=[one.pk for one in ours]).values_list(  # type: ignore[misc]
        "pk", "user__person_id", "content_object_id", "permission__codename", "valid_from", "valid_until"
    )
    asked = Substitution.objects.filter(session_id__in={grant.content_object_id for grant in ours})
    ended = SubstitutionStep.objects.exclude(kind=SubstitutionStep.Kind.ACCEPTED).values("substitution_id")
    open_ones = asked.exclude(pk__in=ended)
    known = {(one.person_id, one.session_id, str(Right.SEE_SESSION), one.asked_at, one.until) for one in open_ones}
    accepted = SubstitutionStep.objects.filter(substitution__in=open_ones).select_related("substitution")
    for step in accepted:
        one = step.substitution
        known.add((one.person_id, one.session_id, str(Right.RUN_SESSION), step.taken_at, one.until))
    return {pk for pk, *facts in rows if tuple(facts) in known}
