"""Pages of the groups."""

from groups.views.about import about_me, my_leaving, my_messages, privacy, privacy_opened
from groups.views.emergency import contact_card, emergency_sheet, emergency_take_down, session_place
from groups.views.going_live import member_address, member_already, session_past
from groups.views.groups import group_create, group_detail, group_list, today
from groups.views.member import home_member, my_sessions, session_join, session_room
from groups.views.mistakes import member_wrong_person, note_sealed, progress_note_move
from groups.views.notes import (
    note_list,
    process_note_create,
    progress_note_choose,
    progress_note_create,
    session_notes,
)
from groups.views.paper import session_attendance, session_pack
from groups.views.people import facilitator_add, facilitator_end, member_end, member_invite, member_list
from groups.views.records import (
    my_record,
    my_record_copy,
    record_detail,
    record_list,
    record_names,
    record_open,
)
from groups.views.sessions import session_create, session_detail, session_list
from groups.views.tonight import (
    session_answer,
    session_cancel,
    tonight,
    tonight_calls,
    tonight_cancel,
    tonight_hand_over,
)
from groups.views.voice import session_aloud, session_told, session_voice
from groups.views.wills import will_answer, will_ask, will_list, will_opening, will_openings, will_write

__all__ = [
    "about_me",
    "contact_card",
    "emergency_sheet",
    "emergency_take_down",
    "facilitator_add",
    "facilitator_end",
    "group_create",
    "group_detail",
    "group_list",
    "home_member",
    "member_address",
    "member_already",
    "member_end",
    "member_invite",
    "member_list",
    "member_wrong_person",
    "my_leaving",
    "my_messages",
    "my_record",
    "my_record_copy",
    "my_sessions",
    "note_list",
    "note_sealed",
    "privacy",
    "privacy_opened",
    "process_note_create",
    "progress_note_choose",
    "progress_note_create",
    "progress_note_move",
    "record_detail",
    "record_list",
    "record_names",
    "record_open",
    "session_aloud",
    "session_answer",
    "session_attendance",
    "session_cancel",
    "session_create",
    "session_detail",
    "session_join",
    "session_list",
    "session_notes",
    "session_pack",
    "session_past",
    "session_place",
    "session_room",
    "session_told",
    "session_voice",
    "today",
    "tonight",
    "tonight_calls",
    "tonight_cancel",
    "tonight_hand_over",
    "will_answer",
    "will_ask",
    "will_list",
    "will_opening",
    "will_openings",
    "will_write",
]
