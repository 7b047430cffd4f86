"""Pages of the consent app: a member's ceremony, and the board of those who run a group."""

from consent.views.asking import (
    agreement_ask,
    agreement_understood,
    question_list,
    question_reply,
    screen_agree,
    screen_refuse,
)
from consent.views.ceremony import (
    agreement_decide,
    agreement_decline,
    agreement_open,
    agreement_present,
    agreement_read,
    agreement_talk,
    agreement_whom,
)
from consent.views.coverage import coverage_board, member_remind
from consent.views.deciders import guardian_add, guardian_end, member_deciders
from consent.views.documents import (
    document_list,
    document_retire,
    practice_document_list,
    practice_document_retire,
    practice_version_list,
    translation_list,
    translation_review,
    version_list,
)
from consent.views.follow_up import follow_up_close, follow_up_list, prompt_told
from consent.views.grace import grace_edit, grace_end
from consent.views.kept import act_copy, act_detail, agreement_list
from consent.views.kiosk import kiosk_begin, kiosk_home, kiosk_leave, kiosk_over
from consent.views.made_out import notice_read, paper_create, paper_end, paper_list, paper_mine
from consent.views.overrides import override_end, override_give, override_list
from consent.views.recorded import (
    agreement_print,
    aloud_record,
    member_answers,
    paper_record,
    paper_scan,
    told_record,
)
from consent.views.signing import agreement_review, agreement_sign
from consent.views.staff import everyone_signs
from consent.views.versions import practice_version_check, practice_version_create, version_check, version_create
from consent.views.withdrawing import act_invalidate, act_withdraw

__all__ = [
    "act_copy",
    "act_detail",
    "act_invalidate",
    "act_withdraw",
    "agreement_ask",
    "agreement_decide",
    "agreement_decline",
    "agreement_list",
    "agreement_open",
    "agreement_present",
    "agreement_print",
    "agreement_read",
    "agreement_review",
    "agreement_sign",
    "agreement_talk",
    "agreement_understood",
    "agreement_whom",
    "aloud_record",
    "coverage_board",
    "document_list",
    "document_retire",
    "everyone_signs",
    "follow_up_close",
    "follow_up_list",
    "grace_edit",
    "grace_end",
    "guardian_add",
    "guardian_end",
    "kiosk_begin",
    "kiosk_home",
    "kiosk_leave",
    "kiosk_over",
    "member_answers",
    "member_deciders",
    "member_remind",
    "notice_read",
    "override_end",
    "override_give",
    "override_list",
    "paper_create",
    "paper_end",
    "paper_list",
    "paper_mine",
    "paper_record",
    "paper_scan",
    "practice_document_list",
    "practice_document_retire",
    "practice_version_check",
    "practice_version_create",
    "practice_version_list",
    "prompt_told",
    "question_list",
    "question_reply",
    "screen_agree",
    "screen_refuse",
    "told_record",
    "translation_list",
    "translation_review",
    "version_check",
    "version_create",
    "version_list",
]
