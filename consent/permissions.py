"""Who may do what with promises; absent and forbidden look the same."""

from uuid import UUID

from consent.models import Act
from groupcare.access import Right
from groupcare.accounts.models import Person
from groupcare.exceptions import Refused
from groups.models import TherapyGroup
from groups.selectors import get_group

ACT = "consent.Act"
VERSION = "consent.DocumentVersion"


def check_can_publish(person: Person, group_id: UUID) -> TherapyGroup:
    """Return the group if ``person`` may publish its promises.

    Raises:
        Refused: absent, or the person does not manage the group.
    """
    return get_group(person, group_id, Right.MANAGE_GROUP, "document_version.publish")


def check_is_own(person: Person, act: Act | None, act_id: UUID, action: str) -> Act:
    """Return ``act`` if it is about ``person``; nobody else opens an act.

    Raises:
        Refused: absent, or about somebody else.
    """
    if act is None or act.subject_id != person.pk:
        raise Refused(action, ACT, act_id)
    return act
