"""What is promised and by whom, who decides for the young, the papers, the ceremony, and how long a group may wait."""

from consent.models.asking import Escalation, PromptTold
from consent.models.ceremony import AgreementQuestion, AgreementReply, EsignConsent, KioskHandover, TeachBack
from consent.models.grace import GracePeriod
from consent.models.minors import ConsentBasis, GuardianLink
from consent.models.overrides import GateOverride
from consent.models.paper import LARGEST_SCAN, PaperScan
from consent.models.promises import (
    DEFAULT_NOTICE_DAYS,
    DEFAULT_VALIDITY_DAYS,
    PROMISES,
    Act,
    ActKind,
    Capacity,
    Document,
    DocumentVersion,
    Gate,
    Particulars,
    ReconsentPrompt,
    Requirement,
    Route,
    SignersPolicy,
    Trigger,
    Who,
)
from consent.models.reviews import TextReview
from consent.models.spoken import FollowUp, Modality, SpokenAgreement

__all__ = [
    "DEFAULT_NOTICE_DAYS",
    "DEFAULT_VALIDITY_DAYS",
    "LARGEST_SCAN",
    "PROMISES",
    "Act",
    "ActKind",
    "AgreementQuestion",
    "AgreementReply",
    "Capacity",
    "ConsentBasis",
    "Document",
    "DocumentVersion",
    "Escalation",
    "EsignConsent",
    "FollowUp",
    "Gate",
    "GateOverride",
    "GracePeriod",
    "GuardianLink",
    "KioskHandover",
    "Modality",
    "PaperScan",
    "Particulars",
    "PromptTold",
    "ReconsentPrompt",
    "Requirement",
    "Route",
    "SignersPolicy",
    "SpokenAgreement",
    "TeachBack",
    "TextReview",
    "Trigger",
    "Who",
]
