"""Groups, who runs them, who belongs to them, their sessions and notes."""

from groups.models.group import Facilitation, GroupGrant, Membership, TherapyGroup
from groups.models.note import ProcessNote, ProgressNote
from groups.models.session import GroupSession, Observance, SessionGrant

__all__ = [
    "Facilitation",
    "GroupGrant",
    "GroupSession",
    "Membership",
    "Observance",
    "ProcessNote",
    "ProgressNote",
    "SessionGrant",
    "TherapyGroup",
]
