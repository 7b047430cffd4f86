"""Pages of the groups."""

from groups.views.groups import group_create, group_detail, group_list, today
from groups.views.member import home_member, my_sessions, session_join, session_room
from groups.views.notes import (
    note_list,
    process_note_create,
    progress_note_choose,
    progress_note_create,
    session_notes,
)
from groups.views.people import facilitator_add, facilitator_end, member_end, member_invite, member_list
from groups.views.sessions import session_cancel, session_create, session_detail, session_list

__all__ = [
    "facilitator_add",
    "facilitator_end",
    "group_create",
    "group_detail",
    "group_list",
    "home_member",
    "member_end",
    "member_invite",
    "member_list",
    "my_sessions",
    "note_list",
    "process_note_create",
    "progress_note_choose",
    "progress_note_create",
    "session_cancel",
    "session_create",
    "session_detail",
    "session_join",
    "session_list",
    "session_notes",
    "session_room",
    "today",
]
