"""What a person keeps here besides their answers: one row for their own list."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Exists, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce

from consent.models import Act, EsignConsent
from consent.selectors.board import own_places
from consent.selectors.made_out import documents_about
from consent.selectors.papers import own_acts
from groupcare.accounts.merge_models import as_one
from groupcare.accounts.models import Person


@dataclass(frozen=True, slots=True)
class Kept:
    """How many answers a person gave, whether a paper was made out about them, and their last word on a screen."""

    answers: int
    has_papers: bool
    # Whether they, or a young person they answer for, have a place in a group.
    has_places: bool
    # None where they were never asked.
    screen_answer: str | None
    screen_at: datetime | None


def kept_of(viewer: Person) -> Kept:
    """Return what the viewer keeps, in one query; a guardian's papers of the young person count as theirs."""
    said = EsignConsent.objects.filter(as_one("person", [viewer.pk])).order_by("-at", "-pk")
    found = (
        Person.objects.filter(pk=viewer.pk)
        .annotate(
            answers=_many(own_acts(viewer)),
            has_papers=Exists(documents_about(viewer)),
            has_places=Exists(own_places(viewer)),
            screen_answer=Subquery(said.values("answer")[:1]),
            screen_at=Subquery(said.values("at")[:1]),
        )
        .values_list("answers", "has_papers", "has_places", "screen_answer", "screen_at")
        .get()
    )
    return Kept(*found)


def _many(rows: QuerySet[Act]) -> Coalesce:
    """Return how many rows there are, as a column."""
    all_of_them = rows.order_by().annotate(all=Value(1)).values("all")
    return Coalesce(Subquery(all_of_them.annotate(many=Count("pk")).values("many")), 0)
