"""Who may do what with promises; absent and forbidden look the same."""

from uuid import UUID

from groupcare.access import Right
from groupcare.accounts.models import Person
from groupcare.exceptions import Refused
from groups.models import Membership, TherapyGroup
from groups.permissions import groups_with
from groups.selectors import get_group

ACT = "consent.Act"
VERSION = "consent.DocumentVersion"
DOCUMENT = "consent.Document"


def check_can_publish(person: Person, group_id: UUID) -> TherapyGroup:
    """Return the group if ``person`` may publish its promises.

    Raises:
        Refused: absent, or the person does not manage the group.
    """
    return get_group(person, group_id, Right.MANAGE_GROUP, "document_version.publish")


def check_can_record(person: Person, group_id: UUID, membership_id: UUID, action: str) -> Membership:
    """Return the open place if ``person`` may write down what its member answered on paper or by voice.

    Our choice: who may write notes of the group may do this too; a supervisor only reads.

    Raises:
        Refused: absent, ended, of another group, or forbidden.
    """
    mine = groups_with(person, Right.WRITE_NOTES).filter(pk=group_id)
    found = (
        Membership.objects.filter(pk=membership_id, group__in=mine, ended_at__isnull=True)
        .select_related("person__user", "group")
        .first()
    )
    if found is None:
        raise Refused(action, "groups.Membership", membership_id)
    return found


def can_read_papers(person: Person, group_id: UUID) -> bool:
    """Return whether ``person`` works with the group now, and so may look at its papers."""
    return groups_with(person, Right.WRITE_NOTES).filter(pk=group_id).exists()
