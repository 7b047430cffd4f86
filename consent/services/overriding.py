"""Letting one person in for some days although something is missing; never against a no."""

from datetime import date, datetime, timedelta
from uuid import UUID

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _

from consent.models import GateOverride
from consent.permissions import place_to_decide
from consent.selectors import standings
from groupcare.accounts.models import Person
from groupcare.audit import record, unit_of_work
from groupcare.exceptions import InvalidTransition
from groups.localtime import end_of_day, practice_zone, today_in
from groups.models import Membership

# Our choice, because a weekly group meets once in it: then the promise is there, or it is decided anew.
MOST_OVERRIDE_DAYS = 7


@unit_of_work()
def give_override(*, group_id: UUID, membership_id: UUID, last_day: date, reason: str, by: Person) -> GateOverride:
    """Let the person of a place in until the end of ``last_day``, at most seven days; nobody's standing changes.

    Raises:
        Refused: absent, or ``by`` does not manage the group.
        InvalidTransition: nothing is missing, nothing is published, or somebody who is asked said no.
        ValidationError: no reason, or the day is past or too far away.
    """
    place = place_to_decide(by, group_id, membership_id, "override.give", lock=True)
    standing = standings(None, [group_id], [place.person_id])[group_id, place.person_id]
    if not standing.can_be_overridden:
        raise InvalidTransition(
            _("Nobody can be let in here: nothing is missing, nothing is published yet, or somebody said no.")
        )
    zone = practice_zone()
    today = today_in(zone)
    # The last of seven days, today counted.
    if not today <= last_day < today + timedelta(days=MOST_OVERRIDE_DAYS):
        raise ValidationError({"last_day": _("Choose a day from today on, at most seven days in all.")})
    if not reason.strip():
        raise ValidationError({"reason": _("Write in a sentence why.")})
    return _kept(place, end_of_day(last_day, zone), reason.strip(), "override.give", by=by)


@unit_of_work()
def end_override(*, group_id: UUID, membership_id: UUID, by: Person) -> GateOverride:
    """Close the gate now for the person of a place, unless their promises open it.

    Raises:
        Refused: absent, or ``by`` does not manage the group.
        InvalidTransition: none runs.
    """
    place = place_to_decide(by, group_id, membership_id, "override.end", lock=True)
    last = GateOverride.objects.filter(group_id=group_id, person_id=place.person_id).order_by("-at", "-pk").first()
    if last is None or last.until <= timezone.now():
        raise InvalidTransition(_("Nobody has let this person in. There is nothing to end."))
    return _kept(place, timezone.now(), last.reason, "override.end", by=by)


def _kept(place: Membership, until: datetime, reason: str, action: str, *, by: Person) -> GateOverride:
    made = GateOverride(person_id=place.person_id, group_id=place.group_id, until=until, reason=reason, by=by)
    made.full_clean(exclude=["person", "group", "by"])
    made.save(force_insert=True)
    record(action, object_type="consent.GateOverride", object_id=made.pk)
    return made
