"""What is promised and by whom, the papers of it, and how long a group may still come without."""

from consent.models.grace import GracePeriod
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
    ReconsentPrompt,
    Requirement,
    Route,
    SignersPolicy,
    Trigger,
)

__all__ = [
    "DEFAULT_NOTICE_DAYS",
    "DEFAULT_VALIDITY_DAYS",
    "LARGEST_SCAN",
    "PROMISES",
    "Act",
    "ActKind",
    "Capacity",
    "Document",
    "DocumentVersion",
    "Gate",
    "GracePeriod",
    "PaperScan",
    "ReconsentPrompt",
    "Requirement",
    "Route",
    "SignersPolicy",
    "Trigger",
]
