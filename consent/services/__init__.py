"""What can be done with promises: publish, read, sign, talk first, decline, take back, and ask again."""

from consent.services.answering import LONGEST_READING, ask_to_talk, decline, present
from consent.services.asking import LONGEST_QUESTION, LONGEST_REPLY, ask_about, reply_to, say_back
from consent.services.grace import MOST_DAYS, end_grace, start_grace
from consent.services.invalidating import invalidate_answer, invalidate_answers
from consent.services.kiosk import HANDED_FOR, give_back, hand_over
from consent.services.making_out import Issue, acknowledge, end_paper, make_out
from consent.services.minors import NewGuardian, decide_who_decides, end_guardian, name_guardian
from consent.services.overriding import MOST_OVERRIDE_DAYS, end_override, give_override
from consent.services.prompting import escalate, mark_told, prompt_group, send_reconsent_prompts
from consent.services.publishing import Terms, must_stay, publish_version, retire_document
from consent.services.recording import (
    TELLABLE,
    Paper,
    Wording,
    record_paper,
    record_told,
)
from consent.services.reminding import Reminded, remind
from consent.services.reviewing import review_text
from consent.services.screen import agree_to_screen, prefer_paper
from consent.services.signing import STEP_UP_HOLDS, Observed, StepUpEvidence, preview, sign
from consent.services.speaking import (
    ATTESTATION,
    FOLLOW_UP_DAYS,
    MOST_FOLLOW_UP_DAYS,
    Spoken,
    TeachBack,
    TextChanged,
    follow_up,
    record_aloud,
)
from consent.services.withdrawing import withdraw

__all__ = [
    "ATTESTATION",
    "FOLLOW_UP_DAYS",
    "HANDED_FOR",
    "LONGEST_QUESTION",
    "LONGEST_READING",
    "LONGEST_REPLY",
    "MOST_DAYS",
    "MOST_FOLLOW_UP_DAYS",
    "MOST_OVERRIDE_DAYS",
    "STEP_UP_HOLDS",
    "TELLABLE",
    "Issue",
    "NewGuardian",
    "Observed",
    "Paper",
    "Reminded",
    "Spoken",
    "StepUpEvidence",
    "TeachBack",
    "Terms",
    "TextChanged",
    "Wording",
    "acknowledge",
    "agree_to_screen",
    "ask_about",
    "ask_to_talk",
    "decide_who_decides",
    "decline",
    "end_grace",
    "end_guardian",
    "end_override",
    "end_paper",
    "escalate",
    "follow_up",
    "give_back",
    "give_override",
    "hand_over",
    "invalidate_answer",
    "invalidate_answers",
    "make_out",
    "mark_told",
    "must_stay",
    "name_guardian",
    "prefer_paper",
    "present",
    "preview",
    "prompt_group",
    "publish_version",
    "record_aloud",
    "record_paper",
    "record_told",
    "remind",
    "reply_to",
    "retire_document",
    "review_text",
    "say_back",
    "send_reconsent_prompts",
    "sign",
    "start_grace",
    "withdraw",
]
