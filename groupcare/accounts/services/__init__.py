"""What the accounts room does: one verb a function."""

from groupcare.accounts.services.codes import send_step_up_code, take_step_up_code
from groupcare.accounts.services.invitations import (
    accept_invitation,
    find_open,
    invite,
    reissue,
    revoke_invitation,
)
from groupcare.accounts.services.passwords import ask_password_reset, tell_of_change
from groupcare.accounts.services.persons import create_person, update_profile
from groupcare.accounts.services.sessions import end_session, end_sessions, keep_record

__all__ = [
    "accept_invitation",
    "ask_password_reset",
    "create_person",
    "end_session",
    "end_sessions",
    "find_open",
    "invite",
    "keep_record",
    "reissue",
    "revoke_invitation",
    "send_step_up_code",
    "take_step_up_code",
    "tell_of_change",
    "update_profile",
]
