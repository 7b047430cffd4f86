"""What is new in a text, clause by clause, and nothing else."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from django.utils.safestring import SafeString
from django.utils.translation import gettext

from consent.kinds.wording import Clause, Text
from groupcare.web.difference import difference


class How(StrEnum):
    """What happened to a part."""

    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"


#: Stands for the sentence that is ticked, and for the title of the whole text, among the keys of the clauses.
MEANING, TITLE = "meaning", "title"


@dataclass(frozen=True, slots=True)
class Change:
    """One part that is not as it was; ``old`` and ``new`` are its title and words before and after, "" for none."""

    key: str
    how: How
    title: str
    old: str
    new: str

    @property
    def marked(self) -> SafeString:
        """Return the new words with what came in ``<ins>`` and what went in ``<del>``, each named for those who hear it."""
        return difference(self.old, self.new, gone=gettext("taken out:"), came=gettext("new:"))


def compare(old: Text, new: Text) -> tuple[Change, ...]:
    """Return the parts in which two versions of a text differ, in the order of the new one; what left it comes last."""
    return tuple(_compare(old, new))


def _compare(old: Text, new: Text) -> Iterator[Change]:
    if old.title != new.title:
        yield Change(TITLE, How.CHANGED, new.title, old.title, new.title)
    for clause in new.clauses:
        before = old.clause(clause.key)
        if before is None:
            yield Change(clause.key, How.ADDED, clause.title, "", clause.body)
        elif (before.title, before.body) != (clause.title, clause.body):
            yield Change(clause.key, How.CHANGED, clause.title, *_words(before, clause))
    if old.meaning != new.meaning:
        yield Change(MEANING, How.CHANGED, "", old.meaning, new.meaning)
    for gone in old.clauses:
        if new.clause(gone.key) is None:
            yield Change(gone.key, How.REMOVED, gone.title, gone.body, "")


def _words(before: Clause, after: Clause) -> tuple[str, str]:
    """Return what to compare: the words, under their titles where those differ."""
    if before.title == after.title:
        return before.body, after.body
    return f"{before.title}\n\n{before.body}", f"{after.title}\n\n{after.body}"
