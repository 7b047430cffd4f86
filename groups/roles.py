"""Which part in running a group gives which rights on it (one table, foundation F4)."""

from groupcare.access import Right
from groups.models import Facilitation

#: Named for a group so that they sign (REQ-3): they sit in the circle, and see nothing of the group here.
IN_THE_CIRCLE = frozenset({Facilitation.Role.OBSERVER, Facilitation.Role.INTERPRETER})

#: Our choice: only the lead changes the group and its people. A supervisor reads and does not write.
ROLE_RIGHTS: dict[str, frozenset[Right]] = {
    Facilitation.Role.LEAD: frozenset({Right.SEE_GROUP, Right.MANAGE_GROUP, Right.READ_NOTES, Right.WRITE_NOTES}),
    Facilitation.Role.CO: frozenset({Right.SEE_GROUP, Right.READ_NOTES, Right.WRITE_NOTES}),
    Facilitation.Role.TRAINEE: frozenset({Right.SEE_GROUP, Right.READ_NOTES, Right.WRITE_NOTES}),
    Facilitation.Role.STAND_IN: frozenset({Right.SEE_GROUP, Right.MANAGE_GROUP}),
    Facilitation.Role.SUPERVISOR: frozenset({Right.SEE_GROUP, Right.READ_NOTES}),
    Facilitation.Role.OBSERVER: frozenset(),
    Facilitation.Role.INTERPRETER: frozenset(),
}
