"""What is promised and by whom, who decides for the young, the papers, and how long a group may come without."""

from consent.models.grace import GracePeriod
from consent.models.minors import ConsentBasis, GuardianLink
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

__all__ = [
    "DEFAULT_NOTICE_DAYS",
    "DEFAULT_VALIDITY_DAYS",
    "LARGEST_SCAN",
    "PROMISES",
    "Act",
    "ActKind",
    "Capacity",
    "ConsentBasis",
    "Document",
    "DocumentVersion",
    "Gate",
    "GracePeriod",
    "GuardianLink",
    "PaperScan",
    "Particulars",
    "ReconsentPrompt",
    "Requirement",
    "Route",
    "SignersPolicy",
    "Trigger",
    "Who",
]
