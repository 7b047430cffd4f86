"""What may be read, by whom. Every selector takes the viewer first."""

from groups.selectors.entry import Entry, Phase, entry, entry_for
from groups.selectors.groups import (
    facilitators_of,
    get_group,
    group_with_facilitators,
    members_of,
    membership_of,
    my_memberships,
    places_in,
    staff_to_choose_from,
    visible_groups,
)
from groups.selectors.notes import (
    process_notes,
    progress_notes,
    session_to_read,
    session_to_write_about,
    sessions_with_notes,
    today,
)
from groups.selectors.sessions import (
    get_session,
    get_session_as_member,
    my_sessions,
    sessions_of,
    visible_sessions,
)

__all__ = [
    "Entry",
    "Phase",
    "entry",
    "entry_for",
    "facilitators_of",
    "get_group",
    "get_session",
    "get_session_as_member",
    "group_with_facilitators",
    "members_of",
    "membership_of",
    "my_memberships",
    "my_sessions",
    "places_in",
    "process_notes",
    "progress_notes",
    "session_to_read",
    "session_to_write_about",
    "sessions_of",
    "sessions_with_notes",
    "staff_to_choose_from",
    "today",
    "visible_groups",
    "visible_sessions",
]
