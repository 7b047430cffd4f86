"""The documents of a group or of the practice, published or not, and the history of each."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby, pairwise
from uuid import UUID

from django.core.paginator import Page, Paginator
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import get_language

from consent.kinds import Kind, Scope, kinds
from consent.kinds.changes import Change, compare
from consent.kinds.sources import in_words
from consent.kinds.wording import Text, from_json, shipped
from consent.models import Document, DocumentVersion
from consent.permissions import DOCUMENT
from consent.selectors.blanks import Run, facts_of
from consent.selectors.drafts import Gap, draft_of, own_words
from groupcare.access import Right, may_administer
from groupcare.accounts.models import Person
from groupcare.exceptions import Refused
from groupcare.vault import unlock
from groups.permissions import groups_with

# Our choice, because a text changes a few times a year, and each row carries two texts to compare.
PAGE_SIZE = 10


@dataclass(frozen=True, slots=True)
class Listed:
    """One kind of document in the list: its words' name, what counts now, and what is missing to publish it."""

    kind: Kind
    text: Text
    document: Document | None
    newest: DocumentVersion | None
    coming: DocumentVersion | None
    gaps: tuple[Gap, ...]

    @property
    def sources(self) -> tuple[str, ...]:
        """Return what asks for it in plain words: the law by its name, and the sources of its parts, each once."""
        named = [self.kind.title_of_law] if self.kind.title_of_law else []
        return in_words([*named, *(one.source for one in self.kind.elements)], get_language() or "en")

    @property
    def is_retired(self) -> bool:
        """Return whether it was published and nobody is asked for it any more."""
        return self.document is not None and self.document.retired_at is not None


@dataclass(frozen=True, slots=True)
class Release:
    """One published number in all its languages, and what is new since the number before in each language."""

    number: int
    versions: tuple[DocumentVersion, ...]
    counts: bool
    news: tuple[tuple[str, tuple[Change, ...]], ...] | None

    @property
    def first(self) -> DocumentVersion:
        """Return one of its versions, for what they have in common."""
        return self.versions[0]


def documents_of(viewer: Person, run: Run | None) -> list[Listed]:
    """Return every kind that a group may have, or the practice for None, in the order of their titles.

    Args:
        viewer: who manages the group, or administers.
        run: a group that the viewer runs, as ``group_run`` returned it; None for the whole practice, of which the
            caller knows that they may.
    """
    group = run.group if run is not None else None
    scope = Scope.PRACTICE if group is None else Scope.GROUP
    rows = list(
        DocumentVersion.objects.filter(document__group=group, document__person__isnull=True)
        .select_related("document")
        .order_by("document__kind", "-number", "language")
    )
    by_kind = {key: list(found) for key, found in groupby(rows, lambda row: row.document.kind)}
    facts, now = facts_of(viewer, group, run=run, also=rows), timezone.now()
    found = []
    for kind in kinds():
        if kind.scope != scope:
            continue
        versions = by_kind.get(kind.key, [])
        language = facts.group.language if facts.group is not None else facts.practice.language
        words = own_words(kind, _newest(versions)).get(language, {}) if versions else {}
        draft = draft_of(facts, kind, language, frozenset(), own=words)
        found.append(
            Listed(
                kind=kind,
                text=shipped(kind.key, viewer.language),
                document=versions[0].document if versions else None,
                newest=next((one for one in versions if counts_at(one, now)), None),
                coming=next((one for one in versions if not counts_at(one, now)), None),
                gaps=draft.gaps,
            )
        )
    return sorted(found, key=lambda one: (one.newest is None and one.coming is None, one.text.title))


def counts_at(version: DocumentVersion, now: datetime) -> bool:
    """Return whether the day of a version has come."""
    return version.effective_at is None or version.effective_at <= now


def get_document(viewer: Person, pk: UUID, group_id: UUID | None, action: str = "document.history") -> Document:
    """Return one document of a group that the viewer runs, or of the practice for administrators.

    Raises:
        Refused: absent, of another group, made out for one person, or forbidden.
    """
    allowed = Q(group__in=groups_with(viewer, Right.SEE_GROUP).values("pk"))
    if may_administer(viewer):
        allowed |= Q(group__isnull=True)
    found = (
        Document.objects.filter(allowed, pk=pk, person__isnull=True, group=group_id)
        .select_related("group", "retired_by")
        .first()
    )
    if found is None:
        raise Refused(action, DOCUMENT, pk)
    return found


def releases(viewer: Person, document: Document, number: int | str = 1) -> Page[Release]:
    """Return a page of what was published under a document, the newest first, each with what it changed.

    Args:
        viewer: who looks.
        document: one that ``get_document`` returned for them.
        number: the page.
    """
    del viewer
    # Read as a whole: even a text of twenty years has few numbers, and counting them would be another query.
    numbers = list(document.versions.order_by("-number").values_list("number", flat=True).distinct())
    page = Paginator(numbers, PAGE_SIZE).get_page(number)
    shown = list(page.object_list)
    rows = _rows(document, shown)
    in_force = max((row.number for row in rows if counts_at(row, timezone.now())), default=0)
    groups = [tuple(found) for _number, found in groupby(rows, lambda row: row.number)]
    pairs = [*pairwise(groups), (groups[-1], ())] if groups else []
    found = [
        Release(new[0].number, new, new[0].number == in_force, news_between(old, new) if old else None)
        for new, old in pairs
        if new[0].number in shown
    ]
    return Page(found, page.number, page.paginator)  # type: ignore[arg-type]


def news_between(
    old: Iterable[DocumentVersion], new: Iterable[DocumentVersion]
) -> tuple[tuple[str, tuple[Change, ...]], ...]:
    """Return (language, changes) for each language of the new number that the old one had too."""
    before = {one.language: one for one in old}
    return tuple(
        (one.language, compare(from_json(before[one.language].clauses), from_json(one.clauses)))
        for one in new
        if one.language in before
    )


def changes_since(version: DocumentVersion, number: int) -> tuple[Change, ...] | None:
    """Return what is new in a version since the one of ``number`` in the same language; None where there was none.

    Args:
        version: one that a selector with a viewer returned.
        number: the number that the viewer answered before, of the same document.
    """
    if number >= version.number:
        return None
    before = DocumentVersion.objects.filter(
        document=version.document_id, number=number, language=version.language
    ).first()
    return compare(from_json(before.clauses), from_json(version.clauses)) if before is not None else None


def _newest(versions: Sequence[DocumentVersion]) -> list[DocumentVersion]:
    return [one for one in versions if one.number == versions[0].number]


def _rows(document: Document, numbers: Sequence[int]) -> list[DocumentVersion]:
    """Return the versions of these numbers and of the one before the last of them, the newest first, with names."""
    if not numbers:
        return []
    wanted = Q(number__in=numbers) | Q(number=numbers[-1] - 1)
    rows = list(
        document.versions.filter(wanted)
        .select_related("approved_by", "published_by", "document")
        .order_by("-number", "language")
    )
    unlock(rows)
    return rows
