"""Asking for the overlap check: a row that the next sweep does, so that no page takes longer for what it finds."""

from uuid import UUID

from groups.models import OverlapCheck


def ask_check(person_id: UUID) -> None:
    """Have the groups of a person looked through by the next sweep; inside of the caller's unit of work."""
    OverlapCheck.objects.create(person_id=person_id)
