"""What may be changed: one verb a function, each in one unit of work."""

from groups.services.absence import answer_substitution, cancel_session, hand_over
from groups.services.attendance import Mark, Overtaken, write_attendance, write_tap
from groups.services.closing import PARTING, close_due_groups, plan_closing, take_back_closing
from groups.services.console import answer_tap, keep_clause_read, write_answers, write_remark, write_roster
from groups.services.corrections import move_progress_note
from groups.services.emergency import keep_contact_card, say_where, take_down
from groups.services.enrolment import open_enrolment, take_step
from groups.services.going_live import NewMember, add_member, add_members, give_address
from groups.services.groups import GroupFields, create_group, missing_steps_sentence
from groups.services.joining import Room, acknowledge_ground_rules, record_not_cleared, reveal_link
from groups.services.mistakes import Redirected, redirect_place
from groups.services.moving import Slot, move_session
from groups.services.naming import choose_name
from groups.services.notes import MEANWHILE, write_process_note, write_progress_note
from groups.services.offers import (
    Answer,
    Said,
    answer_offer,
    expire_offers,
    make_offer,
    record_answer,
    take_back_offer,
)
from groups.services.overlap import check_overlaps, talk_about_overlap, write_avoid_list
from groups.services.past import MOST_PAST_WEEKS, enter_past_sessions
from groups.services.people import (
    add_facilitator,
    end_facilitation,
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
from groups.services.series import change_series, end_series, extend_series, plan_series
from groups.services.series_rows import SeriesPlan
from groups.services.sessions import MOST_WEEKS, Where, schedule_session, schedule_weekly
from groups.services.settings import GroupSettings, change_settings
from groups.services.spells import come_back, end_membership, go_on_leave, transfer
from groups.services.still_open import check_open_on
from groups.services.voice import acknowledge_aloud, mark_told
from groups.services.wills import ask_to_open_will, confirm_will, open_ready_wills, stop_will, write_will
from groups.services.wishes import say_about_leaving

__all__ = [
    "MEANWHILE",
    "MOST_PAST_WEEKS",
    "MOST_WEEKS",
    "PARTING",
    "Answer",
    "Choice",
    "GroupFields",
    "GroupSettings",
    "Mark",
    "NewMember",
    "Overtaken",
    "Redirected",
    "Room",
    "Said",
    "SeriesPlan",
    "Slot",
    "Where",
    "acknowledge_aloud",
    "acknowledge_ground_rules",
    "add_facilitator",
    "add_member",
    "add_members",
    "answer_offer",
    "answer_substitution",
    "answer_tap",
    "approve_release",
    "ask_for_own_record",
    "ask_to_open_will",
    "cancel_record_request",
    "cancel_session",
    "change_series",
    "change_settings",
    "check_open_on",
    "check_overlaps",
    "choose_name",
    "close_due_groups",
    "come_back",
    "confirm_will",
    "create_group",
    "decide_names",
    "download_own_record",
    "download_record",
    "end_facilitation",
    "end_membership",
    "end_series",
    "enter_past_sessions",
    "expire_offers",
    "expire_records",
    "extend_series",
    "give_address",
    "go_on_leave",
    "hand_over",
    "invite_member",
    "keep_clause_read",
    "keep_contact_card",
    "make_offer",
    "mark_told",
    "missing_steps_sentence",
    "move_progress_note",
    "move_session",
    "open_enrolment",
    "open_ready_wills",
    "open_record_request",
    "plan_closing",
    "plan_series",
    "prepare_record",
    "queue_due_reminders",
    "record_answer",
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
    "take_back_closing",
    "take_back_offer",
    "take_down",
    "take_step",
    "talk_about_overlap",
    "transfer",
    "write_answers",
    "write_attendance",
    "write_avoid_list",
    "write_process_note",
    "write_progress_note",
    "write_remark",
    "write_roster",
    "write_tap",
    "write_will",
]
