"""Where a text stands: in a group or in the whole practice. Both have the same pages under addresses of their own."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.urls import reverse

from consent.kinds import GROUP_AGREEMENT, Scope, kind_keys
from consent.permissions import check_can_publish_kind, check_kind_stands
from consent.selectors import Run, group_run
from groupcare.access import Right
from groupcare.accounts.models import Person
from groupcare.practice.selectors import check_can_administer, practice
from groups.models import TherapyGroup


@dataclass(frozen=True, slots=True)
class Shelf:
    """A group as it runs, or the whole practice where there is none, and the addresses of its pages."""

    run: Run | None

    @property
    def group(self) -> TherapyGroup | None:
        """Return the group; None for the whole practice."""
        return self.run.group if self.run is not None else None

    @property
    def language(self) -> str:
        """Return the language in which its texts are always published."""
        return self.group.language if self.group is not None else practice().language

    @property
    def can_manage(self) -> bool:
        """Return whether the viewer publishes here; whoever reaches the practice's shelf does."""
        return self.group is None or bool(getattr(self.group, "can_manage", False))

    def url(self, name: str, **arguments: Any) -> str:
        """Return the address of a page of this shelf."""
        if self.group is None:
            return reverse(f"consent:practice-{name}", kwargs=arguments)
        return reverse(f"consent:{name}", kwargs={"group_id": self.group.pk, **arguments})

    @property
    def home(self) -> str:
        """Return the address of its list of documents."""
        return self.url("document-list")


def open_shelf(person: Person, group_id: UUID | None, action: str, right: Right = Right.SEE_GROUP) -> Shelf:
    """Return the shelf of a group on which ``person`` holds ``right``, or that of the practice for administrators.

    Raises:
        Refused: absent or forbidden.
    """
    if group_id is not None:
        return Shelf(group_run(person, group_id, right=right, action=action))
    check_can_administer(person, action)
    return Shelf(None)


def shelf_to_publish(
    person: Person, group_id: UUID | None, kind_key: str, action: str = "document_version.publish"
) -> Shelf:
    """Return the shelf on which ``person`` may publish this kind.

    Raises:
        Refused: absent, of another scope, or forbidden.
    """
    if group_id is None:
        check_can_publish_kind(person, None, kind_key, action)
        return Shelf(None)
    # What is absent is asked for as what is there is, so that both cost the same.
    known = kind_key if kind_key in kind_keys() else GROUP_AGREEMENT
    run = group_run(person, group_id, known, right=Right.MANAGE_GROUP, action=action)
    check_kind_stands(kind_key, Scope.GROUP, action)
    return Shelf(run)
