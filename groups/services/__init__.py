"""What may be changed: one verb a function, each in one unit of work."""

from groups.services.groups import GroupFields, create_group, missing_steps_sentence
from groups.services.joining import Room, acknowledge_ground_rules, record_not_cleared, reveal_link
from groups.services.notes import write_process_note, write_progress_note
from groups.services.people import (
    add_facilitator,
    end_facilitation,
    end_membership,
    invite_member,
    start_preparing,
)
from groups.services.reminders import queue_due_reminders
from groups.services.sessions import MOST_WEEKS, cancel_session, practice_zone, schedule_session, schedule_weekly

__all__ = [
    "MOST_WEEKS",
    "GroupFields",
    "Room",
    "acknowledge_ground_rules",
    "add_facilitator",
    "cancel_session",
    "create_group",
    "end_facilitation",
    "end_membership",
    "invite_member",
    "missing_steps_sentence",
    "practice_zone",
    "queue_due_reminders",
    "record_not_cleared",
    "reveal_link",
    "schedule_session",
    "schedule_weekly",
    "start_preparing",
    "write_process_note",
    "write_progress_note",
]
