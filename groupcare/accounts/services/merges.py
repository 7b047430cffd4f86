"""Two entries that are one human: read as one from now on, and taken back within a month if it was wrong.

Nothing that was written about either is rewritten: rows are read together. What must have one owner moves: open
places (a part of the groups), the address and the invitation that waits.
"""

from uuid import UUID

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from groupcare.access import may_administer
from groupcare.accounts.merge_selectors import pair_of
from groupcare.accounts.models import Invitation, Person, PersonMerge, PersonMergeUndo
from groupcare.accounts.ports import merge_parts
from groupcare.accounts.services.invitations import revoke_waiting
from groupcare.audit import record, unit_of_work
from groupcare.exceptions import InvalidTransition, Refused
from groupcare.outbox.models import Address
from groupcare.outbox.selectors import current_address
from groupcare.outbox.services import end_address, set_address


@unit_of_work()
def merge_persons(*, kept_id: UUID, duplicate_id: UUID, by: Person) -> PersonMerge:
    """Read the entry ``duplicate_id`` as part of ``kept_id`` from now on; harmless twice.

    One administrator is enough: it is taken back with one press for thirty days, and those who lead the groups
    concerned are told.

    Args:
        kept_id: the entry that stays on the lists.
        duplicate_id: the entry that leaves them; its rows stay as they are.
        by: an administrator.

    Raises:
        Refused: ``by`` is no administrator, it is one entry twice, or either does not exist.
        ValidationError: the two cannot be put together; it says what to do first.
        RuntimeError: nothing is registered that knows what hangs on a person.
    """
    kept, duplicate = _locked(kept_id, duplicate_id, by)
    standing = PersonMerge.objects.standing().filter(kept=kept, duplicate=duplicate).first()
    if standing is not None:
        return standing
    if refusals := pair_of(kept.pk, duplicate.pk).refusals:
        raise ValidationError(list(refusals))
    number = 1 + PersonMerge.objects.filter(duplicate=duplicate).count()
    merge = PersonMerge(kept=kept, duplicate=duplicate, number=number, merged_by=by)
    _move_contact(merge)
    merge.full_clean()
    merge.save()
    for part in merge_parts():
        part.merge(merge, by)
    record("person.merge", object_type="person", object_id=duplicate.pk)
    record("person.merge", object_type="person", object_id=kept.pk)
    return merge


def _locked(kept_id: UUID, duplicate_id: UUID, by: Person) -> tuple[Person, Person]:
    """Return both entries, locked in the order of their ids, so that two at once wait for each other."""
    rows = Person.objects.select_for_update(no_key=True).filter(pk__in=[kept_id, duplicate_id]).order_by("pk")
    found = {one.pk: one for one in rows}
    if not may_administer(by) or len(found) != 2:
        raise Refused("person.merge", "person", duplicate_id)
    return found[kept_id], found[duplicate_id]


def _move_contact(merge: PersonMerge) -> None:
    """Give the kept entry the address and the waiting invitation of the other, if it has no way of its own.

    The duplicate's own address stays where it is, under its own key; a link that goes nowhere any more is dead.
    """
    kept, duplicate = merge.kept, merge.duplicate
    address = current_address(duplicate)
    waiting = (
        Invitation.objects.select_for_update(no_key=True)
        .filter(person=duplicate, accepted_at=None, revoked_at=None)
        .first()
    )
    if address is not None and current_address(kept) is None:
        verified = address.verified_at is not None
        merge.address = set_address(
            person=kept, value=address.value, by=merge.merged_by, verified=verified, safe=address.is_safe
        )
        if waiting is not None and kept.login is None and waiting.address_id == address.pk:
            _hand_on(waiting, kept, merge.address)
            merge.invitation = waiting
            return
    revoke_waiting(duplicate)


def _hand_on(waiting: Invitation, person: Person, address: Address) -> None:
    """Let an invitation that waits be that of ``person``; its link stays the same."""
    waiting.person, waiting.address = person, address
    waiting.save(update_fields=["person", "address"])
    record("invitation.hand_on", object_type="invitation", object_id=waiting.pk)


@unit_of_work()
def unmerge_persons(*, merge_id: UUID, by: Person) -> PersonMergeUndo:
    """Make two people of what was put together; harmless twice by the same person.

    What moved goes back. What was answered or written since stays with the kept entry.

    Args:
        merge_id: the merge.
        by: an administrator.

    Raises:
        Refused: absent, or ``by`` is no administrator.
        InvalidTransition: somebody else took it back, or thirty days have passed.
    """
    found = PersonMerge.objects.filter(pk=merge_id).first()
    if found is None or not may_administer(by):
        raise Refused("person.unmerge", "person_merge", merge_id)
    _locked(found.kept_id, found.duplicate_id, by)
    merge = PersonMerge.objects.select_related("kept", "duplicate", "undoing").get(pk=merge_id)
    if merge.undone is not None:
        if merge.undone.undone_by_id == by.pk:
            return merge.undone
        raise InvalidTransition(_("Somebody else has taken this back already. They are two people again."))
    if not merge.can_be_undone:
        raise InvalidTransition(_("Thirty days have passed: this is not taken back any more."))
    undo = PersonMergeUndo(merge=merge, undone_by=by)
    undo.full_clean()
    undo.save()
    _give_back_contact(merge, by)
    for part in merge_parts():
        part.unmerge(merge, by)
    record("person.unmerge", object_type="person", object_id=merge.duplicate_id)
    record("person.unmerge", object_type="person", object_id=merge.kept_id)
    return undo


def _give_back_contact(merge: PersonMerge, by: Person) -> None:
    """Take from the kept entry what it was given; an invitation that was taken since stays, with its address."""
    if merge.invitation_id is not None:
        waiting = Invitation.objects.select_for_update(no_key=True).get(pk=merge.invitation_id)
        if waiting.accepted_at is not None:
            return
        own = current_address(merge.duplicate)
        if waiting.revoked_at is None and own is not None:
            _hand_on(waiting, merge.duplicate, own)
    address = current_address(merge.kept)
    if address is not None and address.pk == merge.address_id:
        end_address(person=merge.kept, by=by)
