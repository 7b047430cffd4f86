"""A draft: the words that would be published for a group now."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.utils import timezone, translation
from django.utils.formats import date_format

from consent.kinds import Kind
from consent.kinds.wording import OWN_WORDS, Text, filled, languages, phrase, shipped
from consent.models import DocumentVersion
from groupcare.accounts.models import Person
from groupcare.practice.places import place_name
from groupcare.practice.selectors import practice
from groups.models import Facilitation, TherapyGroup
from groups.selectors import facilitators_of

# Working days. Our choice, because the page on which a concern is raised says the same.
DEFAULT_ANSWER_DAYS = 3
# Django's date format letters; months are written out, so that nobody takes 5/6 for the wrong day.
_DATE_FORMATS = {"en": "j F Y", "es": r"j \d\e F \d\e Y"}


def draft(
    viewer: Person,
    group: TherapyGroup,
    kind: Kind,
    *,
    answer_days: int = DEFAULT_ANSWER_DAYS,
    edited: Mapping[str, Mapping[str, str]] | None = None,
    at: datetime | None = None,
) -> dict[str, Text]:
    """Return the text that would be published at ``at``, by language, with every blank filled.

    Args:
        viewer: who manages the group; names are read on their behalf.
        group: the group.
        kind: the kind of document.
        answer_days: working days within which somebody who raises a concern hears back.
        edited: language -> clause key -> the facilitator's own words.
        at: when it would be published; now if not given.
    """
    runs = facilitators_of(viewer, group)
    review = (at or timezone.now()).astimezone(ZoneInfo(practice().time_zone)) + timedelta(days=kind.validity_days)
    found = {}
    for language in languages(kind.key):
        blanks = _blanks(group, kind, language, runs, answer_days=answer_days, review_on=review.date())
        found[language] = filled(kind, language, blanks, (edited or {}).get(language, {}))
    return found


def own_words(kind: Kind, newest: Sequence[DocumentVersion]) -> dict[str, dict[str, str]]:
    """Return the editable clauses to start from, by language and key: those published last, else the shipped ones.

    Their blanks are open, so that a date or a name in them is filled again.
    """
    before = {version.language: version.clauses.get(OWN_WORDS, {}) for version in newest}
    return {
        language: {
            clause.key: before.get(language, {}).get(clause.key, clause.body)
            for clause in shipped(kind.key, language).clauses
            if clause.key in kind.editable_keys
        }
        for language in languages(kind.key)
    }


def _blanks(
    group: TherapyGroup,
    kind: Kind,
    language: str,
    runs: Iterable[Facilitation],
    *,
    answer_days: int,
    review_on: date,
) -> dict[str, str]:
    runs = list(runs)
    leads = [one for one in runs if one.role in {Facilitation.Role.LEAD, Facilitation.Role.CO}]
    helpers = [f"{one.person.used_name} ({phrase(kind.key, language, one.role)})" for one in runs if one not in leads]
    word = phrase(kind.key, language, "and")
    helped = phrase(kind.key, language, "helpers_some").format(helpers=_joined(helpers, word))
    with translation.override(language):
        review = date_format(review_on, _DATE_FORMATS[language])
    return {
        "practice": practice().public_name,
        "facilitators": _joined([one.person.used_name for one in leads], word),
        "helpers": helped if helpers else phrase(kind.key, language, "helpers_none"),
        "place": place_name(group.place, language),
        "contact": practice().contact or practice().public_name,
        "answer_days": str(answer_days),
        "review_on": review,
    }


def _joined(names: Sequence[str], word: str) -> str:
    """Return "A", "A and B" or "A, B and C"."""
    if len(names) < 2:
        return "".join(names)
    return f"{', '.join(names[:-1])} {word} {names[-1]}"
