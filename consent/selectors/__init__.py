"""What may be read about promises, by whom. Every selector takes the viewer first."""

from consent.selectors.board import (
    Board,
    Coverage,
    Line,
    Show,
    Upcoming,
    board,
    coverage,
    my_agreements,
    upcoming_not_cleared,
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
    presented_at,
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
    "Show",
    "Upcoming",
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
    "presented_at",
    "published",
    "siblings",
    "standings",
    "text_of",
    "upcoming_not_cleared",
    "visible_versions",
]
