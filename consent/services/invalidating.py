"""Marking answers as not valid: somebody answered who was never asked."""

from uuid import UUID

from consent.models import Act, ActKind, Document
from consent.permissions import check_can_publish
from consent.selectors import latest_answer
from consent.services.ledger import Entry, append, locked
from groupcare.accounts.models import Person
from groupcare.audit import unit_of_work


@unit_of_work()
def invalidate_answers(*, group_id: UUID, of: Person, reason: str, by: Person) -> list[Act]:
    """Append "not valid" to each line of answers of ``of`` in the group; harmless twice.

    The new act stands in the line of the one who answered; who found it not valid, and why, is in its evidence.

    Args:
        group_id: the group.
        of: whose answers.
        reason: a reason code.
        by: who manages the group.

    Raises:
        Refused: absent, or ``by`` does not manage the group.
    """
    check_can_publish(by, group_id)
    found = []
    for document_id in Document.objects.filter(group_id=group_id).order_by("pk").values_list("pk", flat=True):
        locked(document_id)
        last = latest_answer(document_id, of)
        if last is None or last.act == ActKind.INVALIDATED:
            continue
        entry = Entry(ActKind.INVALIDATED, "act.invalidate", evidence={"reason": reason, "found_by": str(by.pk)})
        found.append(append(last.version, entry, last, by=of))
    return found
