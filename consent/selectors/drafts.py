"""A draft: the words that would be published now, and what they lack."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from consent.kinds import Kind
from consent.kinds.sources import explained
from consent.kinds.wording import (
    OWN_WORDS,
    Text,
    blanks_of,
    filled,
    is_empty,
    languages,
    open_words,
    shipped,
    shipped_sha256,
    texts_sha256,
    unfilled,
)
from consent.models import DocumentVersion
from consent.selectors.blanks import Facts, Run, blanks_for, cure, facts_of
from consent.selectors.reviews import ReadTexts, read_texts
from groupcare.accounts.models import Person
from groups.models import TherapyGroup

# Working days. Our choice, because the page on which a concern is raised says the same.
DEFAULT_ANSWER_DAYS = 3

Edited = Mapping[str, Mapping[str, str]]


@dataclass(frozen=True, slots=True)
class Gap:
    """What keeps a text from being published: an element without words, or a blank in a sentence without a value."""

    language: str
    key: str
    title: str
    source: str
    blank: str = ""

    @property
    def field(self) -> str:
        """Return the name of the field beside which it is said, whether or not the form has it."""
        return f"{self.language}_{self.key}"

    @property
    def sentence(self) -> str:
        """Return what is missing, why it must be there, and what to do, in the reader's language."""
        if self.blank:
            words = _("The blank {%(blank)s} in “%(title)s” has no value. %(cure)s")
            return words % {"blank": self.blank, "title": self.title, "cure": cure(self.blank)}
        words = _("“%(title)s” is missing. Every text of this kind must say it (source: %(source)s).")
        return words % {"title": self.title, "source": explained(self.source, get_language())}


@dataclass(frozen=True, slots=True)
class Draft:
    """A text as it would be published, and what it lacks."""

    text: Text
    gaps: tuple[Gap, ...]


def draft(
    viewer: Person,
    group: TherapyGroup | None,
    kind: Kind,
    *,
    answer_days: int = DEFAULT_ANSWER_DAYS,
    edited: Edited | None = None,
    at: datetime | None = None,
    run: Run | None = None,
) -> dict[str, Draft]:
    """Return what would be published at ``at``, by language.

    Args:
        viewer: who manages the group, or administers; names are read on their behalf.
        group: the group; None for the whole practice.
        kind: the kind of document.
        answer_days: working days within which somebody who raises a concern hears back.
        edited: language -> clause key -> own words, as ``wording.open_words`` takes them.
        at: when it would be published; now if not given.
        run: the group as ``group_run`` returned it for this kind, where the page has it; read here if not given.
    """
    words = [
        body for one in languages(kind.key) for body in open_words(kind, one, (edited or {}).get(one, {})).values()
    ]
    needed = frozenset().union(*map(blanks_of, words))
    facts = facts_of(viewer, group, at, run=run, needed=needed)
    read = run.read if run is not None else read_texts()
    return {
        language: draft_of(facts, kind, language, read, answer_days=answer_days, own=(edited or {}).get(language, {}))
        for language in languages(kind.key)
    }


def draft_of(
    facts: Facts,
    kind: Kind,
    language: str,
    read: ReadTexts,
    *,
    answer_days: int = DEFAULT_ANSWER_DAYS,
    own: Mapping[str, str] | None = None,
) -> Draft:
    """Return the draft in one language from facts that were read before, without a query."""
    blanks = blanks_for(facts, kind, language, answer_days=answer_days)
    text = filled(kind, language, blanks, own or {}, strict=False)
    signed_off = (kind.key, language, shipped_sha256(kind.key, language)) in read
    words = open_words(kind, language, own or {})
    return Draft(replace(text, reviewed=text.reviewed or signed_off), gaps_of(kind, language, words, blanks))


def gaps_of(kind: Kind, language: str, words: Mapping[str, str], blanks: Mapping[str, str]) -> tuple[Gap, ...]:
    """Return what a text lacks, in the order of its elements.

    Args:
        kind: the kind, whose elements must all be there.
        language: of the text, for the titles.
        words: clause key -> words with their blanks open; a clause that is left out is a gap.
        blanks: the value of each blank; one inside of a sentence must have a value.
    """
    found: list[Gap] = []
    for element in kind.elements:
        body, clause = words.get(element.key, ""), shipped(kind.key, language).clause(element.key)
        title = clause.title if clause is not None else element.key
        if is_empty(body, blanks):
            found.append(Gap(language, element.key, title, element.source))
        found += [Gap(language, element.key, title, element.source, name) for name in unfilled(body, blanks)]
    return tuple(found)


def seen_of(drafts: Sequence[Draft]) -> str:
    """Return what stands for exactly these texts: sent back with Publish, it shows that nothing changed in between."""
    return texts_sha256(one.text for one in drafts)


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
