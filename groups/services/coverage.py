"""How many could come in when the roster of a session was first kept: for the picture of a term."""

from collections.abc import Sequence

from django.utils import timezone

from groupcare.accounts.models import Person
from groups import ports
from groups.console import COVERAGE
from groups.models import ConsoleEntry, GroupSession, Membership


def keep_coverage(session: GroupSession, places: Sequence[Membership], by: Person) -> None:
    """Keep once how many of ``places`` are cleared now, as "7/10"; nothing when the session is over already.

    Standing is computed and never stored: this is not what stands, but what was so at that door on that day. Called by
    services that hold the session's lock and have checked ``by``.
    """
    is_over = timezone.now() >= session.ends_at
    if is_over or ConsoleEntry.objects.filter(session=session, key=COVERAGE).exists():
        return
    coming = [place.person_id for place in places if place.state in Membership.COMING]
    found = ports.clearances(session.group_id, coming)
    cleared = sum(one.cleared for one in found.values())
    ConsoleEntry.objects.create(
        group_id=session.group_id,
        session=session,
        key=COVERAGE,
        answer=f"{cleared}/{len(coming)}",
        words="",
        written_by=by,
    )
