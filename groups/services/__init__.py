"""What may be changed: one verb a function, each in one unit of work."""

from groups.services.absence import answer_substitution, cancel_session, hand_over
from groups.services.attendance import Mark, Overtaken, write_attendance
from groups.services.corrections import move_progress_note
from groups.services.emergency import keep_contact_card, say_where, take_down
from groups.services.going_live import NewMember, add_member, add_members, give_address
from groups.services.groups import GroupFields, create_group, missing_steps_sentence
from groups.services.joining import Room, acknowledge_ground_rules, record_not_cleared, reveal_link
from groups.services.mistakes import Redirected, redirect_place
from groups.services.notes import MEANWHILE, write_process_note, write_progress_note
from groups.services.past import MOST_PAST_WEEKS, enter_past_sessions
from groups.services.people import (
    add_facilitator,
    end_facilitation,
    end_membership,
    invite_member,
    start_preparing,
)
from groups.services.record_requests import ask_for_own_record, open_record_request
from groups.services.records import (
    Choice,
    approve_release,
    cancel_record_request,
    decide_names,
    download_own_record,
    download_record,
    expire_records,
    prepare_record,
    release_record,
)
from groups.services.reminders import queue_due_reminders
from groups.services.sessions import MOST_WEEKS, practice_zone, schedule_session, schedule_weekly
from groups.services.voice import acknowledge_aloud, mark_told
from groups.services.wills import ask_to_open_will, confirm_will, open_ready_wills, stop_will, write_will
from groups.services.wishes import say_about_leaving

__all__ = [
    "MEANWHILE",
    "MOST_PAST_WEEKS",
    "MOST_WEEKS",
    "Choice",
    "GroupFields",
    "Mark",
    "NewMember",
    "Overtaken",
    "Redirected",
    "Room",
    "acknowledge_aloud",
    "acknowledge_ground_rules",
    "add_facilitator",
    "add_member",
    "add_members",
    "answer_substitution",
    "approve_release",
    "ask_for_own_record",
    "ask_to_open_will",
    "cancel_record_request",
    "cancel_session",
    "confirm_will",
    "create_group",
    "decide_names",
    "download_own_record",
    "download_record",
    "end_facilitation",
    "end_membership",
    "enter_past_sessions",
    "expire_records",
    "give_address",
    "hand_over",
    "invite_member",
    "keep_contact_card",
    "mark_told",
    "missing_steps_sentence",
    "move_progress_note",
    "open_ready_wills",
    "open_record_request",
    "practice_zone",
    "prepare_record",
    "queue_due_reminders",
    "record_not_cleared",
    "redirect_place",
    "release_record",
    "reveal_link",
    "say_about_leaving",
    "say_where",
    "schedule_session",
    "schedule_weekly",
    "start_preparing",
    "stop_will",
    "take_down",
    "write_attendance",
    "write_process_note",
    "write_progress_note",
    "write_will",
]
