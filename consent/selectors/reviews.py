"""Which shipped translations somebody read and signed off."""

from dataclasses import dataclass
from uuid import UUID

from consent.kinds import Kind, kinds
from consent.kinds.wording import languages, shipped, shipped_sha256
from consent.models import TextReview
from groupcare.access import roles_by_person
from groupcare.accounts.models import Person
from groupcare.practice.selectors import check_can_administer
from groupcare.vault import unlock

#: (kind, language, SHA-256 of the shipped text) of everything that was signed off.
ReadTexts = frozenset[tuple[str, str, str]]


@dataclass(frozen=True, slots=True)
class Translation:
    """A shipped text in one language, and who read exactly these words; None while nobody did."""

    kind: Kind
    language: str
    title: str
    review: TextReview | None
    was_read_before: bool


def read_texts() -> ReadTexts:
    """Return what was signed off, in one query; it names nobody."""
    return frozenset(TextReview.objects.values_list("kind", "language", "text_sha256"))


def translations(viewer: Person) -> list[Translation]:
    """Return every shipped text that its writers did not read themselves, with its latest sign-off.

    Raises:
        Refused: the viewer does not administer.
    """
    check_can_administer(viewer, "text_review.read")
    rows = list(TextReview.objects.select_related("reviewer", "recorded_by").order_by("at", "pk"))
    unlock(rows, [row.reviewer for row in rows], [row.recorded_by for row in rows])
    newest = {(row.kind, row.language, row.text_sha256): row for row in rows}
    ever = {(row.kind, row.language) for row in rows}
    return [
        Translation(
            kind=kind,
            language=language,
            title=shipped(kind.key, language).title,
            review=newest.get((kind.key, language, shipped_sha256(kind.key, language))),
            was_read_before=(kind.key, language) in ever,
        )
        for kind in kinds()
        for language in languages(kind.key)
        if not shipped(kind.key, language).reviewed
    ]


def reviewers(viewer: Person) -> list[tuple[UUID, str]]:
    """Return the id and name of everybody who works here, by name, for the choice of a reader.

    Raises:
        Refused: the viewer does not administer.
    """
    check_can_administer(viewer, "text_review.read")
    found = list(Person.objects.filter(pk__in=roles_by_person()).order_by("created_at", "pk"))
    unlock(found)
    return sorted(((one.pk, one.used_name) for one in found), key=lambda one: one[1].casefold())
