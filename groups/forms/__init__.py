"""Shapes of what is typed into the pages of groups; what it means is checked by the services."""

from groups.forms.console import ChecksForm, ConsoleForm, RemarkForm, TapForm
from groups.forms.emergency import ContactForm, PlaceForm, RollCallForm
from groups.forms.groups import FacilitatorForm, GroupForm
from groups.forms.joining import (
    AvoidForm,
    ClosingForm,
    EndForm,
    EnquiryForm,
    LeaveForm,
    NameForm,
    ReturnForm,
    TransferForm,
)
from groups.forms.joining import (
    StepForm as JoiningStepForm,
)
from groups.forms.members import InviteForm, RulesForm
from groups.forms.notes import MoveNoteForm, NoteForm
from groups.forms.records import NamesForm, OwnPlaceForm, RecordForm, StepForm, WishForm
from groups.forms.series import LastDayForm, MoveForm, SeriesChangeForm, SeriesForm
from groups.forms.sessions import HandOverForm, ReasonForm, RosterForm, SessionForm
from groups.forms.settings import SettingsForm
from groups.forms.wills import AskWillForm, WillForm

__all__ = [
    "AskWillForm",
    "AvoidForm",
    "ChecksForm",
    "ClosingForm",
    "ConsoleForm",
    "ContactForm",
    "EndForm",
    "EnquiryForm",
    "FacilitatorForm",
    "GroupForm",
    "HandOverForm",
    "InviteForm",
    "JoiningStepForm",
    "LastDayForm",
    "LeaveForm",
    "MoveForm",
    "MoveNoteForm",
    "NameForm",
    "NamesForm",
    "NoteForm",
    "OwnPlaceForm",
    "PlaceForm",
    "ReasonForm",
    "RecordForm",
    "RemarkForm",
    "ReturnForm",
    "RollCallForm",
    "RosterForm",
    "RulesForm",
    "SeriesChangeForm",
    "SeriesForm",
    "SessionForm",
    "SettingsForm",
    "StepForm",
    "TapForm",
    "TransferForm",
    "WillForm",
    "WishForm",
]
