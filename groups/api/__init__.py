"""The API of the groups: the same selectors and services as the pages."""

from groups.api.groups import GroupsView, GroupView, MembersView
from groups.api.notes import ProcessNotesView, ProgressNotesView
from groups.api.sessions import GroupSessionsView, JoinView, MySessionsView, SessionView

__all__ = [
    "GroupSessionsView",
    "GroupView",
    "GroupsView",
    "JoinView",
    "MembersView",
    "MySessionsView",
    "ProcessNotesView",
    "ProgressNotesView",
    "SessionView",
]
