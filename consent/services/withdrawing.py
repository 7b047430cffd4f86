"""Taking a signature back: what it was shown to mean is kept with it, what hung on it ends, and those who lead know."""

from uuid import UUID

from django.utils.translation import gettext as _

from consent.consequences import consequences
from consent.kinds import load_kind
from consent.models import Act, ActKind, Capacity, Who
from consent.permissions import ACT
from consent.selectors import SigningLine, by_them, is_withdrawable, latest_answer
from consent.services.ledger import Entry, Told, append, locked
from consent.services.telling import tell_those_who_lead
from consent.unwinding import unwind
from groupcare.accounts.models import Person
from groupcare.audit import unit_of_work
from groupcare.exceptions import InvalidTransition, Refused
from groupcare.outbox.ports import Link
from groupcare.outbox.services import drop_waiting


@unit_of_work()
def withdraw(*, act_id: UUID, by: Person) -> Act:
    """Take back ``by``'s own signature, for themselves or for whom they signed; a former member may do it too.

    It counts at once. What hung on it ends in the same moment, and those who lead get a neutral message. Whoever
    signed as a guardian may do it for as long as they may answer for the young person.

    Raises:
        Refused: absent, by somebody else, or for somebody whom ``by`` does not answer for any more.
        InvalidTransition: it is not the person's latest answer, is no promise, or cannot be taken back.
    """
    promise = Act.objects.filter(by_them(by), pk=act_id).select_related("version", "document").first()
    if promise is None:
        raise Refused("act.withdraw", ACT, act_id)
    document, line = locked(promise.document_id), line_of_act(promise, by)
    last = latest_answer(document.pk, by, line)
    if last is None or last.pk != promise.pk or not promise.is_promise:
        raise InvalidTransition(_("This signature is not in force any more."))
    if not is_withdrawable(document):
        raise InvalidTransition(_("A signature under this document cannot be taken back."))
    return take_back(last, "act.withdraw", line, by=by)


def take_back(promise: Act, action: str, line: SigningLine, *, by: Person, told: Told | None = None) -> Act:
    """Append that a promise was taken back, end what hung on it, and tell those who lead.

    The caller has locked the document, and found that ``promise`` is the latest answer in the line and withdrawable.

    Args:
        promise: what is taken back.
        action: its name in the trail.
        line: in which it stands.
        by: the signer.
        told: how and to whom it was said, if not here.
    """
    kind = load_kind(promise.version.document.kind)
    evidence = {
        "effect": str(kind.withdrawal_effect),
        "consequences": consequences(kind, line.capacity).said(),
        "ended": unwind(promise, by=by),
        **({"attested_by": str(told.by.pk), "attested_name": told.by.used_name} if told else {}),
    }
    act = append(promise.version, Entry(ActKind.WITHDRAWN, action, evidence), promise, by=by, told=told, line=line)
    tell_those_who_lead(act, f"withdrawn:{act.pk}", besides=(told.by if told else by).pk)
    return act


def drop_prompts(promise: Act, by: Person) -> int:
    """Drop messages about the document that still wait for the signer; return how many."""
    return drop_waiting(person=promise.signer, by=by, reason="withdrawn", link=Link("agreement", promise.document_id))


def line_of_act(act: Act, signer: Person) -> SigningLine:
    """Return the line in which an act of ``signer`` stands, on the entry under which they are known now."""
    own = act.subject_id == act.signer_id
    subject_id = signer.pk if own else act.subject_id
    return SigningLine(Who.MEMBER, Capacity(act.capacity), subject_id, signer.pk)
