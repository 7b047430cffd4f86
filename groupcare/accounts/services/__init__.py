"""What the accounts room does: one verb a function."""

from groupcare.accounts.services.codes import send_step_up_code, take_step_up_code
from groupcare.accounts.services.invitations import (
    accept_invitation,
    find_open,
    invite,
    reissue,
    revoke_invitation,
)
from groupcare.accounts.services.kept import KEPT_FOR, discard_text, keep_text, wipe_kept_text
from groupcare.accounts.services.merges import merge_persons, unmerge_persons
from groupcare.accounts.services.passwords import ask_password_reset, tell_of_change
from groupcare.accounts.services.persons import create_person, update_profile
from groupcare.accounts.services.recoveries import (
    approve_recovery,
    carry_out,
    confirm_address,
    find_by_link,
    open_recovery,
    stop_by_link,
    stop_recovery,
)
from groupcare.accounts.services.sessions import end_session, end_sessions, keep_record
from groupcare.accounts.services.strangers import readdress, switch_off_stranger
from groupcare.accounts.services.switches import end_all_sessions, switch_off, switch_on

__all__ = [
    "KEPT_FOR",
    "accept_invitation",
    "approve_recovery",
    "ask_password_reset",
    "carry_out",
    "confirm_address",
    "create_person",
    "discard_text",
    "end_all_sessions",
    "end_session",
    "end_sessions",
    "find_by_link",
    "find_open",
    "invite",
    "keep_record",
    "keep_text",
    "merge_persons",
    "open_recovery",
    "readdress",
    "reissue",
    "revoke_invitation",
    "send_step_up_code",
    "stop_by_link",
    "stop_recovery",
    "switch_off",
    "switch_off_stranger",
    "switch_on",
    "take_step_up_code",
    "tell_of_change",
    "unmerge_persons",
    "update_profile",
    "wipe_kept_text",
]
