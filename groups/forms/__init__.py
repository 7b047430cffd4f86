"""Shapes of what is typed into the pages of groups; what it means is checked by the services."""

from groups.forms.emergency import ContactForm, PlaceForm, RollCallForm
from groups.forms.groups import FacilitatorForm, GroupForm
from groups.forms.members import InviteForm, RulesForm
from groups.forms.notes import MoveNoteForm, NoteForm
from groups.forms.records import NamesForm, OwnPlaceForm, RecordForm, StepForm, WishForm
from groups.forms.sessions import HandOverForm, ReasonForm, RosterForm, SessionForm
from groups.forms.wills import AskWillForm, WillForm

__all__ = [
    "AskWillForm",
    "ContactForm",
    "FacilitatorForm",
    "GroupForm",
    "HandOverForm",
    "InviteForm",
    "MoveNoteForm",
    "NamesForm",
    "NoteForm",
    "OwnPlaceForm",
    "PlaceForm",
    "ReasonForm",
    "RecordForm",
    "RollCallForm",
    "RosterForm",
    "RulesForm",
    "SessionForm",
    "StepForm",
    "WillForm",
    "WishForm",
]
