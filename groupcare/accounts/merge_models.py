"""Two entries of one person: that they are read as one, and that this was taken back. Both are written once.

A merge rewrites nothing that was written about either entry. Whoever reads rows of a person reads those of the
entries merged into it too, by the one condition ``as_one``.
"""

import uuid
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import ClassVar
from uuid import UUID

from django.db import models
from django.db.models import F, OuterRef, Q, Subquery
from django.utils import timezone

from groupcare.audit.models import AppendOnly

#: How long a merge can be taken back. Our choice, because a month holds a round of sessions in which a mistake
#: shows; later too much has grown on the one entry to say whose it was.
UNDO_WITHIN = timedelta(days=30)


class PersonMergeQuerySet(models.QuerySet["PersonMerge"]):
    """Merges."""

    def standing(self) -> "PersonMergeQuerySet":
        """Return those that were not taken back."""
        return self.filter(undoing__isnull=True)


class PersonMerge(AppendOnly):
    """The entry ``duplicate`` is the same human as ``kept``, and is read as part of it."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    duplicate = models.ForeignKey("accounts.Person", on_delete=models.PROTECT, related_name="merges_into")
    kept = models.ForeignKey("accounts.Person", on_delete=models.PROTECT, related_name="merges_of")
    # The first merge of this entry, the second after the first was taken back, and so on: of two at the same
    # moment the unique key lets one in.
    number = models.PositiveSmallIntegerField(default=1)
    # What moved with it, so that it can go back: the kept entry's new address, and the invitation that waited.
    address = models.ForeignKey("outbox.Address", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    invitation = models.ForeignKey(
        "accounts.Invitation", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    merged_by = models.ForeignKey("accounts.Person", on_delete=models.PROTECT, related_name="+")
    merged_at = models.DateTimeField(default=timezone.now, editable=False)

    objects = PersonMergeQuerySet.as_manager()

    class Meta:
        default_permissions = ()
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["duplicate", "number"], name="accounts_person_merged_once"),
            models.CheckConstraint(condition=~Q(duplicate=F("kept")), name="accounts_person_merged_into_another"),
        ]

    def __str__(self) -> str:
        """Return the id only."""
        return str(self.pk)

    @property
    def undone(self) -> "PersonMergeUndo | None":
        """Return the row that takes it back, or None."""
        found: PersonMergeUndo | None = getattr(self, "undoing", None)
        return found

    @property
    def can_be_undone(self) -> bool:
        """Return whether it stands, and is young enough to be taken back."""
        return self.undone is None and timezone.now() < self.undo_until

    @property
    def undo_until(self) -> datetime:
        """Return the first moment at which it can be taken back no more."""
        return self.merged_at + UNDO_WITHIN


class PersonMergeUndo(AppendOnly):
    """A merge was taken back: the two entries are two people again."""

    merge = models.OneToOneField(PersonMerge, on_delete=models.PROTECT, primary_key=True, related_name="undoing")
    undone_by = models.ForeignKey("accounts.Person", on_delete=models.PROTECT, related_name="+")
    undone_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        """Return the id only."""
        return str(self.pk)


def as_one(field: str, person_ids: Iterable[UUID]) -> Q:
    """Return the condition that a row's person is one of these people, or an entry merged into one of them.

    Args:
        field: the row's key to the person, for example ``"subject"``.
        person_ids: the people as they are kept.
    """
    people = list(person_ids)
    # A Subquery, since a filtered relation takes no queryset.
    duplicates = Subquery(PersonMerge.objects.standing().filter(kept__in=people).values("duplicate"))
    return Q(**{f"{field}__in": people}) | Q(**{f"{field}__in": duplicates})


def as_one_with(field: str, outer: str) -> Q:
    """Return the condition of ``as_one`` for a subquery: a row's person is that of the outer query's row."""
    duplicates = PersonMerge.objects.standing().filter(kept=OuterRef(OuterRef(outer))).values("duplicate")
    return Q(**{field: OuterRef(outer)}) | Q(**{f"{field}__in": duplicates})


def kept_for(field: str) -> Subquery:
    """Return the id of the person whom a row's person is merged into, or null; for an annotation."""
    found = PersonMerge.objects.standing().filter(duplicate=OuterRef(field)).values("kept")[:1]
    return Subquery(found, output_field=models.UUIDField())


def kept_ids(person_ids: Iterable[UUID]) -> dict[UUID, UUID]:
    """Return for each of ``person_ids`` the id under which the person is kept: mostly their own; one query."""
    asked = list(person_ids)
    rows = PersonMerge.objects.standing().filter(duplicate__in=asked)
    found = dict(rows.values_list("duplicate_id", "kept_id"))
    return {one: found.get(one, one) for one in asked}


def ids_of(person_id: UUID) -> tuple[UUID, ...]:
    """Return the ids of all entries of the human behind an entry, the kept one first; two queries."""
    kept = kept_ids([person_id])[person_id]
    rows = PersonMerge.objects.standing().filter(kept=kept).order_by("merged_at", "pk")
    return (kept, *rows.values_list("duplicate_id", flat=True))
