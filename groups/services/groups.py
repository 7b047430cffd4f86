"""Making a group."""

from typing import TypedDict, Unpack

from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.core.validators import URLValidator
from django.utils import timezone
from django.utils.translation import gettext as _

from groupcare.accounts.models import Person
from groupcare.audit import record, unit_of_work
from groupcare.practice.models import Site
from groupcare.practice.selectors import ready
from groups.models import Facilitation, TherapyGroup
from groups.permissions import GROUP, check_can_create_group
from groups.services.people import grant_by_role


class _Needed(TypedDict):
    label: str
    kind: str
    openness: str
    format: str
    place: str
    capacity: int
    language: str


class GroupFields(_Needed, total=False):
    """What describes a group; ``site`` for a room, ``online_link`` for video."""

    purpose_text: str
    site: Site | None
    online_link: str


def missing_steps_sentence() -> str:
    """Return what must still be done before a group can be made, or ""."""
    missing = [str(step.text) for step in ready()]
    if not missing:
        return ""
    return _("The practice is not ready for groups yet. An administrator still has to do this: %(steps)s") % {
        "steps": " ".join(missing)
    }


@unit_of_work()
def create_group(*, by: Person, **fields: Unpack[GroupFields]) -> TherapyGroup:
    """Make a group; ``by`` becomes its lead from now on, with the rights of a lead.

    Raises:
        Refused: ``by`` is no facilitator.
        ValidationError: the practice is not set up, or the fields do not fit together.
    """
    check_can_create_group(by)
    if sentence := missing_steps_sentence():
        raise ValidationError({NON_FIELD_ERRORS: sentence})
    group = TherapyGroup(**fields)
    if group.openness == TherapyGroup.Openness.CLOSED:
        group.course = TherapyGroup.Course.COHORT
    _check_meeting_place(group)
    group.full_clean()
    group.save(force_insert=True)
    lead = Facilitation(group=group, person=by, role=Facilitation.Role.LEAD, valid_from=timezone.now())
    lead.full_clean()
    lead.save(force_insert=True)
    grant_by_role(lead)
    record("group.create", object_type=GROUP, object_id=group.pk)
    record("facilitation.start", object_type="groups.Facilitation", object_id=lead.pk)
    return group


def _check_meeting_place(group: TherapyGroup) -> None:
    """Raise ``ValidationError`` unless the group has a room, a link or both, as its format needs."""
    wrong: dict[str, str] = {}
    if group.format != TherapyGroup.Format.ONLINE and group.site_id is None:
        wrong["site"] = _("Choose the room where the group meets.")
    if group.format != TherapyGroup.Format.IN_PERSON:
        try:
            URLValidator(schemes=["https"])(group.online_link)
        except ValidationError:
            wrong["online_link"] = _("Write the link of the video room. It starts with https://")
    elif group.online_link:
        wrong["online_link"] = _("A group in a room needs no link. Leave this empty.")
    if wrong:
        raise ValidationError(wrong)
