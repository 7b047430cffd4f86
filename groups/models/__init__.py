"""Groups, who runs them, who belongs to them, their sessions and notes."""

from groups.models.absence import Cancellation, Substitution, SubstitutionStep
from groups.models.attendance import AttendanceEntry
from groups.models.closing import GroupClosing
from groups.models.console import ConsoleEntry
from groups.models.emergency import ContactCard, Whereabouts
from groups.models.enrolment import Enrolment, EnrolmentStep, MembershipStep
from groups.models.group import Facilitation, GroupGrant, Membership, TherapyGroup
from groups.models.mistake import MistakenPlace, MovedPlace, NoteCorrection
from groups.models.naming import ChosenName
from groups.models.note import ProcessNote, ProgressNote
from groups.models.overlap import AvoidList, OverlapCheck, OverlapFinding, OverlapStep
from groups.models.record import LeaveWish, RecordRequest, RecordStep
from groups.models.series import Room, SessionMove, SessionSeries
from groups.models.session import GroupSession, Observance, SessionGrant
from groups.models.voice import SessionCall
from groups.models.will import ProfessionalWill, WillOpening, WillStep

__all__ = [
    "AttendanceEntry",
    "AvoidList",
    "Cancellation",
    "ChosenName",
    "ConsoleEntry",
    "ContactCard",
    "Enrolment",
    "EnrolmentStep",
    "Facilitation",
    "GroupClosing",
    "GroupGrant",
    "GroupSession",
    "LeaveWish",
    "Membership",
    "MembershipStep",
    "MistakenPlace",
    "MovedPlace",
    "NoteCorrection",
    "Observance",
    "OverlapCheck",
    "OverlapFinding",
    "OverlapStep",
    "ProcessNote",
    "ProfessionalWill",
    "ProgressNote",
    "RecordRequest",
    "RecordStep",
    "Room",
    "SessionCall",
    "SessionGrant",
    "SessionMove",
    "SessionSeries",
    "Substitution",
    "SubstitutionStep",
    "TherapyGroup",
    "Whereabouts",
    "WillOpening",
    "WillStep",
]
