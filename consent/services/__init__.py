"""What can be done with promises: publish, read, sign, talk first, decline, take back, and ask again."""

from consent.services.answering import ask_to_talk, decline, present, withdraw
from consent.services.grace import MOST_DAYS, end_grace, start_grace
from consent.services.invalidating import invalidate_answers
from consent.services.prompting import prompt_group, send_reconsent_prompts
from consent.services.publishing import publish_version
from consent.services.recording import (
    TELLABLE,
    Paper,
    Spoken,
    Wording,
    record_aloud,
    record_paper,
    record_told,
)
from consent.services.signing import STEP_UP_HOLDS, StepUpEvidence, sign

__all__ = [
    "MOST_DAYS",
    "STEP_UP_HOLDS",
    "TELLABLE",
    "Paper",
    "Spoken",
    "StepUpEvidence",
    "Wording",
    "ask_to_talk",
    "decline",
    "end_grace",
    "invalidate_answers",
    "present",
    "prompt_group",
    "publish_version",
    "record_aloud",
    "record_paper",
    "record_told",
    "send_reconsent_prompts",
    "sign",
    "start_grace",
    "withdraw",
]
