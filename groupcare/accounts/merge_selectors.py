"""Reads of merges, for administrators: whom to choose, what hangs on two entries, what was put together."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from groupcare.access import Person as Actor
from groupcare.access import RoleHolding, may_administer
from groupcare.accounts.models import Invitation, Person, PersonMerge
from groupcare.accounts.ports import merge_parts
from groupcare.accounts.selectors import people
from groupcare.exceptions import Refused
from groupcare.outbox.models import Address, Channel
from groupcare.vault import unlock


@dataclass(frozen=True)
class Pair:
    """Two entries side by side: what hangs on each, in plain words, and why they cannot be put together."""

    kept: Person
    duplicate: Person
    lines: Mapping[UUID, Sequence[str]]
    refusals: Sequence[str]

    @property
    def sides(self) -> list[tuple[Person, Sequence[str]]]:
        """Return the two entries with their lines, the one that stays first."""
        return [(one, self.lines.get(one.pk, ())) for one in (self.kept, self.duplicate)]


def mergeable(viewer: Actor, kept: Person) -> QuerySet[Person]:
    """Return who could be the same human as ``kept``: everybody else without a role, newest first.

    Raises:
        Refused: the viewer is no administrator.
    """
    others = people(viewer).exclude(pk=kept.pk)
    return others.filter(works_here=False).order_by("-created_at", "id")  # type: ignore[misc] # an annotation


def named(rows: QuerySet[Person], typed: str) -> list[Person]:
    """Return those whose name contains what was typed, whatever its letter case.

    Names are encrypted, so each is opened here: a practice has hundreds of people, and an administrator
    seldom asks.
    """
    found, wanted = list(rows), typed.strip().casefold()
    unlock(found)
    return [one for one in found if wanted in one.used_name.casefold() or wanted in one.legal_name.casefold()]


def get_pair(viewer: Actor, kept_id: UUID, duplicate_id: UUID) -> Pair:
    """Return two entries with what hangs on each.

    Raises:
        Refused: the viewer is no administrator, it is one entry twice, or either is not on the list of people.
    """
    found = _facts(kept_id, duplicate_id) if may_administer(viewer) else {}
    if len(found) != 2 or any(one.is_duplicate for one in found.values()):
        raise Refused("person.merge", "person", duplicate_id)
    return _pair(found[kept_id], found[duplicate_id])


def pair_of(kept_id: UUID, duplicate_id: UUID) -> Pair:
    """Return two entries that exist with what hangs on each; the caller has checked who asks."""
    found = _facts(kept_id, duplicate_id)
    return _pair(found[kept_id], found[duplicate_id])


def _facts(kept_id: UUID, duplicate_id: UUID) -> dict[UUID, Any]:
    """Return the entries, each with ``works``, ``reached``, ``is_duplicate`` and ``is_kept``; one query."""
    mine, standing = OuterRef("pk"), PersonMerge.objects.standing()
    held = RoleHolding.objects.filter(Q(valid_until__isnull=True) | Q(valid_until__gt=timezone.now()), person=mine)
    asked = Invitation.objects.filter(person=mine, accepted_at=None, revoked_at=None).exclude(role="")
    rows = Person.objects.filter(pk__in=[kept_id, duplicate_id]).annotate(
        works=Exists(held) | Exists(asked),
        reached=Exists(Address.objects.current().filter(person=mine, channel=Channel.EMAIL)),
        is_duplicate=Exists(standing.filter(duplicate=mine)),
        is_kept=Exists(standing.filter(kept=mine)),
    )
    return {one.pk: one for one in rows.select_related("user")}


def _pair(kept: Any, duplicate: Any) -> Pair:
    """Return two of ``_facts`` with the lines and refusals of every room."""
    unlock([kept, duplicate])
    lines = {one.pk: _own_lines(one) for one in (kept, duplicate)}
    refusals = _own_refusals(kept, duplicate)
    for part in merge_parts():
        looked = part.look(kept.pk, duplicate.pk)
        refusals += looked.refusals
        for one, said in lines.items():
            said += looked.lines.get(one, ())
    return Pair(kept, duplicate, lines, refusals)


def _own_lines(one: Any) -> list[str]:
    """Return in plain words whether somebody signs in, works here, and is reached."""
    found = [_("Signs in.") if one.login else _("Does not sign in.")]
    found.append(_("Has an address.") if one.reached else _("No address."))
    found.append(_("Works here, or is invited to.") if one.works else _("No staff role."))
    return found


def _own_refusals(kept: Any, duplicate: Any) -> list[str]:
    """Return why these two entries cannot be put together, each with the next step; the accounts room's part."""
    found = []
    if kept.login and duplicate.login:
        found.append(
            _("Both sign in. Two accounts are not made one: find out which one they use, and switch the other off.")
        )
    elif duplicate.login:
        found.append(_("The other entry signs in. Whoever signs in is kept: begin on that person's page."))
    if kept.works or duplicate.works:
        found.append(_("One of them works here, or is invited to. End the role or the invitation first."))
    if kept.is_duplicate or duplicate.is_duplicate or duplicate.is_kept:
        found.append(_("One of them is put together with another entry already. Undo that first."))
    return found


def get_merge(viewer: Actor, pk: UUID) -> PersonMerge:
    """Return a merge, standing or taken back, for an administrator.

    Raises:
        Refused: absent, or the viewer is no administrator.
    """
    rows = PersonMerge.objects.select_related("kept", "duplicate", "merged_by", "undoing__undone_by")
    found = rows.filter(pk=pk).first()
    if found is None or not may_administer(viewer):
        raise Refused("person.merge.read", "person_merge", pk)
    unlock(found)
    return found


def standing_merge(viewer: Actor, kept_id: UUID, duplicate_id: UUID) -> PersonMerge | None:
    """Return the merge of exactly these two that stands, for an administrator; None if there is none."""
    if not may_administer(viewer):
        return None
    return PersonMerge.objects.standing().filter(kept=kept_id, duplicate=duplicate_id).first()
