"""Pages of the consent app: a member's ceremony, and the board of those who run a group."""

from consent.views.ceremony import (
    agreement_decide,
    agreement_decline,
    agreement_open,
    agreement_present,
    agreement_read,
    agreement_sign,
    agreement_talk,
)
from consent.views.coverage import coverage_board, version_create
from consent.views.grace import grace_edit, grace_end
from consent.views.kept import act_copy, act_detail, act_withdraw, agreement_list
from consent.views.recorded import (
    agreement_print,
    aloud_record,
    member_answers,
    paper_record,
    paper_scan,
    told_record,
)

__all__ = [
    "act_copy",
    "act_detail",
    "act_withdraw",
    "agreement_decide",
    "agreement_decline",
    "agreement_list",
    "agreement_open",
    "agreement_present",
    "agreement_print",
    "agreement_read",
    "agreement_sign",
    "agreement_talk",
    "aloud_record",
    "coverage_board",
    "grace_edit",
    "grace_end",
    "member_answers",
    "paper_record",
    "paper_scan",
    "told_record",
    "version_create",
]
