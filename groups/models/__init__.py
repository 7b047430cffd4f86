"""Groups, who runs them, who belongs to them, their sessions and notes."""

from groups.models.absence import Cancellation, Substitution, SubstitutionStep
from groups.models.attendance import AttendanceEntry
from groups.models.emergency import ContactCard, Whereabouts
from groups.models.group import Facilitation, GroupGrant, Membership, TherapyGroup
from groups.models.mistake import MistakenPlace, MovedPlace, NoteCorrection
from groups.models.note import ProcessNote, ProgressNote
from groups.models.record import LeaveWish, RecordRequest, RecordStep
from groups.models.session import GroupSession, Observance, SessionGrant
from groups.models.voice import SessionCall
from groups.models.will import ProfessionalWill, WillOpening, WillStep

__all__ = [
    "AttendanceEntry",
    "Cancellation",
    "ContactCard",
    "Facilitation",
    "GroupGrant",
    "GroupSession",
    "LeaveWish",
    "Membership",
    "MistakenPlace",
    "MovedPlace",
    "NoteCorrection",
    "Observance",
    "ProcessNote",
    "ProfessionalWill",
    "ProgressNote",
    "RecordRequest",
    "RecordStep",
    "SessionCall",
    "SessionGrant",
    "Substitution",
    "SubstitutionStep",
    "TherapyGroup",
    "Whereabouts",
    "WillOpening",
    "WillStep",
]
