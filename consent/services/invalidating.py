"""Marking answers as not valid: somebody answered who was never asked, or an answer that cannot stand."""

from uuid import UUID

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from consent.models import Act, ActKind, Document
from consent.permissions import check_can_publish
from consent.selectors import answer_to_check, ends_of_lines, latest_answer
from consent.services.ledger import Entry, append, locked
from consent.services.withdrawing import line_of_act
from consent.unwinding import unwind
from groupcare.accounts.models import Person
from groupcare.audit import unit_of_work
from groupcare.exceptions import InvalidTransition
from groupcare.outbox.ports import Link
from groupcare.outbox.services import queue

# Our choice, because it is said in two or three sentences, to the person it is about.
LONGEST_REASON = 500


@unit_of_work()
def invalidate_answer(*, act_id: UUID, reason: str, by: Person) -> Act:
    """Append "not valid" after one answer, with the reason that its signer reads; what hung on it ends.

    The new act stands in the line of the one who answered. They get one neutral message, if they sign in.

    Args:
        act_id: the answer.
        reason: in sentences, for the person it is about; kept encrypted under their key.
        by: who manages the group.

    Raises:
        Refused: absent, or ``by`` does not manage its group.
        ValidationError: no reason, or a longer one than ``LONGEST_REASON``.
        InvalidTransition: it is not the latest answer in its line, or not valid already.
    """
    document_id = answer_to_check(by, act_id).document_id
    locked(document_id)
    found = answer_to_check(by, act_id)
    if not reason.strip() or len(reason.strip()) > LONGEST_REASON:
        raise ValidationError({"reason": _("Write in one to three sentences why it does not count.")})
    line = line_of_act(found, found.signer)
    last = latest_answer(document_id, found.signer, line)
    if last is None or last.pk != found.pk or found.act == ActKind.INVALIDATED:
        raise InvalidTransition(_("There is a later answer. Look at that one."))
    evidence = {
        "reason": reason.strip(),
        "found_by": str(by.pk),
        "found_by_name": by.used_name,
        "ended": unwind(found, by=by) if found.is_promise else {},
    }
    entry = Entry(ActKind.INVALIDATED, "act.invalidate", evidence=evidence)
    act = append(found.version, entry, last, by=found.signer, line=line)
    if found.signer.login is not None:
        queue(
            recipient=found.signer,
            kind="agreement_waiting",
            key=f"invalid:{act.pk}",
            link=Link("agreement", document_id, found.version.number),
        )
    return act


@unit_of_work()
def invalidate_answers(*, group_id: UUID, of: Person, reason: str, by: Person) -> list[Act]:
    """Append "not valid" to each line of answers of or about ``of`` in the group; harmless twice.

    What guardians answered for them is found not valid with it, and what hung on any of it ends.

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
        for head in ends_of_lines(document_id, of):
            line = line_of_act(head, head.signer)
            last = latest_answer(document_id, head.signer, line)
            # The lines of two entries of one human end together, so that the second is found ended already.
            if last is None or last.act == ActKind.INVALIDATED:
                continue
            ended = {"ended": unwind(last, by=by)} if last.is_promise else {}
            evidence = {"reason": reason, "found_by": str(by.pk), **ended}
            entry = Entry(ActKind.INVALIDATED, "act.invalidate", evidence=evidence)
            found.append(append(last.version, entry, last, by=head.signer, line=line))
    return found
