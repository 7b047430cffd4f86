"""What may be read about promises, by whom. Every selector takes the viewer first."""

from consent.selectors.board import (
    Board,
    Coverage,
    Line,
    RollCall,
    Show,
    board,
    coverage,
    my_agreements,
    roll_calls,
)
from consent.selectors.drafts import DEFAULT_ANSWER_DAYS, draft, own_words
from consent.selectors.papers import (
    get_own_act,
    get_version,
    get_version_to_answer,
    is_withdrawable,
    latest_answer,
    newest_versions,
    own_acts,
    published,
    siblings,
    text_of,
    visible_versions,
)
from consent.selectors.standings import Answer, PersonStanding, standings

__all__ = [
    "DEFAULT_ANSWER_DAYS",
    "Answer",
    "Board",
    "Coverage",
    "Line",
    "PersonStanding",
    "RollCall",
    "Show",
    "board",
    "coverage",
    "draft",
    "get_own_act",
    "get_version",
    "get_version_to_answer",
    "is_withdrawable",
    "latest_answer",
    "my_agreements",
    "newest_versions",
    "own_acts",
    "own_words",
    "published",
    "roll_calls",
    "siblings",
    "standings",
    "text_of",
    "visible_versions",
]
