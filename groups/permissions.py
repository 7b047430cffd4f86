"""Who may do what with a group: every rule asks ``groupcare.access`` and raises ``Refused``."""

from uuid import UUID

from django.db.models import QuerySet

from groupcare.access import Right, Role, holds, roles_of, visible
from groupcare.accounts.models import Person
from groupcare.exceptions import Refused
from groups.models import GroupSession, TherapyGroup

GROUP = "groups.TherapyGroup"
SESSION = "groups.GroupSession"


#: Roles of those who work with groups; without one of them no grant on a group counts.
WORKING_ROLES = frozenset({Role.FACILITATOR, Role.TRAINEE})
#: Of whom somebody may be named to watch or to interpret, which gives no right: our choice, reception too.
NAMED_FROM = WORKING_ROLES | {Role.RECEPTION}


def groups_with(viewer: Person, right: Right) -> QuerySet[TherapyGroup]:
    """Return the groups on which the viewer holds ``right`` now; none once their role here has ended."""
    if not roles_of(viewer) & WORKING_ROLES:
        return TherapyGroup.objects.none()
    return visible(viewer, right, TherapyGroup)


def sessions_with(viewer: Person, right: Right) -> QuerySet[GroupSession]:
    """Return the single sessions on which the viewer holds ``right`` now; none once their role here has ended."""
    if not roles_of(viewer) & WORKING_ROLES:
        return GroupSession.objects.none()
    return visible(viewer, right, GroupSession)


def sees_tonight(viewer: Person) -> bool:
    """Tell whether the viewer may call off, or hand over, a session of today or tomorrow.

    Our choice: reception and every facilitator, because whoever is there when a colleague falls ill must be able to.
    It opens no name and no note.
    """
    return bool(roles_of(viewer) & {Role.RECEPTION, Role.FACILITATOR})


def can_create_group(person: Person) -> bool:
    """Tell whether the person may make a group: facilitators may, trainees may not."""
    return holds(person, Role.FACILITATOR)


def check_can_create_group(person: Person) -> None:
    """Raise ``Refused`` unless the person may make a group."""
    if not can_create_group(person):
        raise Refused("group.create", GROUP)


def locked_group(by: Person, group_id: UUID, right: Right, action: str) -> TherapyGroup:
    """Return the group, locked until the end of the transaction, if ``by`` holds ``right`` on it.

    Raises:
        Refused: the group does not exist, or the right is missing.
    """
    allowed = groups_with(by, right).values("pk")
    # In two steps, because PostgreSQL locks no row of a query that joins or removes doubles.
    found = TherapyGroup.objects.select_for_update(no_key=True).filter(pk=group_id, pk__in=allowed).first()
    if found is None:
        raise Refused(action, GROUP, group_id)
    return found
