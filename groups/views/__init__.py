"""Pages of the groups."""

from groups.views.about import about_me, my_leaving, my_messages, privacy, privacy_opened
from groups.views.calendar import calendar, my_calendar
from groups.views.console import (
    attendance_totals,
    session_changes,
    session_clause,
    session_console,
    session_marks,
    session_tap,
    session_words,
)
from groups.views.emergency import contact_card, emergency_sheet, emergency_take_down, session_place
from groups.views.going_live import member_address, member_already, session_past
from groups.views.groups import group_create, group_detail, group_list, today
from groups.views.joining import joining_detail, joining_list, joining_new, joining_step, joining_waiting
from groups.views.member import home_member, my_sessions, session_join, session_room
from groups.views.mistakes import member_wrong_person, note_sealed, progress_note_move
from groups.views.notes import (
    note_list,
    process_note_create,
    progress_note_choose,
    progress_note_create,
    session_notes,
)
from groups.views.overlaps import overlap_list, overlap_talk
from groups.views.own_place import my_avoid, my_goodbye, my_names, my_offers
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
from groups.views.series import series_change, series_create, series_end, series_extend, session_move
from groups.views.sessions import session_agenda, session_create, session_detail, session_list
from groups.views.settings import group_settings
from groups.views.spells import group_closing, member_leave, member_transfer
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
    "attendance_totals",
    "calendar",
    "contact_card",
    "emergency_sheet",
    "emergency_take_down",
    "facilitator_add",
    "facilitator_end",
    "group_closing",
    "group_create",
    "group_detail",
    "group_list",
    "group_settings",
    "home_member",
    "joining_detail",
    "joining_list",
    "joining_new",
    "joining_step",
    "joining_waiting",
    "member_address",
    "member_already",
    "member_end",
    "member_invite",
    "member_leave",
    "member_list",
    "member_transfer",
    "member_wrong_person",
    "my_avoid",
    "my_calendar",
    "my_goodbye",
    "my_leaving",
    "my_messages",
    "my_names",
    "my_offers",
    "my_record",
    "my_record_copy",
    "my_sessions",
    "note_list",
    "note_sealed",
    "overlap_list",
    "overlap_talk",
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
    "series_change",
    "series_create",
    "series_end",
    "series_extend",
    "session_agenda",
    "session_aloud",
    "session_answer",
    "session_attendance",
    "session_cancel",
    "session_changes",
    "session_clause",
    "session_console",
    "session_create",
    "session_detail",
    "session_join",
    "session_list",
    "session_marks",
    "session_move",
    "session_notes",
    "session_pack",
    "session_past",
    "session_place",
    "session_room",
    "session_tap",
    "session_told",
    "session_voice",
    "session_words",
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
