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
from consent.views.kept import act_copy, act_detail, act_withdraw, agreement_list

__all__ = [
    "act_copy",
    "act_detail",
    "act_withdraw",
    "agreement_decide",
    "agreement_decline",
    "agreement_list",
    "agreement_open",
    "agreement_present",
    "agreement_read",
    "agreement_sign",
    "agreement_talk",
    "coverage_board",
    "version_create",
]
