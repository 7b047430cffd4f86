"""What can be done with promises: publish, read, sign, talk first, decline, take back, and ask again."""

from consent.services.answering import ask_to_talk, decline, present, withdraw
from consent.services.prompting import prompt_group, send_reconsent_prompts
from consent.services.publishing import publish_version
from consent.services.signing import STEP_UP_HOLDS, StepUpEvidence, sign

__all__ = [
    "STEP_UP_HOLDS",
    "StepUpEvidence",
    "ask_to_talk",
    "decline",
    "present",
    "prompt_group",
    "publish_version",
    "send_reconsent_prompts",
    "sign",
    "withdraw",
]
