"""Whether a group still takes people and plans sessions; asked by every service that does either."""

from datetime import date

from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.utils.translation import gettext as _

from groups.localtime import practice_zone, today_in
from groups.models import TherapyGroup
from groups.selectors.closing import standing_closing


def check_open_on(group: TherapyGroup, day: date | None = None) -> None:
    """Raise ``ValidationError`` if a group has ended, or will have ended on a day; one query.

    Args:
        group: the group, locked or not.
        day: a day of the practice's clocks; today when left out.
    """
    if group.closed_at is not None:
        raise ValidationError({NON_FIELD_ERRORS: _("This group has ended.")})
    plan = standing_closing(group)
    if plan is None or plan.last_day is None:
        return
    if (day or today_in(practice_zone())) > plan.last_day:
        raise ValidationError(
            {
                NON_FIELD_ERRORS: _(
                    "This group ends before that. Choose an earlier day, or change the last day of the group first."
                )
            }
        )
