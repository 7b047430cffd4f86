"""Who may do what, on which object, in which period: the only room that uses django-guardian (foundation F4).

Names are loaded when they are first used, so that ``models.py`` of any room may import from here.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from groupcare.access.acting import acting_as as acting_as
    from groupcare.access.acting import acting_as_system as acting_as_system
    from groupcare.access.grants import end_grants as end_grants
    from groupcare.access.grants import grant as grant
    from groupcare.access.grants import may as may
    from groupcare.access.grants import visible as visible
    from groupcare.access.models import INSIDE as INSIDE
    from groupcare.access.models import STAFF as STAFF
    from groupcare.access.models import Right as Right
    from groupcare.access.models import Role as Role
    from groupcare.access.models import RoleHolding as RoleHolding
    from groupcare.access.models import TimedGrant as TimedGrant
    from groupcare.access.people import Person as Person
    from groupcare.access.people import SystemActor as SystemActor
    from groupcare.access.people import is_system as is_system
    from groupcare.access.people import viewer_from as viewer_from
    from groupcare.access.policies import Audience as Audience
    from groupcare.access.policies import Policy as Policy
    from groupcare.access.policies import policy as policy
    from groupcare.access.selectors import holder_ids as holder_ids
    from groupcare.access.selectors import holds as holds
    from groupcare.access.selectors import may_administer as may_administer
    from groupcare.access.selectors import roles_by_person as roles_by_person
    from groupcare.access.selectors import roles_of as roles_of
    from groupcare.access.services import end_role as end_role
    from groupcare.access.services import give_role as give_role

_HOME = {
    "acting": ("acting_as", "acting_as_system"),
    "grants": ("end_grants", "grant", "may", "visible"),
    "models": ("INSIDE", "STAFF", "Right", "Role", "RoleHolding", "TimedGrant"),
    "people": ("Person", "SystemActor", "is_system", "viewer_from"),
    "policies": ("Audience", "Policy", "policy"),
    "selectors": ("holder_ids", "holds", "may_administer", "roles_by_person", "roles_of"),
    "services": ("end_role", "give_role"),
}
_MODULE_OF = {name: module for module, names in _HOME.items() for name in names}

__all__ = [
    "INSIDE",
    "STAFF",
    "Audience",
    "Person",
    "Policy",
    "Right",
    "Role",
    "RoleHolding",
    "SystemActor",
    "TimedGrant",
    "acting_as",
    "acting_as_system",
    "end_grants",
    "end_role",
    "give_role",
    "grant",
    "holder_ids",
    "holds",
    "is_system",
    "may",
    "may_administer",
    "policy",
    "roles_by_person",
    "roles_of",
    "viewer_from",
    "visible",
]


def __getattr__(name: str) -> Any:
    """Return a public name from the module that owns it.

    Raises:
        AttributeError: the room has no such name.
    """
    if name not in _MODULE_OF:
        raise AttributeError(f"groupcare.access has no {name}")
    return getattr(import_module(f"groupcare.access.{_MODULE_OF[name]}"), name)
